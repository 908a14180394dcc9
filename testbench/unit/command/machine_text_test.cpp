#include "sim/presets/machine_text.hpp"

#include <gtest/gtest.h>

#include "sim/presets/knob_table.hpp"
#include "sim/presets/presets.hpp"
#include "sim/presets/resolve_machine.hpp"

namespace mmu {
namespace {

void expect_same(const MachineParams& a, const MachineParams& b) {
  for (const Knob& knob : knobs()) EXPECT_EQ(knob.get(a), knob.get(b)) << knob.path;
}

TEST(MachineText, ReadsBackAsTheSameMachine) {
  for (const std::string& name : preset_names()) {
    const MachineParams machine = resolve_machine(name, {});
    for (const bool explain : {false, true}) {
      expect_same(resolve_machine_text(machine_as_toml(machine, explain), "x.toml", {}), machine);
    }
  }
}

TEST(MachineText, KeepsWhatTomlCannotSayPlainly) {
  MachineParams machine = resolve_machine("cva6", {});
  machine.seed = ~std::uint64_t{0};  // TOML's numbers end at 2^63 - 1
  machine.note = "a \"quoted\" \\ text\nin two lines";
  machine.os.huge_pages = true;
  expect_same(resolve_machine_text(machine_as_toml(machine, true), "x.toml", {}), machine);
}

TEST(MachineText, ExplainsEachKnob) {
  const std::string text = machine_as_toml(MachineParams(), true);
  EXPECT_NE(
      text.find("[mmu.stlb]\nentries = 1536                  # 0..16777216 entries: of the base "
                "array; 0 switches a level behind the first off\n"),
      std::string::npos);
  EXPECT_NE(text.find("replacement = \"lru\"             # one of \"lru\", \"tree-plru\", "
                      "\"random\", \"fifo\", \"bit-plru\", \"nru\", \"srrip\": which"),
            std::string::npos);
  for (const Knob& knob : knobs()) {
    EXPECT_NE(text.find("\n" + std::string(knob.name()) + " = "), std::string::npos) << knob.path;
  }
}

TEST(KnobTable, ListsEveryKnobByItsPath) {
  for (const char* path :
       {"seed", "clock.period_ps", "cpu.window", "mmu.format", "mmu.walk_cache.level1.entries",
        "mmu.walker.reads_enter", "cache.llc.size_bytes", "dram.t_refi", "os.cost.trap_cycles"}) {
    EXPECT_NE(find_knob(path), nullptr) << path;
  }
  EXPECT_EQ(find_knob("mmu"), nullptr);
}

}  // namespace
}  // namespace mmu
