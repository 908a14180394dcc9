#include "sim/platform/os_bridge_module.hpp"

#include <fmt/format.h>

#include "hw/common/log.hpp"

namespace mmu {

OsBridgeModule::OsBridgeModule(const sc_core::sc_module_name& name, const OsCostParams& cost,
                               TrapHandler& software)
    : sc_module(name), cost_(cost), software_(software) {
  in.bind(*this);
}

Cycle OsBridgeModule::cost_of(const TrapWork& work, const OsCostParams& cost) {
  const auto times = [](std::uint64_t count, std::uint32_t each) { return count * each; };
  const std::uint64_t calls = work.library_calls.value_or(work.system_call ? 1 : 0);
  return times(work.library_calls.value_or(1), cost.trap_cycles) +
         times(calls, cost.system_call_cycles) + times(work.faults_served, cost.fault_cycles) +
         times(work.frames_zeroed, cost.zero_frame_cycles) +
         times(work.frames_copied, cost.copy_frame_cycles) +
         times(work.entries_written, cost.entry_cycles) +
         times(work.tables_made, cost.table_cycles) + times(work.areas_changed, cost.area_cycles) +
         times(work.fences.size(), cost.fence_cycles) +
         times(work.spaces.size(), cost.switch_cycles);
}

TrapAnswer OsBridgeModule::page_fault(const PageFault& fault, Cycle at) {
  TrapAnswer result = answer(software_.handle_fault(fault));
  if (observer_) observer_({at, result.cycles, &fault, nullptr});
  log_message(LogSource::kOs, LogLevel::kDebug, at, [&] {
    return fmt::format("page fault, {} of VA {:#x}: {}; {} cycles", name_of(fault.access),
                       fault.cause.va.value(), name_of(fault.cause.kind), result.cycles);
  });
  return result;
}

TrapAnswer OsBridgeModule::system_call(const OsEvent& event, Cycle at) {
  TrapWork work = software_.handle_event(event);
  work.system_call = true;
  TrapAnswer result = answer(std::move(work));
  if (observer_) observer_({at, result.cycles, nullptr, &event});
  log_message(LogSource::kOs, LogLevel::kDebug, at, [&] {
    return fmt::format("{} ({:#x}, {:#x}): {:#x}; {} cycles", name_of(event.type), event.args[0],
                       event.args[1], result.value, result.cycles);
  });
  return result;
}

TrapAnswer OsBridgeModule::answer(TrapWork&& work) const {
  TrapAnswer result;
  result.cycles = cost_of(work, cost_);
  result.fences = std::move(work.fences);
  result.spaces = std::move(work.spaces);
  result.context = work.context;
  result.value = work.value;
  result.process_ended = work.process_ended;
  return result;
}

}  // namespace mmu
