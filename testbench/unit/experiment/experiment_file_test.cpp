#include "sim/experiment/experiment_file.hpp"

#include "testbench/unit/command/config_error.hpp"

namespace mmu {
namespace {

Experiment read(const std::string& text) { return parse_experiment(text, "dir/e.toml"); }
std::string error_of(const std::string& text) {
  return config_error_of([&] { read(text); });
}

TEST(ExperimentFile, NamesTracesMachinesAxesBaselineAndOptions) {
  const Experiment experiment = read(R"(
traces = ["a.mmt", "/b.mmt"]
machines = ["cva6", "my.toml"]
seeds = [1, 2]
[baseline]
machine = "my"
mmu.stlb.entries = 1024
[options]
instructions = 1000
interval = 10
watchdog = 0
map_on_touch = true
check = true
miss_classes = true
no_run_ahead = true
format = "champsim"
[axes]
mmu.stlb.entries = [512, 1024]
mmu.dtlb.replacement = ["lru", "fifo"]
)");
  EXPECT_EQ(experiment.traces, (std::vector<std::string>{"dir/a.mmt", "/b.mmt"}));
  EXPECT_EQ(experiment.machines, (std::vector<std::string>{"cva6", "dir/my.toml"}));
  EXPECT_EQ(experiment.baseline,
            (std::map<std::string, std::string>{{"machine", "my"}, {"mmu.stlb.entries", "1024"}}));
  ASSERT_EQ(experiment.axes.size(), 3u);
  EXPECT_EQ(experiment.axes[0].keys, std::vector<std::string>{"seed"});
  EXPECT_EQ(experiment.axes[1].keys, std::vector<std::string>{"mmu.stlb.entries"});
  EXPECT_EQ(experiment.axes[1].steps, (std::vector<std::vector<std::string>>{{"512"}, {"1024"}}));
  EXPECT_EQ(experiment.axes[2].keys, std::vector<std::string>{"mmu.dtlb.replacement"});
  const RunSettings& options = experiment.options;
  EXPECT_EQ(options.instructions, 1000u);
  EXPECT_EQ(options.interval_instructions, 10u);
  EXPECT_EQ(options.watchdog_cycles, 0u);
  EXPECT_TRUE(options.map_on_touch && options.check && options.miss_classes &&
              options.no_run_ahead);
  EXPECT_EQ(options.format, traces::TraceFormat::kChampsim);
}

TEST(ExperimentFile, WithoutMachinesItIsTheDefaultOne) {
  EXPECT_EQ(read("traces = [\"a\"]").machines, std::vector<std::string>{"research-baseline"});
}

TEST(ExperimentFile, VariantsHaveAMachineANameAndOverrides) {
  const Experiment experiment = read(R"(
traces = ["a"]
[[variants]]
name = "small"
machine = "my.toml"
set = { mmu.dtlb.entries = 16, os.memory_bytes = "1GiB" }
[[variants]]
name = "plain"
)");
  EXPECT_TRUE(experiment.machines.empty());
  ASSERT_EQ(experiment.variants.size(), 2u);
  EXPECT_EQ(experiment.variants[0].name, "small");
  EXPECT_EQ(experiment.variants[0].machine, "dir/my.toml");
  EXPECT_EQ(experiment.variants[0].overrides,
            (std::vector<std::string>{"mmu.dtlb.entries=16", "os.memory_bytes=1GiB"}));
  EXPECT_EQ(experiment.variants[1].machine, "research-baseline");
}

TEST(ExperimentFile, MistakesInVariantsHaveAPlace) {
  EXPECT_EQ(error_of("traces = [\"a\"]\n[[variants]]\nnam = \"x\"\n"),
            "dir/e.toml:2:1: a variant must have a name\n"
            "dir/e.toml:3:1: unknown key \"nam\"; did you mean \"name\"?");
  EXPECT_EQ(error_of("traces = [\"a\"]\nvariants = [1]\n"),
            "dir/e.toml:2:12: variants must be tables, [[variants]]");
  const std::string begin = "traces = [\"a\"]\n[[variants]]\nname = \"x\"\n";
  EXPECT_EQ(error_of(begin + "set.mmu.stlb.entrys = 4\n"),
            "dir/e.toml:4:23: unknown knob \"mmu.stlb.entrys\"; did you mean "
            "\"mmu.stlb.entries\"?");
  EXPECT_EQ(error_of(begin + "set = 3\n"),
            "dir/e.toml:4:7: set must be a table, e.g. { mmu.stlb.entries = 512 }");
  EXPECT_NE(error_of(begin + "set.mmu.walker.count = [1, 2]\n").find("dir/e.toml:4:24: "),
            std::string::npos);
  EXPECT_EQ(error_of(begin + "machine = 3\n"), "dir/e.toml:4:11: machine must be a text");
}

TEST(ExperimentFile, KeysOfOthersAreLeftToThem) {
  EXPECT_EQ(parse_experiment("traces = [\"a\"]\nfigures = 3\n", "e.toml", {"figures"}).traces,
            std::vector<std::string>{"a"});
  EXPECT_EQ(config_error_of(
                [] { parse_experiment("traces = [\"a\"]\nfigurs = 3\n", "e.toml", {"figures"}); }),
            "e.toml:2:1: unknown key \"figurs\"; did you mean \"figures\"?");
}

TEST(ExperimentFile, ZippedTablesAreOneAxisEach) {
  const Experiment experiment = read(R"(
traces = ["a"]
[[zip]]
mmu.stlb.entries = [384, 768]
mmu.stlb.ways = [4, 8]
[[zip]]
mmu.walker.count = [1, 2]
)");
  ASSERT_EQ(experiment.axes.size(), 2u);
  EXPECT_EQ(experiment.axes[0].keys,
            (std::vector<std::string>{"mmu.stlb.entries", "mmu.stlb.ways"}));
  EXPECT_EQ(experiment.axes[0].steps[1], (std::vector<std::string>{"768", "8"}));
}

TEST(ExperimentFile, SaysWhereEachMistakeStands) {
  EXPECT_EQ(error_of("tracs = [\"a\"]\n[axes]\nmmu.stlb.entrys = [1]\nmmu.walker.count = [0]\n"),
            "dir/e.toml:1:1: unknown key \"tracs\"; did you mean \"traces\"?\n"
            "dir/e.toml:3:19: unknown knob \"mmu.stlb.entrys\"; did you mean "
            "\"mmu.stlb.entries\"?\n"
            "dir/e.toml:4:20: mmu.walker.count = 0: must be 1..64 walkers");
  EXPECT_EQ(error_of("traces = [\"a\"]\n[options]\ninstructions = -1\nchek = true"),
            "dir/e.toml:3:16: options.instructions must be a whole number from 0 on\n"
            "dir/e.toml:4:1: unknown option \"chek\"; did you mean \"check\"?");
  EXPECT_EQ(error_of("traces = [\"a\"]\n[options]\nformat = \"pin\""),
            "dir/e.toml:3:10: options.format must be one of auto, own, lackey, champsim, "
            "cloudsuite, drmemtrace, capture");
  EXPECT_EQ(error_of("traces = [\"a\"]\n[[zip]]\nmmu.stlb.entries = [1, 2]\nmmu.stlb.ways = [1]"),
            "dir/e.toml:2:1: zip: mmu.stlb.entries has 2 values and mmu.stlb.ways has 1");
  EXPECT_EQ(error_of("traces = [\"a\", \"a\"]"), "dir/e.toml:1:16: traces: a is given twice");
  EXPECT_EQ(error_of("traces = \"a\""),
            "dir/e.toml:1:10: traces must be a list of at least one value, [...]");
  EXPECT_EQ(error_of("seeds = [1]"), "dir/e.toml: no traces; e.g. traces = [\"a.mmt\"]");
  EXPECT_NE(error_of("traces = [").find("dir/e.toml:1:11: "), std::string::npos);
  EXPECT_EQ(config_error_of([] { read_experiment("no/such.toml"); }),
            "no/such.toml: cannot read this experiment");
}

}  // namespace
}  // namespace mmu
