#include "sim/result/virtual_memory_cost.hpp"

#include "sim/result/figures.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

std::uint64_t os(const Json& result, const std::string& counter) {
  return number_at(result, "counters.os." + counter);
}

std::string share(std::uint64_t part, std::uint64_t of, const std::string& whole) {
  return of == 0 ? "-" : percent(ratio(part, of), 2) + " of " + whole;
}

std::string memory(const Json& result) {
  const std::uint64_t resident = os(result, "resident_bytes"), tables = os(result, "table_bytes"),
                      untouched = os(result, "untouched_bytes");
  TextTable table({"cost of virtual memory, bytes", "at the end", "at most", "share"});
  table.add({"  resident", grouped(resident), grouped(os(result, "resident_peak_bytes"))});
  table.add({"  never touched, in larger pages", grouped(untouched), "",
             share(untouched, resident, "resident")});
  table.add({"  page tables", grouped(tables), grouped(os(result, "table_peak_bytes")),
             share(tables, resident, "resident")});
  table.add({"  free, unusable for large pages", "", "",
             share(os(result, "unusable_frames"), os(result, "free_frames"), "free")});
  table.add({"  zeroed", grouped(os(result, "zeroed_bytes"))});
  table.add({"  copied", grouped(os(result, "copied_bytes"))});
  return table.text(0);
}

std::string faults(const Json& result) {
  TextTable table(
      {"page faults", "demand zero", "copied", "no longer shared", "set A", "set D", "stale"});
  std::vector<std::string> row{""};
  for (const char* kind : {"minor_faults", "cow_faults", "cow_reused", "accessed_faults",
                           "dirty_faults", "stale_faults"}) {
    row.push_back(grouped(os(result, kind)));
  }
  table.add(row);
  return table.text(0);
}

std::string cycles(const Json& result) {
  const std::uint64_t all = stack_sum(result, "cycle_stack");
  const std::uint64_t translation = translation_cycles(result, "cycle_stack"),
                      faults = page_fault_cycles(result), calls = system_call_cycles(result);
  TextTable table({"its cycles", "translation", "page faults", "system calls", "sum"});
  const auto row = [&table](const std::string& name, auto shown, std::uint64_t translated,
                            std::uint64_t faulted, std::uint64_t called) {
    table.add({name, shown(translated), shown(faulted), shown(called),
               shown(translated + faulted + called)});
  };
  row("", grouped, translation, faults, calls);
  row(
      "  of the run", [all](std::uint64_t part) { return percent(ratio(part, all), 2); },
      translation, faults, calls);
  return table.text(0) +
         "share of cycles in the operating system: " + percent(os_share(result), 2) + "\n";
}

std::string heap(const Json& result) {
  const auto count = [&result](const std::string& name) {
    return number_at(result, "counters.heap." + name);
  };
  const std::uint64_t allocations = count("malloc_calls") + count("calloc_calls") +
                                    count("memalign_calls") + count("realloc_calls");
  if (allocations + count("free_calls") == 0) return "";
  const std::uint64_t held = count("heap_bytes") + count("mapped_bytes");
  TextTable calls({"C library", "allocations", "frees", "grew", "shrank", "system calls"});
  calls.add({"", grouped(allocations), grouped(count("free_calls")),
             grouped(count("growing_calls")), grouped(count("trimming_calls")),
             grouped(count("kernel_calls"))});
  TextTable table({"its bytes", "at the end", "at most", "share"});
  table.add(
      {"  requested", grouped(count("requested_bytes")), grouped(count("requested_peak_bytes"))});
  table.add({"  rounded up", grouped(count("inside_bytes")), "",
             share(count("inside_bytes"), count("usable_bytes"), "usable")});
  table.add({"  held", grouped(held), grouped(count("held_peak_bytes"))});
  table.add({"  not in use", grouped(count("outside_bytes")), "",
             share(count("outside_bytes"), held, "held")});
  table.add({"  resident", grouped(count("resident_bytes")), "",
             share(count("resident_bytes"), held, "held")});
  return "\n" + calls.text(0) + "\n" + table.text(0);
}

}  // namespace

std::string virtual_memory_cost(const Json& result) {
  return memory(result) + "\n" + faults(result) + "\n" + cycles(result) + heap(result);
}

}  // namespace mmu
