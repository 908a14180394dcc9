// The one-stage RISC-V vectors of testbench/conformance/vectors through the RTL walker: results,
// exception codes, reads and updates, each at its cycle.
#include <gtest/gtest.h>

#include "sim/translate/vector_check.hpp"
#include "testbench/cosim/ptw_bench.hpp"
#include "testbench/support/project_file.hpp"

namespace mmu {
namespace {

struct File {
  const char* name;
  unsigned levels;
  std::uint64_t vectors;
};

class PtwVectors : public testing::TestWithParam<File> {};
INSTANTIATE_TEST_SUITE_P(Files, PtwVectors,
                         testing::Values(File{"sv32", 2, 2451}, File{"sv39", 3, 3101},
                                         File{"sv48", 4, 3156}, File{"sv57", 5, 3122}),
                         [](const auto& param) { return std::string(param.param.name); });

PtwPlan plan_of(const Vector& v) {
  PtwPlan plan;
  plan.format = v.format;
  plan.va = v.va;
  plan.root = v.root;
  plan.asid = v.asid;
  plan.kind = v.access;
  plan.context = v.context;
  plan.ad = v.ad_update;
  return plan;
}

/// What differs from the vector, or from the cycles of the contract; "" if nothing.
std::string walk(PtwBench& bench, const Vector& v) {
  VectorMemory memory(v);
  const PtwSeen seen = bench.walk(plan_of(v), memory);
  Observation is;
  for (const PtwSeen::Access& access : seen.accesses) {
    if (!access.update) is.reads.push_back(access.address);
  }
  is.writes = memory.writes;
  if (is_fault(seen.verdict)) {
    is.fault = {ptw_fault(seen.verdict), v.va, seen.level};
    if (v.expect.code && seen.cause != *v.expect.code) return "the exception code differs";
  } else {
    is.to = seen.to;
    is.data_in_ram = memory.permits(seen.to.of(v.va), 1, writes(v.access));
  }
  std::string wrong = difference(v, is, true);
  if (wrong.empty() && seen.result != 1 + 3 * seen.accesses.size()) wrong = "the cycle differs";
  return wrong;
}

TEST_P(PtwVectors, PassInTheRtl) {
  VectorFile file(
      project_file("testbench/conformance/vectors/" + std::string(GetParam().name) + ".jsonl.zst"));
  PtwBench bench(GetParam().levels);
  std::uint64_t passed = 0, bare = 0;
  while (const auto vector = file.next()) {
    if (vector->context.has(AccessContext::kBare)) {  // no walk is asked for
      ++bare;
      continue;
    }
    const std::string wrong = walk(bench, *vector);
    EXPECT_EQ(wrong, "") << vector->id << " (" << vector->kind << ")";
    passed += wrong.empty() ? 1u : 0u;
  }
  EXPECT_EQ(passed + bare, GetParam().vectors);
  EXPECT_LT(bare, GetParam().vectors / 10);
}

}  // namespace
}  // namespace mmu
