#include "sim/command/log_writer.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "testbench/unit/command/config_error.hpp"

namespace mmu {
namespace {

constexpr auto kWalker = static_cast<unsigned>(LogSource::kWalker);
constexpr auto kFence = static_cast<unsigned>(LogSource::kFence);
constexpr auto kCpu = static_cast<unsigned>(LogSource::kCpu);

TEST(LogWishes, NameASourceAndALevel) {
  const LogWishes wishes = parse_log_wishes({"mmu.walker=debug,cpu=info"});
  EXPECT_EQ(wishes[kWalker], LogLevel::kDebug);
  EXPECT_EQ(wishes[kCpu], LogLevel::kInfo);
  EXPECT_FALSE(wishes[kFence]);
}

TEST(LogWishes, APrefixStandsForAllBelow) {
  const LogWishes wishes = parse_log_wishes({"mmu=trace"});
  EXPECT_EQ(wishes[kWalker], LogLevel::kTrace);
  EXPECT_EQ(wishes[kFence], LogLevel::kTrace);
  EXPECT_FALSE(wishes[kCpu]);
  EXPECT_EQ(parse_log_wishes({"all=error"})[kCpu], LogLevel::kError);
  EXPECT_EQ(parse_log_wishes({"cpu"})[kCpu], LogLevel::kDebug);
}

TEST(LogWishes, UnknownNamesListTheKnownOnes) {
  EXPECT_EQ(config_error_of([] { parse_log_wishes({"mmu.wlker=debug"}); }),
            "--log mmu.wlker=debug: unknown source \"mmu.wlker\"; sources: run, cpu, mmu.fence, "
            "mmu.walker, os, all");
  EXPECT_EQ(
      config_error_of([] { parse_log_wishes({"cpu=loud"}); }),
      "--log cpu=loud: unknown level \"loud\"; levels: trace, debug, info, warning, error, off");
  config_error_of([] { parse_log_wishes({""}); });
}

class LogWriterTest : public testing::Test {
 protected:
  ~LogWriterTest() override { std::filesystem::remove(file_); }

  /// What stands in the file after three messages.
  std::string written(const std::vector<std::string>& specs) {
    {
      const LogWriter writer(parse_log_wishes(specs), file_);
      log_message(LogSource::kWalker, LogLevel::kDebug, 17, [] { return "start {}"; });
      log_message(LogSource::kRun, LogLevel::kInfo, 18, [] { return "done"; });
      log_message(LogSource::kCpu, LogLevel::kError, 19, [] { return "bad"; });
    }
    std::ifstream in(file_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string file_ =
      (std::filesystem::temp_directory_path() / ("log_" + std::to_string(getpid()))).string();
};

TEST_F(LogWriterTest, WritesCycleLevelSourceAndText) {
  EXPECT_EQ(written({"mmu.walker=debug"}),
            "          17 debug   mmu.walker: start {}\n"
            "          18 info    run: done\n"
            "          19 error   cpu: bad\n");
}

TEST_F(LogWriterTest, KeepsTheRunAndWhatIsBadUnlessSwitchedOff) {
  EXPECT_EQ(written({}), "          18 info    run: done\n          19 error   cpu: bad\n");
  EXPECT_EQ(written({"all=off"}), "");
}

TEST_F(LogWriterTest, MakesNoTextThatNobodyReads) {
  const LogWriter writer(parse_log_wishes({"mmu.walker=info"}), file_);
  bool made = false;
  log_message(LogSource::kWalker, LogLevel::kDebug, 1, [&] {
    made = true;
    return "";
  });
  EXPECT_FALSE(made);
}

}  // namespace
}  // namespace mmu
