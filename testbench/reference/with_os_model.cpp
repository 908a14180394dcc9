#include "hw/common/sparse_memory.hpp"
#include "os_model/kernel.hpp"
#include "sim/platform/table_format.hpp"
#include "testbench/reference/reference.hpp"

namespace mmu::reference {

Result simulate(const MachineParams& machine, TraceSource& trace, const Options& options) {
  const PageTableFormat format = table_format(machine);
  SparseMemory memory(machine.os.memory_bytes);
  os::Kernel kernel(machine.os.model(), format, machine.mmu.ad_update, memory, trace.header());
  Result result = simulate(machine, trace, options, kernel.control(), memory, kernel);
  result.os = kernel.stats();
  result.map_hash = kernel.map_hash();
  return result;
}

}  // namespace mmu::reference
