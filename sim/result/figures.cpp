#include "sim/result/figures.hpp"

#include <algorithm>

#include "hw/link/story.hpp"
#include "sim/result/result_file.hpp"

namespace mmu {

double ratio(std::uint64_t a, std::uint64_t b) {
  return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}

double ipc(const Json& result) {
  return ratio(number_at(result, "counters.cpu.instructions"),
               number_at(result, "counters.cpu.cycles"));
}

double cpi(const Json& result) {
  return ratio(number_at(result, "counters.cpu.cycles"),
               number_at(result, "counters.cpu.instructions"));
}

double per_kilo(const Json& result, std::uint64_t count) {
  return 1000 * ratio(count, number_at(result, "counters.cpu.instructions"));
}

double tlb_mpki(const Json& result, const std::string& tlb) {
  return per_kilo(result, number_at(result, "counters.mmu." + tlb + ".misses"));
}

namespace {

std::uint64_t useful_prefetches(const Json& result) {
  return number_at(result, "counters.mmu.prefetch.hits") +
         number_at(result, "counters.mmu.prefetch.late");
}

}  // namespace

std::uint64_t walks_on_demand(const Json& result) {
  const std::uint64_t all = number_at(result, "counters.mmu.walker.walks");
  const std::uint64_t prefetches = number_at(result, "counters.mmu.prefetch.walks");
  return all - std::min(all, prefetches);  // a run cut short has prefetches that have not ended
}

double prefetch_accuracy(const Json& result) {
  return ratio(useful_prefetches(result), number_at(result, "counters.mmu.prefetch.walks"));
}

double prefetch_coverage(const Json& result) {
  const std::uint64_t useful = useful_prefetches(result);
  return ratio(useful, useful + walks_on_demand(result));
}

std::uint64_t stack_sum(const Json& result, const std::string& stack) {
  std::uint64_t sum = 0;
  for (unsigned i = 0; i < kParts; ++i) {
    sum += number_at(result, stack + "." + name_of(static_cast<Part>(i)));
  }
  return sum;
}

std::uint64_t translation_cycles(const Json& result, const std::string& stack) {
  std::uint64_t sum = 0;
  for (unsigned i = 0; i < kParts; ++i) {
    const auto part = static_cast<Part>(i);
    if (is_translation(part)) sum += number_at(result, stack + "." + name_of(part));
  }
  return sum;
}

std::uint64_t page_fault_cycles(const Json& result) {
  return number_at(result, "cycle_stack.fault_drain") + number_at(result, "cycle_stack.fault_os");
}

std::uint64_t system_call_cycles(const Json& result) {
  return number_at(result, "cycle_stack.system_call");
}

double os_share(const Json& result) {
  const std::uint64_t served = number_at(result, "cycle_stack.fault_os");
  return ratio(served + system_call_cycles(result), stack_sum(result, "cycle_stack"));
}

double translation_share(const Json& result) {
  return ratio(translation_cycles(result, "cycle_stack"), stack_sum(result, "cycle_stack"));
}

}  // namespace mmu
