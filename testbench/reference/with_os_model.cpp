#include "hw/common/sparse_memory.hpp"
#include "os_model/kernel.hpp"
#include "sim/platform/table_format.hpp"
#include "sim/platform/time_slices.hpp"
#include "testbench/reference/reference.hpp"

namespace mmu::reference {

Result simulate(const MachineParams& machine, TraceSource& trace, const Options& options) {
  const PageTableFormat format = table_format(machine);
  SparseMemory memory(machine.os.memory_bytes);
  os::Kernel kernel(machine.os.model(machine.seed), format, machine.mmu.ad_update, memory,
                    trace.processes());
  TimeSlices slices(trace, machine.os.switch_instructions);
  const auto around = options.around_software ? options.around_software(kernel, kernel.control())
                                              : std::unique_ptr<TrapHandler>();
  Result result = simulate(machine, slices, options, kernel.control(), memory,
                           around ? *around : static_cast<TrapHandler&>(kernel));
  result.os = kernel.stats();
  result.map_hash = kernel.map_hash();
  return result;
}

}  // namespace mmu::reference
