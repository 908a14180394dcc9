#include "sim/command/command_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mmu {
namespace {

ParsedCommandLine parse(std::vector<const char*> words) {
  words.insert(words.begin(), "mmusim");
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  ParsedCommandLine parsed = parse_command_line(static_cast<int>(words.size()), words.data());
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
  return parsed;
}

std::string help_of(std::vector<const char*> words) {
  words.insert(words.begin(), "mmusim");
  testing::internal::CaptureStdout();
  parse_command_line(static_cast<int>(words.size()), words.data());
  return testing::internal::GetCapturedStdout();
}

TEST(CommandLine, RunTakesItsOptionsAndATrace) {
  const auto parsed = parse({"run",
                             "-m",
                             "skylake",
                             "--set",
                             "a=1",
                             "--set",
                             "b=2",
                             "-o",
                             "out",
                             "--instructions",
                             "5",
                             "--map-on-touch",
                             "--no-run-ahead",
                             "--watchdog",
                             "9",
                             "--interval",
                             "7",
                             "--log",
                             "mmu.walker=debug",
                             "t.mmt"});
  ASSERT_TRUE(parsed.command);
  const RunSettings& settings = std::get<RunCommand>(*parsed.command).settings;
  EXPECT_EQ(settings.machine, "skylake");
  EXPECT_EQ(settings.overrides, (std::vector<std::string>{"a=1", "b=2"}));
  EXPECT_EQ(settings.out, "out");
  EXPECT_EQ(settings.instructions, 5u);
  EXPECT_TRUE(settings.map_on_touch);
  EXPECT_TRUE(settings.no_run_ahead);
  EXPECT_EQ(settings.watchdog_cycles, 9u);
  EXPECT_EQ(settings.interval_instructions, 7u);
  EXPECT_EQ(settings.log, std::vector<std::string>{"mmu.walker=debug"});
  EXPECT_EQ(settings.trace, "t.mmt");
}

TEST(CommandLine, RunTakesSeveralTraces) {
  const auto parsed = parse({"run", "a.mmt", "b.mmt", "-o", "out", "gups:bytes=1MiB"});
  ASSERT_TRUE(parsed.command);
  const RunSettings& settings = std::get<RunCommand>(*parsed.command).settings;
  EXPECT_EQ(settings.trace, "a.mmt");
  EXPECT_EQ(settings.with, (std::vector<std::string>{"b.mmt", "gups:bytes=1MiB"}));
  EXPECT_EQ(settings.out, "out");
}

TEST(CommandLine, ASettingDoesNotSwallowTheTrace) {
  const auto parsed = parse({"run", "--set", "seed=1", "t.mmt"});
  ASSERT_TRUE(parsed.command);
  EXPECT_EQ(std::get<RunCommand>(*parsed.command).settings.trace, "t.mmt");
}

TEST(CommandLine, DefaultsAreThoseOfTheHelp) {
  const auto parsed = parse({"run", "t.mmt"});
  const RunSettings& settings = std::get<RunCommand>(*parsed.command).settings;
  EXPECT_EQ(settings.machine, "research-baseline");
  EXPECT_EQ(settings.out, "");
  EXPECT_EQ(settings.watchdog_cycles, 10'000'000u);
  EXPECT_FALSE(settings.no_run_ahead);
}

TEST(CommandLine, SweepComparesAndOthers) {
  const auto sweep = parse({"sweep", "--set", "mmu.stlb.entries=384,768", "-j", "3", "t.mmt"});
  ASSERT_TRUE(sweep.command);
  EXPECT_EQ(std::get<SweepCommand>(*sweep.command).pool.jobs, 3u);
  EXPECT_EQ(std::get<SweepCommand>(*sweep.command).settings.overrides,
            std::vector<std::string>{"mmu.stlb.entries=384,768"});
  const auto compare = parse({"compare", "a", "b", "c"});
  EXPECT_EQ(std::get<CompareCommand>(*compare.command).results.size(), 3u);
  EXPECT_EQ(std::get<MachineShowCommand>(*parse({"machine", "show"}).command).machine,
            "research-baseline");
  EXPECT_EQ(std::get<MachineProbeCommand>(*parse({"machine", "probe", "u74"}).command).machine,
            "u74");
  EXPECT_EQ(std::get<TraceHeadCommand>(*parse({"trace", "head", "-n", "3", "t"}).command).records,
            3u);
}

TEST(CommandLine, UsageErrorsAreStatus2) {
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{},
                                             {"fly"},
                                             {"run"},
                                             {"sweep", "a", "b"},
                                             {"run", "--no-such-option", "t"},
                                             {"run", "--instructions", "many", "t"},
                                             {"compare"},
                                             {"machine"},
                                             {"trace", "convert", "from"}}) {
    const auto parsed = parse(words);
    EXPECT_FALSE(parsed.command);
    EXPECT_EQ(parsed.exit_status, 2);
  }
}

TEST(CommandLine, HelpAndVersionAreStatus0) {
  for (const std::vector<const char*>& words : std::vector<std::vector<const char*>>{
           {"--help"}, {"--version"}, {"run", "--help"}, {"trace", "head", "-h"}}) {
    const auto parsed = parse(words);
    EXPECT_FALSE(parsed.command);
    EXPECT_EQ(parsed.exit_status, 0);
  }
}

TEST(CommandLine, HelpNamesTheCommandsThatExistAndTheExitStatuses) {
  const std::string help = help_of({"--help"});
  for (const char* word : {"run", "sweep", "compare", "machine", "trace", "translate", "os",
                           "  memory", "Exit status"}) {
    EXPECT_NE(help.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace mmu
