#include "sim/presets/machine_file.hpp"

#include "sim/presets/resolve_machine.hpp"
#include "testbench/unit/command/config_error.hpp"

namespace mmu {
namespace {

std::string error_of(const std::string& text) {
  return config_error_of([&] { resolve_machine_text(text, "my.toml", {}); });
}

TEST(MachineFile, TablesFollowThePathsOfTheKnobs) {
  const MachineParams machine = resolve_machine_text(
      "seed = 7\n[mmu.stlb]\nentries = 768\n[mmu]\nwalker.count = 3\n[cache.l2]\nsize_bytes = "
      "\"1MiB\"\n[os]\nhuge_pages = true\n",
      "folder/my.toml", {});
  EXPECT_EQ(machine.seed, 7u);
  EXPECT_EQ(machine.mmu.stlb.entries, 768u);
  EXPECT_EQ(machine.mmu.walker.count, 3u);
  EXPECT_EQ(machine.cache.l2.size_bytes, 1048576u);
  EXPECT_TRUE(machine.os.huge_pages);
  EXPECT_EQ(machine.name, "my");  // of the file, unless it says another
  EXPECT_EQ(machine.mmu.dtlb.entries, MachineParams().mmu.dtlb.entries);
}

TEST(MachineFile, AnEmptyFileIsTheDefaultMachine) {
  EXPECT_EQ(resolve_machine_text("", "my.toml", {}).mmu.stlb.entries, 1536u);
}

TEST(MachineFile, StartsFromItsBase) {
  const MachineParams machine = resolve_machine_text(
      "base = \"skylake\"\nname = \"mine\"\nmmu.walker.count = 1\n", "x.toml", {});
  EXPECT_EQ(machine.name, "mine");
  EXPECT_EQ(machine.mmu.itlb.entries, 128u);
  EXPECT_EQ(machine.mmu.walker.count, 1u);
}

TEST(MachineFile, UnknownBaseNamesThePresetMeantAndAll) {
  EXPECT_EQ(error_of("seed = 1\nbase = \"skylak\"\n"),
            "my.toml:2:8: no preset \"skylak\"; did you mean \"skylake\"? Presets: "
            "research-baseline, champsim-default, skylake, golden-cove, zen2, jaguar, cortex-a53, "
            "cortex-a55, cortex-a72, cortex-a76, u74, rocket, cva6, riscv-small, xiangshan");
}

TEST(MachineFile, UnknownKeyHasPlaceAndNearestKey) {
  EXPECT_EQ(error_of("[mmu.stlb]\n  entrys = 4\n"),
            "my.toml:2:3: unknown key \"mmu.stlb.entrys\"; did you mean \"mmu.stlb.entries\"?");
}

TEST(MachineFile, UnknownTableHasTheNearestTable) {
  EXPECT_EQ(error_of("[mmu.sltb]\nentries = 4\n"),
            "my.toml:1:6: unknown key \"mmu.sltb\"; did you mean \"mmu.stlb\"?");
}

TEST(MachineFile, WrongTypesSayWhatIsAllowed) {
  EXPECT_EQ(error_of("[mmu.stlb]\nways = true\n"),
            "my.toml:2:8: mmu.stlb.ways = true: must be 0..16777216 entries");
  EXPECT_EQ(error_of("[mmu.stlb]\nways = \"12\"\n"),
            "my.toml:2:8: mmu.stlb.ways = \"12\": must be 0..16777216 entries");
  EXPECT_EQ(error_of("cpu.window = 1.5\n"),
            "my.toml:1:14: cpu.window is a number with a fraction: must be 1..4096 accesses");
  EXPECT_EQ(error_of("cpu.window = [1]\n"),
            "my.toml:1:14: cpu.window is an array: must be 1..4096 accesses");
  EXPECT_EQ(error_of("os.huge_pages = 1\n"),
            "my.toml:1:17: os.huge_pages = 1: must be true or false");
  EXPECT_EQ(error_of("name = 5\n"), "my.toml:1:8: name = 5: must be a text");
  EXPECT_EQ(error_of("mmu = 5\n"), "my.toml:1:7: mmu is a number: must be a table, [mmu]");
}

TEST(MachineFile, OutOfRangeSaysRangeAndUnit) {
  EXPECT_EQ(error_of("cpu.window = 0\n"), "my.toml:1:14: cpu.window = 0: must be 1..4096 accesses");
  EXPECT_EQ(error_of("cpu.window = 4097\n"),
            "my.toml:1:14: cpu.window = 4097: must be 1..4096 accesses");
  EXPECT_EQ(error_of("cpu.window = -3\n"),
            "my.toml:1:14: cpu.window = -3: must be 1..4096 accesses");
  EXPECT_EQ(error_of("os.memory_bytes = \"512KiB\"\n"),
            "my.toml:1:19: os.memory_bytes = \"512KiB\": must be 1048576..70368744177664 bytes");
}

TEST(MachineFile, UnknownChoiceListsTheChoices) {
  EXPECT_EQ(error_of("mmu.dtlb.replacement = \"lur\"\n"),
            "my.toml:1:24: mmu.dtlb.replacement = \"lur\": must be one of \"lru\", \"tree-plru\", "
            "\"random\", \"fifo\", \"bit-plru\", \"nru\", \"srrip\"; did you mean \"lru\"?");
  const std::string format = error_of("mmu.format = \"sv40\"\n");
  EXPECT_EQ(
      format.rfind("my.toml:1:14: mmu.format = \"sv40\": must be one of \"sv32\", \"sv39\"", 0),
      0u);
  EXPECT_NE(format.find("did you mean \"sv48\"?"), std::string::npos);
}

TEST(MachineFile, BrokenTomlHasPlace) {
  EXPECT_EQ(error_of("[mmu\nseed = 1\n").rfind("my.toml:1:5: ", 0), 0u);
  EXPECT_EQ(error_of("seed = 1\nseed = 2\n").rfind("my.toml:2:", 0), 0u);  // a key twice
}

TEST(MachineFile, AllMistakesAreSaidFromTopToBottom) {
  EXPECT_EQ(error_of("cpu.window = 0\ncpu.windw = 1\nbase = 3\n"),
            "my.toml:1:14: cpu.window = 0: must be 1..4096 accesses\n"
            "my.toml:2:5: unknown key \"cpu.windw\"; did you mean \"cpu.window\"?\n"
            "my.toml:3:8: base is a number: must be the name of a preset");
}

TEST(MachineFile, ShapeErrorsSayWhereTheSettingStands) {
  EXPECT_EQ(error_of("[mmu.stlb]\nentries = 1536\nways = 7\n"),
            "my.toml:3:8: mmu.stlb.ways = 7 does not divide mmu.stlb.entries = 1536");
}

TEST(MachineFile, AWalkCacheThatTheFormatCannotUseIsAMistakeOnlyIfAskedFor) {
  EXPECT_EQ(error_of("base = \"skylake\"\n[mmu.walk_cache.level4]\nentries = 2\n"),
            "my.toml:3:11: mmu.walk_cache.level4.entries = 2: nobody would use it; the tables of "
            "mmu.format = x86-64-4level have levels 0..3");
  // Inherited from the default machine: dropped.
  const MachineParams machine = resolve_machine_text("mmu.format = \"sv39\"", "x.toml", {});
  EXPECT_EQ(machine.mmu.walk_cache.level4.entries, 0u);
  EXPECT_EQ(machine.mmu.walk_cache.level3.entries, 0u);
  EXPECT_EQ(machine.mmu.walk_cache.level2.entries, 8u);
}

TEST(MachineFile, AnL2ItlbOfAUnifiedSecondLevelIsAMistakeOnlyIfAskedFor) {
  EXPECT_EQ(error_of("[mmu.l2_itlb]\nlatency_cycles = 9\n"),
            "my.toml:2:18: mmu.l2_itlb.latency_cycles = 9: nobody would use it; mmu.second_level = "
            "unified has one TLB for fetches and data");
  EXPECT_EQ(resolve_machine_text("[mmu.l2_itlb]\nentries = 0\n", "x.toml", {}).mmu.l2_itlb.entries,
            0u);  // what it has anyway
  const MachineParams machine = resolve_machine("zen2", {"mmu.second_level=unified"});
  EXPECT_EQ(machine.mmu.l2_itlb.entries, 0u);
  EXPECT_EQ(machine.mmu.l2_itlb.page_sizes, "all");
}

TEST(MachineFile, AWalkCacheOfAnotherOrganisationIsAMistakeOnlyIfAskedFor) {
  EXPECT_EQ(error_of("[mmu.walk_cache.shared]\nentries = 2\n"),
            "my.toml:2:11: mmu.walk_cache.shared.entries = 2: nobody would use it; "
            "mmu.walk_cache.organisation = split has an array for each level");
  EXPECT_EQ(error_of("base = \"rocket\"\n[mmu.walk_cache.level1]\nentries = 2\n"),
            "my.toml:3:11: mmu.walk_cache.level1.entries = 2: nobody would use it; "
            "mmu.walk_cache.organisation = pte-tagged has one array, mmu.walk_cache.shared");
  const MachineParams machine = resolve_machine("skylake", {"mmu.walk_cache.organisation=unified"});
  EXPECT_EQ(machine.mmu.walk_cache.level1.entries, 0u);
  EXPECT_EQ(machine.mmu.walk_cache.shared.entries, 32u);
}

}  // namespace
}  // namespace mmu
