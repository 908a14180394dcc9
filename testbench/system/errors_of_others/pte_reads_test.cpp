// Every PTE that a walker reads lies in a page-table page of the OS model: an MMU over real page
// tables, with a memory that writes down what is asked of it.
#include "os_model/kernel.hpp"
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

using ErrorsOfOthersMmu = MmuTest;

TEST_F(ErrorsOfOthersMmu, EveryPteReadLiesInAPageTablePageOfTheOs) {
  constexpr std::uint64_t kMemory = std::uint64_t{64} << 20, kPool = kMemory / 4 * 3;
  constexpr std::uint64_t kVa = 0x4000'0000, kFar = 0x40'4321'0000;
  TraceHeader program;
  program.image = {{kVa, 64 << 12, true, true, false, "[data]"},
                   {kFar, 64 << 12, true, true, false, "[data]"}};
  os::Kernel kernel({kMemory, false, false, false, false}, *find_format("sv48"),
                    AdUpdate::kHardware, bytes, program);
  params.format = "sv48";
  control = kernel.control();
  make();

  Cycle cycle = 0;
  for (std::uint32_t id = 1; id <= 256; ++id) {
    const std::uint64_t va = (id % 2 == 0 ? kVa : kFar) + (id * 7 % 64 << 12);
    ask(cycle += 100, id, va);
    run_to(cycle + 99);
    ASSERT_NE(core.reply_to(id), nullptr);
    const TranslateResult& result = core.reply_to(id)->result;
    if (result.verdict != Verdict::kFault) continue;
    PageFault fault;
    fault.cause = result.fault;
    fault.asid = control.asid;
    kernel.handle_fault(fault);
  }
  ASSERT_GT(memory.requests.size(), 256u);
  for (const MemoryRequest& request : memory.requests) {
    EXPECT_GE(request.address.value(), kPool);
    // Page-table pages are taken from the pool's start.
    EXPECT_LT(request.address.value(), kPool + kernel.stats().table_pages * 4096);
  }
}

}  // namespace
}  // namespace mmu
