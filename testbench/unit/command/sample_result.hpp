// A small made-up run, every figure of which can be checked by hand.
#pragma once

#include "sim/result/result_json.hpp"

namespace mmu {

inline RunSubject sample_subject() {
  RunSubject subject;
  subject.machine.name = "sample";
  subject.trace_path = "/some/folder/tiny.mmt";
  subject.trace.command = "tiny --fast";
  subject.trace.hash = 0xabcdef;
  return subject;
}

/// 2000 instructions in 4000 cycles; 1000 DTLB look-ups, 30 misses; 10 walks of 50..59 cycles.
inline RunResult sample_run() {
  RunResult run;
  run.cpu.instructions = 2000;
  run.cpu.cycles = 4000;
  run.cpu.accesses = 1000;
  run.cpu.latency_cycles = 6000;
  run.dtlb.accesses = 1000;
  run.dtlb.hits = 970;
  run.dtlb.misses = 30;
  run.stlb.accesses = 30;
  run.stlb.hits = 20;
  run.stlb.misses = 10;
  run.walker.walks = 10;
  run.walker.reads = 12;
  run.walker_detail.reads[0][static_cast<unsigned>(Served::kMemory)] = 9;
  run.walker_detail.reads[1][static_cast<unsigned>(Served::kL2)] = 3;
  for (std::uint64_t i = 0; i < 10; ++i) run.walker_detail.latency.add(50 + i);
  run.os.page_faults = 4;
  run.free_blocks = {1, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
  run.map_hash = 0x1234;
  at(run.cycle_stack, Part::kIssue) = 3000;
  at(run.cycle_stack, Part::kStlb) = 100;
  at(run.cycle_stack, Part::kFaultOs) = 400;
  at(run.cycle_stack, pte_part(0, Served::kMemory)) = 500;
  at(run.latency_stack, Part::kL1Tlb) = 1000;
  at(run.latency_stack, data_part(Served::kL1)) = 5000;
  return run;
}

inline Json sample_json() { return result_json(sample_subject(), sample_run()); }

}  // namespace mmu
