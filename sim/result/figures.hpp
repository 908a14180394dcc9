// Numbers derived from counters. The only place that divides one counter by another: results keep
// the counters, every text asks here.
#pragma once

#include <string>

#include "sim/result/result_json.hpp"

namespace mmu {

/// a / b; 0 if b is 0.
double ratio(std::uint64_t a, std::uint64_t b);

double ipc(const Json& result);                            ///< instructions a cycle
double cpi(const Json& result);                            ///< cycles an instruction
double per_kilo(const Json& result, std::uint64_t count);  ///< of 1000 instructions

/// Misses in 1000 instructions; `tlb`: one of kTlbNames.
double tlb_mpki(const Json& result, const std::string& tlb);

/// Those that no prefetch has begun.
std::uint64_t walks_on_demand(const Json& result);
/// Of the TLB prefetches that were walked for, those that were asked for, in time or late; 0..1.
double prefetch_accuracy(const Json& result);
/// Of the walks that the program needs without prefetches, those that they have spared; 0..1.
double prefetch_coverage(const Json& result);

/// Sum of a stack: "cycle_stack" or "latency_stack".
std::uint64_t stack_sum(const Json& result, const std::string& stack);

/// Cycles in the translation parts of a stack; see is_translation().
std::uint64_t translation_cycles(const Json& result, const std::string& stack);

/// In the cycle stack: from page faults known to page faults served (of it in the OS: fault_os).
std::uint64_t page_fault_cycles(const Json& result);
std::uint64_t system_call_cycles(const Json& result);
/// Of all cycles of the run, those in which the OS works: fault_os and system_call; 0..1.
double os_share(const Json& result);

/// Of all cycles of the run, those that the cycle stack charges to translation; 0..1.
double translation_share(const Json& result);

}  // namespace mmu
