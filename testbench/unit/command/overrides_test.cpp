#include <filesystem>
#include <fstream>

#include "sim/presets/resolve_machine.hpp"
#include "testbench/unit/command/config_error.hpp"

namespace mmu {
namespace {

MachineParams with(const std::vector<std::string>& overrides) {
  return resolve_machine("skylake", overrides);
}
std::string error_of(const std::vector<std::string>& overrides) {
  return config_error_of([&] { with(overrides); });
}

TEST(Overrides, ReplaceWhatThePresetSays) {
  const MachineParams machine = with(
      {"mmu.stlb.entries=768", "mmu.stlb.replacement=random", "os.huge_pages=true", "seed=0x10"});
  EXPECT_EQ(machine.mmu.stlb.entries, 768u);
  EXPECT_EQ(machine.mmu.stlb.replacement, Replacement::kRandom);
  EXPECT_TRUE(machine.os.huge_pages);
  EXPECT_EQ(machine.seed, 16u);
  EXPECT_EQ(machine.name, "skylake");
}

TEST(Overrides, SizesMayHaveUnits) {
  EXPECT_EQ(with({"cache.l2.size_bytes=64KiB"}).cache.l2.size_bytes, 65536u);
  EXPECT_EQ(with({"cache.l2.size_bytes=2 MiB"}).cache.l2.size_bytes, 2097152u);
  EXPECT_EQ(with({"os.memory_bytes=64GiB"}).os.memory_bytes, 68719476736u);
  EXPECT_EQ(with({"os.memory_bytes=2TiB"}).os.memory_bytes, 2199023255552u);
  EXPECT_EQ(error_of({"mmu.stlb.entries=1KiB"}),
            "--set mmu.stlb.entries = \"1KiB\": must be 0..16777216 entries");
  EXPECT_EQ(error_of({"os.memory_bytes=99999999999TiB"}).rfind("--set os.memory_bytes", 0), 0u);
}

TEST(Overrides, UnknownKeyHasTheNearest) {
  EXPECT_EQ(error_of({"mmu.walker.cuont=2"}),
            "--set mmu.walker.cuont=2: unknown key \"mmu.walker.cuont\"; did you mean "
            "\"mmu.walker.count\"?");
}

TEST(Overrides, ValueMustFit) {
  EXPECT_EQ(error_of({"mmu.walker.count=many"}),
            "--set mmu.walker.count = \"many\": must be 1..64 walkers");
  EXPECT_EQ(error_of({"mmu.walker.count=65"}),
            "--set mmu.walker.count = 65: must be 1..64 walkers");
  EXPECT_EQ(error_of({"mmu.walker.count="}),
            "--set mmu.walker.count = \"\": must be 1..64 walkers");
  EXPECT_EQ(error_of({"mmu.walker.count=-1"}),
            "--set mmu.walker.count = \"-1\": must be 1..64 walkers");
  EXPECT_EQ(error_of({"os.huge_pages=yes"}),
            "--set os.huge_pages = \"yes\": must be true or false");
}

TEST(Overrides, MustBeKeyAndValue) {
  EXPECT_EQ(error_of({"mmu.walker.count"}),
            "--set mmu.walker.count: must be key=value, e.g. mmu.stlb.entries=1024");
  EXPECT_EQ(error_of({"=3"}), "--set =3: must be key=value, e.g. mmu.stlb.entries=1024");
}

TEST(Overrides, AKeyTwiceIsAMistake) {
  EXPECT_EQ(error_of({"seed=1", "mmu.walker.count=3", "seed=1"}), "--set seed is given twice");
}

TEST(Overrides, ShapeErrorsNameTheOverride) {
  EXPECT_EQ(error_of({"mmu.stlb.ways=7"}),
            "--set: mmu.stlb.ways = 7 does not divide mmu.stlb.entries = 1536");
}

TEST(Overrides, PresetOrFileMustExist) {
  EXPECT_EQ(config_error_of([] { resolve_machine("chmapsim-default", {}); }),
            "no preset \"chmapsim-default\"; did you mean \"champsim-default\"? Presets: "
            "research-baseline, champsim-default, skylake, golden-cove, zen2, jaguar, cortex-a53, "
            "cortex-a55, cortex-a72, cortex-a76, u74, rocket, cva6, riscv-small, xiangshan");
  EXPECT_EQ(config_error_of([] { resolve_machine("no/such.toml", {}); }),
            "no/such.toml: cannot read this machine file");
}

}  // namespace
}  // namespace mmu
