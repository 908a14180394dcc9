#include "sim/result/summary.hpp"

#include "hw/link/story.hpp"
#include "hw/link/translation_observer.hpp"
#include "sim/result/figures.hpp"
#include "sim/result/processes_report.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_table.hpp"
#include "sim/result/virtual_memory_cost.hpp"

namespace mmu {
namespace {

/// Reads the counters of one result; each function returns one section.
class Summary {
 public:
  explicit Summary(const Json& result) : result_(result) {}

  std::string head() const;
  std::string program() const;
  std::string tlbs() const;
  std::string miss_classes() const;
  std::string walks() const;
  std::string prefetches() const;
  std::string pte_reads() const;
  std::string caches() const;
  std::string dram() const;
  std::string system() const;
  std::string stacks() const;

 private:
  std::uint64_t count(const std::string& path) const {
    return number_at(result_, "counters." + path);
  }
  std::string shown(const std::string& path) const { return grouped(count(path)); }
  /// "99.85 %", or "-" where there is nothing to divide by.
  std::string rate(const std::string& part, const std::string& of) const {
    return count(of) == 0 ? "-" : percent(ratio(count(part), count(of)), 2);
  }
  double mean_of(const std::string& sum, const std::string& of) const {
    return ratio(count(sum), count(of));
  }

