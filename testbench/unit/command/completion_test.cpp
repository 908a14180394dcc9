#include "sim/command/completion.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/command/command_line.hpp"
#include "sim/command/manual_page.hpp"
#include "sim/presets/knob_table.hpp"

namespace mmu {
namespace {

using Words = std::vector<std::string>;

Words candidates_of(const Words& words) {
  Words found;
  for (const auto& candidate : complete(command_description(), words).candidates) {
    found.push_back(candidate.word);
  }
  return found;
}

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Every command, by the words that lead to it.
void each_command(const CommandDescription& command, const Words& path,
                  const std::function<void(const CommandDescription&, const Words&)>& look) {
  look(command, path);
  for (const CommandDescription& inner : command.commands) {
    Words longer = path;
    longer.push_back(inner.name);
    each_command(inner, longer, look);
  }
}

TEST(Completion, KnowsEveryCommandAndEveryOption) {
  std::size_t commands = 0, options = 0;
  each_command(command_description(), {},
               [&](const CommandDescription& command, const Words& path) {
                 Words words = path;
                 words.emplace_back("");
                 for (const CommandDescription& inner : command.commands) {
                   EXPECT_TRUE(has(candidates_of(words), inner.name)) << inner.name;
                   ++commands;
                 }
                 words.back() = "-";
                 for (const OptionDescription& option : command.options) {
                   for (const std::string& name : option.names) {
                     EXPECT_TRUE(option.is_argument || has(candidates_of(words), name)) << name;
                     ++options;
                   }
                 }
               });
  EXPECT_GT(commands, 15u);
  EXPECT_GT(options, 60u);
}

TEST(Completion, OffersWhatBeginsLikeTheLastWord) {
  EXPECT_EQ(candidates_of({"swe"}), Words{"sweep"});
  EXPECT_EQ(candidates_of({"run", "--map"}), Words{"--map-on-touch"});
  EXPECT_EQ(candidates_of({"trace", "con"}), Words{"convert"});
  EXPECT_TRUE(candidates_of({"nothing"}).empty());
  EXPECT_FALSE(has(candidates_of({""}), "complete"));  // for shells only
}

TEST(Completion, AKnobsPathIsFollowedByItsValues) {
  EXPECT_EQ(candidates_of({"run", "--set", "mmu.stlb.repl"}), Words{"mmu.stlb.replacement="});
  EXPECT_EQ(candidates_of({"run", "--set", "mmu.stlb.replacement=lr"}),
            Words{"mmu.stlb.replacement=lru"});
  EXPECT_EQ(candidates_of({"run", "--set", "os.huge_pages="}),
            (Words{"os.huge_pages=true", "os.huge_pages=false"}));
  EXPECT_EQ(candidates_of({"machine", "show", "--set", ""}).size(), knobs().size());
}

TEST(Completion, ValuesFollowTheirOption) {
  EXPECT_EQ(candidates_of({"run", "-m", "cva"}), Words{"cva6"});
  EXPECT_TRUE(complete(command_description(), {"run", "-m", "x"}).files);
  EXPECT_EQ(candidates_of({"sweep", "--format", "champ"}), Words{"champsim"});
  EXPECT_EQ(candidates_of({"run", "--log", "mmu.walker=de"}), Words{"mmu.walker=debug"});
  EXPECT_EQ(candidates_of({"compare", "--fail-above", "cyc"}), Words{"cycles="});
  EXPECT_TRUE(candidates_of({"run", "--instructions", ""}).empty());
  EXPECT_FALSE(complete(command_description(), {"run", "--instructions", ""}).files);
  // Behind the value the command goes on; a flag has none.
  EXPECT_TRUE(has(candidates_of({"run", "-m", "cva6", "-"}), "--check"));
  EXPECT_TRUE(complete(command_description(), {"run", "--check", "t"}).files);
}

TEST(Completion, ArgumentsAreCounted) {
  EXPECT_EQ(candidates_of({"machine", "show", "roc"}), Words{"rocket"});
  EXPECT_TRUE(complete(command_description(), {"run", ""}).files);
  EXPECT_TRUE(complete(command_description(), {"run", "a.mmt", ""}).files);
  EXPECT_FALSE(complete(command_description(), {"os", "maps", "out", ""}).files);
  EXPECT_TRUE(complete(command_description(), {"compare", "a", "b", ""}).files);
  EXPECT_EQ(candidates_of({"completion", ""}), (Words{"bash", "zsh"}));
}

TEST(ManualPage, HasEveryCommandAndOption) {
  const std::string page = manual_page(command_description(), "mmusim 1.2.3");
  const auto in_roff = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '-' ? std::string("\\-") : std::string(1, c);
    return out;
  };
  each_command(command_description(), {},
               [&](const CommandDescription& command, const Words& path) {
                 std::string name;
                 for (const std::string& word : path) name += (name.empty() ? "" : " ") + word;
                 if (command.commands.empty()) {
                   EXPECT_NE(page.find("\n.SS " + name), std::string::npos) << name;
                 }
                 for (const OptionDescription& option : command.options) {
                   if (!path.empty() && option.names.back() == "--help") continue;
                   EXPECT_NE(page.find("\n.B " + in_roff(option.usage()) + "\n"), std::string::npos)
                       << option.usage();
                 }
               });
}

TEST(ManualPage, TextIsNeverTakenForRequests) {
  CommandDescription program{"p", "p: does things", "first\n.second \\ 'x", {}, {}};
  const std::string page = manual_page(program, "p 1");
  EXPECT_NE(page.find(".SH NOTES\nfirst .second \\e 'x\n"), std::string::npos);
  program.help = "p: .hidden";
  program.commands = {{"c", "'quoted", "", {}, {}}};
  EXPECT_NE(manual_page(program, "p 1").find("\n\\&'quoted.\n"), std::string::npos);
}

}  // namespace
}  // namespace mmu
