// Several random processes that share a random machine: the model against the reference, against
// itself with run-ahead switched off, and against a replay without time. Settings as in
// compare_test.
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "hw/arch/hex.hpp"
#include "sim/platform/replay.hpp"
#include "sim/process/page_map.hpp"
#include "testbench/reference/reference.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/system/reference/random_runs.hpp"
#include "traces/interleaver.hpp"

namespace mmu::test {
namespace {

/// A process that now and then touches what it has not.
class MayDie final : public TraceSource {
 public:
  MayDie(std::uint64_t seed, std::uint64_t records)
      : random_(seed), program_(seed, records), per_block_(random_.one_of({0U, 0U, 10U})) {}

  const TraceHeader& header() const override { return program_.header(); }
  bool next(TraceBlock& block) override {
    if (!program_.next(block)) return false;
    if (!block.records.empty() && random_.chance(per_block_)) {
      TraceRecord& record = block.records[random_.between(0, block.records.size() - 1)];
      record.address = random_.chance(50) ? 0x1000 : 0x7000'0000;  // there is never anything
      record.handle = TraceRecord::kNoHandle;
      record.bytes = 4;
    }
    return true;
  }

 private:
  RandomSource random_;
  RandomProgram program_;
  unsigned per_block_;
};

traces::Interleaver random_processes(std::uint64_t seed) {
  RandomSource random(seed);
  const std::uint64_t count = random.between(2, 6);
  std::vector<traces::Interleaver::Trace> all;
  for (std::uint64_t i = 0; i < count; ++i) {
    // As wide as the machine's format takes: a seed of the same residue.
    const std::uint64_t own = seed + 4 * 1000 * (i + 1);
    all.push_back({std::make_unique<MayDie>(own, kAccesses / count), "random"});
  }
  return {std::move(all), random.between(5, 400)};
}

MachineParams shared_machine(std::uint64_t seed) {
  RandomSource random(seed);
  MachineParams machine = random_machine(seed);
  machine.os.asids = random.one_of({os::AsidPolicy::kLinux, os::AsidPolicy::kGenerations,
                                    os::AsidPolicy::kRecycled, os::AsidPolicy::kOff});
  machine.os.memory_bytes *= 4;
  return machine;
}

ModelRun run_processes(std::uint64_t seed, bool run_ahead) {
  ModelRun run;
  RunOptions options;
  options.run_ahead = run_ahead;
  options.check = run_ahead;
  options.fences = fences_for(seed);
  options.observe = [&run](std::uint64_t, std::uint64_t completion) {
    run.completions.push_back(completion);
  };
  traces::Interleaver processes = random_processes(seed);
  run.result = simulate(shared_machine(seed), processes, options);
  return run;
}

reference::Result run_reference_on_processes(std::uint64_t seed) {
  reference::Options options;
  for (const TimedFence& fence : fences_for(seed)) {
    options.fences.push_back({fence.cycle, fence.scope});
  }
  traces::Interleaver processes = random_processes(seed);
  return reference::simulate(shared_machine(seed), processes, options);
}

TEST(RandomProcesses, EveryAccessCompletesInTheCycleOfTheReference) {
  // Of records that a process has begun and never completes, the two know more or less.
  const std::set<std::string_view> except = {"refused", "reads_refused", "records", "line_splits",
                                             "page_splits"};
  std::uint64_t killed = 0, rollovers = 0, recycled = 0;
  for_each_seed([&](std::uint64_t seed) {
    const ModelRun model = run_processes(seed, true);
    const reference::Result expected = run_reference_on_processes(seed);
    std::string text;
    const bool all_dead = model.result.message.rfind("every process was killed", 0) == 0;
    if (model.result.outcome != Outcome::kDone && !all_dead) text = model.result.message + "\n";
    text += first_difference(model.completions, expected.completions);
    text += differences(model.result, expected, except);
    std::uint64_t cycles = model.result.switch_cycles, instructions = 0;
    for (const ProcessResult& process : model.result.processes) {
      killed += process.end == os::Kernel::End::kKilled ? 1 : 0;
      cycles += process.share.cycles;
      instructions += process.share.instructions;
    }
    add_difference(text, "cycles of processes", cycles, model.result.cpu.cycles);
    add_difference(text, "instructions of processes", instructions, model.result.cpu.instructions);
    rollovers += model.result.os.asid_rollovers;
    recycled += model.result.os.asids_recycled;
    return expect_same(seed, text);
  });
  if (kMachines < 60) return;
  EXPECT_GT(killed, 0u);
  EXPECT_GT(rollovers, 0u);
  EXPECT_GT(recycled, 0u);
}

TEST(RandomProcesses, RunningAheadChangesNoCounter) {
  for_each_seed([&](std::uint64_t seed) {
    const ModelRun ahead = run_processes(seed, true);
    const ModelRun yielding = run_processes(seed, false);
    std::string text = first_difference(ahead.completions, yielding.completions) +
                       differences(ahead.result, yielding.result, {});
    if (ahead.result.message != yielding.result.message) text += "  " + ahead.result.message;
    return expect_same(seed, text);
  });
}

/// What each process can reach is what its areas say, and nobody else's.
std::string wrong_pages(const Replay& replay) {
  std::string text;
  std::set<std::uint64_t> frames;
  const PageTableFormat& format = *replay.control().format;
  for (std::size_t i = 0; i < replay.software().processes(); ++i) {
    const PageMap map = read_page_map(format, replay.memory(), replay.software().root_of(i));
    for (const MappedPage& page : map.pages) {
      const std::string who = "  process " + std::to_string(i) + ", page " + hex(page.va.value());
      if (!frames.insert(page.frame.value()).second) text += who + " is another's too\n";
      // A base page of more than 4 KiB may begin before its area.
      const os::VmArea* area = nullptr;
      for (std::uint64_t at = page.va.value(); at < page.end() && area == nullptr; at += 4096) {
        area = replay.software().areas(i).find(at);
      }
      if (area == nullptr) {
        text += who + " is in no area\n";
      } else if (format.page_shift == 12 && !((page.rights & area->rights) == page.rights)) {
        text += who + " allows more than its area\n";
      }
    }
  }
  return text;
}

TEST(RandomProcesses, AreMadeAgainWithoutTime) {
  for_each_seed([&](std::uint64_t seed) {
    RandomSource random(seed);
    RunOptions options;
    options.check = true;
    options.skip_instructions = random.chance(50) ? random.between(1, kAccesses / 4) : 0;
    options.warmup_instructions = random.chance(50) ? random.between(1, kAccesses / 4) : 0;
    options.instructions = random.chance(50) ? random.between(1, kAccesses) : 0;
    if (random.chance(30)) {  // interrupted
      options.progress = [left = random.between(1, 100)](auto...) mutable { return left-- > 0; };
    }
    traces::Interleaver processes = random_processes(seed);
    const RunResult run = simulate(shared_machine(seed), processes, options);
    traces::Interleaver again = random_processes(seed);
    const std::uint64_t before = run.skipped_instructions + run.warmed_instructions;
    Replay::Options until;
    until.instructions = options.instructions == 0 ? 0 : options.instructions + before;
    until.blocks = run.outcome == Outcome::kInterrupted ? run.blocks : 0;
    Replay replay(shared_machine(seed), again, until);
    replay.run();
    std::string text = wrong_pages(replay);
    if (run.outcome == Outcome::kInternalError) text += "  " + run.message + "\n";
    if (run.outcome == Outcome::kInputError) return expect_same(seed, text);  // too short
    add_difference(text, "map hash", run.map_hash, replay.software().map_hash());
    for (std::size_t i = 0; i < run.processes.size(); ++i) {
      add_difference(text, "end of process " + std::to_string(i),
                     static_cast<unsigned>(run.processes[i].end),
                     static_cast<unsigned>(replay.software().end_of(i)));
    }
    return expect_same(seed, text);
  });
}

}  // namespace
}  // namespace mmu::test