  const Json& result_;
};

std::string Summary::head() const {
  const Json& trace = result_.at("trace");
  std::string text = "trace    " + trace.at("name").get<std::string>();
  const auto command = trace.at("command").get<std::string>();
  if (!command.empty()) text += "  (" + command + ")";
  text += "\nmachine  " + result_.at("machine").at("name").get<std::string>() + ", " +
          result_.at("machine").at("mmu").at("format").get<std::string>() + "\n";
  const std::uint64_t skipped = number_at(result_, "before.skipped_instructions");
  const std::uint64_t warmed = number_at(result_, "before.warmed_instructions");
  if (skipped + warmed != 0) {
    text += "before   " + grouped(skipped) + " instructions skipped, " + grouped(warmed) +
            " of warm-up; not counted below\n";
  }
  if (result_.at("partial").get<bool>()) {
    text += "PARTIAL  " + result_.at("outcome").get<std::string>() + ": " +
            result_.at("message").get<std::string>() + "\n";
  }
  return text;
}

std::string Summary::program() const {
  TextTable table({"", ""});
  table.add({"instructions", shown("cpu.instructions")});
  table.add({"cycles", shown("cpu.cycles")});
  table.add({"IPC", fixed(ipc(result_), 4)});
  table.add({"trace records", shown("cpu.records")});
  table.add({"accesses", shown("cpu.accesses")});
  for (const char* kind : {"fetches", "loads", "stores", "modifies"}) {
    table.add({std::string("  ") + kind, shown(std::string("cpu.") + kind)});
  }
  table.add({"mean access latency", fixed(mean_of("cpu.latency_cycles", "cpu.accesses"), 2)});
  std::string text = table.text();
  return text.substr(text.find('\n') + 1);  // no head
}

std::string Summary::tlbs() const {
  TextTable table({"TLB", "accesses", "hits", "misses", "merged", "hit rate", "MPKI"});
  const Json& mmu = result_.at("counters").at("mmu");
  for (const std::string_view tlb : kTlbNames) {
    const std::string name(tlb);
    if (!mmu.contains(name)) continue;  // a level that the machine does not have
    const std::string at = "mmu." + name + ".";
    table.add({name, shown(at + "accesses"), shown(at + "hits"), shown(at + "misses"),
               shown(at + "merged"), rate(at + "hits", at + "accesses"),
               fixed(tlb_mpki(result_, name), 3)});
  }
  return table.text(0);
}

std::string Summary::miss_classes() const {
  if (!result_.contains("miss_classes")) return "";
  TextTable table({"misses by class", "cold", "capacity", "conflict", "fence"});
  for (const auto& [name, classes] : result_.at("miss_classes").items()) {
    std::vector<std::string> row{"  " + name};
    for (const auto& count : classes) row.push_back(grouped(count.get<std::uint64_t>()));
    table.add(row);
  }
  return table.text(0);
}

std::string Summary::walks() const {
  const Json& latency = result_.at("counters").at("mmu").at("walker").at("latency");
  TextTable table({"page walks", "walks", "per 1000 instr.", "faults", "PTE reads", "A/D updates",
                   "mean wait for a walker"});
  table.add({"", shown("mmu.walker.walks"), fixed(per_kilo(result_, count("mmu.walker.walks")), 3),
             shown("mmu.walker.faults"), shown("mmu.walker.reads"), shown("mmu.walker.updates"),
             fixed(ratio(count("mmu.walker.queue_cycles"), walks_on_demand(result_)), 2)});
  TextTable cycles({"walk latency", "mean", "p50", "p90", "p99", "max"});
  cycles.add({"  cycles", fixed(latency.at("mean").get<double>(), 1),
              grouped(number_at(latency, "p50")), grouped(number_at(latency, "p90")),
              grouped(number_at(latency, "p99")), grouped(number_at(latency, "max"))});
  TextTable cache(
      {"walk cache", "level 1 hit", "level 2 hit", "level 3 hit", "level 4 hit", "from the root"});
  cache.add({"  walks", shown("mmu.walker.cache_hits_level1"),
             shown("mmu.walker.cache_hits_level2"), shown("mmu.walker.cache_hits_level3"),
             shown("mmu.walker.cache_hits_level4"), shown("mmu.walker.cache_misses")});
  return table.text(0) + "\n" + cycles.text(0) + "\n" + cache.text(0);
}

std::string Summary::prefetches() const {
  if (count("mmu.prefetch.triggers") == 0) return "";
  TextTable table({"TLB prefetches", "walks", "used", "late", "dropped", "accuracy", "coverage"});
  table.add({"", shown("mmu.prefetch.walks"), shown("mmu.prefetch.hits"),
             shown("mmu.prefetch.late"), shown("mmu.prefetch.dropped"),
             percent(prefetch_accuracy(result_), 2), percent(prefetch_coverage(result_), 2)});
  return table.text(0);
}

std::string Summary::pte_reads() const {
  TextTable table({"PTE reads served by", "l1", "l2", "llc", "memory", "all"});
  for (unsigned level = kMaxLevels; level-- > 0;) {
    std::vector<std::string> row{"  level " + std::to_string(level)};
    std::uint64_t all = 0;
    for (const std::string_view place : kServedNames) {
      const std::uint64_t reads =
          count("mmu.walker.pte_reads.level" + std::to_string(level) + "." + std::string(place));
      all += reads;
      row.push_back(grouped(reads));
    }
    row.push_back(grouped(all));
    if (all != 0) table.add(row);
  }
  return table.empty() ? "" : table.text(0);
}

std::string Summary::caches() const {
  TextTable table({"cache", "accesses", "hits", "misses", "merged", "hit rate", "MPKI",
                   "PTE accesses", "PTE hit rate", "write-backs"});
  for (const std::string name : {"l1i", "l1d", "l2", "llc"}) {
    const std::string at = "cache." + name + ".";
    table.add({name, shown(at + "accesses"), shown(at + "hits"), shown(at + "misses"),
               shown(at + "merged"), rate(at + "hits", at + "accesses"),
               fixed(per_kilo(result_, count(at + "misses")), 3), shown(at + "pte_accesses"),
               rate(at + "pte_hits", at + "pte_accesses"), shown(at + "writebacks_out")});
  }
  return table.text(0);
}

std::string Summary::dram() const {
  const std::uint64_t lines = count("dram.reads") + count("dram.writes");
  TextTable table({"DRAM", "reads", "writes", "row hits", "row closed", "row conflicts",
                   "row hit rate", "waited for a bank"});
  table.add({"  lines", shown("dram.reads"), shown("dram.writes"), shown("dram.row_hits"),
             shown("dram.row_closed"), shown("dram.row_conflicts"),
             lines == 0 ? "-" : percent(ratio(count("dram.row_hits"), lines), 2),
             shown("dram.queued")});
  return table.text(0);
}

std::string Summary::system() const {
  TextTable table({"operating system", "page faults", "demand zero", "set A", "set D",
                   "system calls", "areas", "data frames", "table pages", "large pages"});
  table.add({"", shown("os.page_faults"), shown("os.minor_faults"), shown("os.accessed_faults"),
             shown("os.dirty_faults"), shown("os.system_calls"), shown("os.areas"),
             shown("os.frames_in_use"), shown("os.table_pages"), shown("os.huge_pages_mapped")});
  TextTable memory(
      {"free memory", "frames", "unusable for large pages", "no room for a large page"});
  memory.add({"", shown("os.free_frames"), rate("os.unusable_frames", "os.free_frames"),
              shown("os.huge_fallbacks")});
  std::string text = table.text(0) + "\n" + memory.text(0);
  if (result_.at("options").at("map_on_touch").get<bool>()) {
    text += "areas made on touch: " + shown("os.areas_on_touch") + "\n";
  }
  if (count("os.failed_here") != 0) {
    text += "system calls that succeeded when traced and could not be done here: " +
            shown("os.failed_here") + "\n";
  }
  return text;
}

std::string Summary::stacks() const {
  const std::uint64_t cycles = stack_sum(result_, "cycle_stack");
  const std::uint64_t latency = stack_sum(result_, "latency_stack");
  TextTable table({"where the cycles went", "of the run", "%", "of accesses", "%"});
  const auto row = [&](const std::string& name, std::uint64_t of_run, std::uint64_t of_accesses) {
    table.add({"  " + name, grouped(of_run), fixed(100 * ratio(of_run, cycles), 1),
               grouped(of_accesses), fixed(100 * ratio(of_accesses, latency), 1)});
  };
  for (unsigned i = 0; i < kParts; ++i) {
    const std::string name = name_of(static_cast<Part>(i));
    const std::uint64_t of_run = number_at(result_, "cycle_stack." + name);
    const std::uint64_t of_accesses = number_at(result_, "latency_stack." + name);
    if (of_run + of_accesses != 0) row(name, of_run, of_accesses);
  }
  row("sum", cycles, latency);
  row("of it translation", translation_cycles(result_, "cycle_stack"),
      translation_cycles(result_, "latency_stack"));
  return table.text(0) +
         "\nshare of cycles due to translation: " + percent(translation_share(result_), 2) +
         "\nVA->PA map: " + result_.at("map_hash").get<std::string>() + "\n";
}

}  // namespace

std::string summary_text(const Json& result) {
  const Summary summary(result);
  std::string text = summary.head();
  for (const std::string& section :
       {summary.program(), processes_text(result), summary.tlbs(), summary.miss_classes(),
        summary.walks(), summary.prefetches(), summary.pte_reads(), summary.caches(),
        summary.dram(), summary.system(), virtual_memory_cost(result), summary.stacks()}) {
    if (!section.empty()) text += "\n" + section;
  }
  return text;
}

}  // namespace mmu
