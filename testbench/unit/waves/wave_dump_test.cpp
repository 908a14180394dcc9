// Changes told in any order become a dump in the order of cycles.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "hw/arch/errors.hpp"
#include "sim/waves/wave_dump.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kPeriodPs = 10;

std::string text_of(WaveDump& dump) {
  dump.finish();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  EXPECT_TRUE(dump.write(file.get(), kPeriodPs, "a comment"));
  std::string text(static_cast<std::size_t>(std::ftell(file.get())), ' ');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file.get()), text.size());
  return text;
}

/// What follows the values at the beginning.
std::string changes_of(WaveDump& dump) {
  const std::string text = text_of(dump);
  const std::string begins = "$dumpvars\n";
  const std::size_t at = text.find("$end\n", text.find(begins) + begins.size());
  return text.substr(at + 5);
}

TEST(WaveDump, DeclaresEachSignalInItsScope) {
  WaveDump dump({3, 100});
  const auto wide = dump.signal("a.b", {"wide", 8});
  dump.signal("c", {"bit", 1});
  dump.signal("a.d", {"other", 2});
  dump.set(2, wide, 5);
  EXPECT_EQ(text_of(dump),
            "$version mmusim $end\n$comment\na comment\n$end\n$timescale 1 ps $end\n"
            "$scope module a $end\n"
            "$scope module b $end\n$var wire 8 ! wide $end\n$upscope $end\n"
            "$scope module d $end\n$var wire 2 # other $end\n$upscope $end\n$upscope $end\n"
            "$scope module c $end\n$var wire 1 \" bit $end\n$upscope $end\n"
            "$enddefinitions $end\n"
            "#30\n$dumpvars\nb101 !\nx\"\nbx #\n$end\n#40\n");
}

TEST(WaveDump, OrdersWhatIsToldAhead) {
  WaveDump dump({0, 100});
  const auto a = dump.signal("s", {"a", 1});
  const auto b = dump.signal("s", {"b", 4});
  dump.set(7, b, 6);
  dump.set(5, a, 1);
  dump.go_to(6);
  dump.set(6, b, 6);  // so that nothing changes in cycle 7
  dump.set(8, a, 0);
  EXPECT_EQ(changes_of(dump), "#50\n1!\n#60\nb110 \"\n#80\n0!\n#90\n");
}

TEST(WaveDump, ALaneIsValidInItsCyclesOnly) {
  WaveDump dump({0, 100});
  const auto link = dump.link("l.request", {{"id", 4}});
  dump.carry(5, link, {9});
  dump.carry(6, link, {9});
  dump.carry(8, link, {2});
  // Valid in 5 and 6, not in 7, in 8, not in 9.
  EXPECT_EQ(changes_of(dump), "#50\n1!\nb1001 \"\n#70\n0!\n#80\n1!\nb10 \"\n#90\n0!\n#100\n");
}

TEST(WaveDump, ACycleHasAsManyLanesAsItNeeds) {
  WaveDump dump({0, 100});
  const auto link = dump.link("l", {{"id", 4}});
  dump.carry(5, link, {1});
  dump.carry(5, link, {2});
  dump.carry(6, link, {3});
  EXPECT_EQ(changes_of(dump), "#50\n1!\nb1 \"\n1#\nb10 $\n#60\n0#\nb11 \"\n#70\n0!\n#80\n");
}

TEST(WaveDump, ALaneCanBeAskedFor) {
  WaveDump dump({0, 100});
  const auto link = dump.link("l", {});
  dump.carry(5, link, {}, 1);
  EXPECT_EQ(changes_of(dump), "#50\n1\"\n#60\n0\"\n#70\n");
}

TEST(WaveDump, HoldsNothingOutsideOfItsWindow) {
  WaveDump dump({5, 7});
  const auto a = dump.signal("s", {"a", 4});
  const auto link = dump.link("l", {});
  for (Cycle at = 3; at < 9; ++at) dump.set(at, a, at);
  dump.carry(4, link, {});
  dump.carry(6, link, {});
  dump.carry(7, link, {});
  const std::string text = text_of(dump);
  EXPECT_NE(text.find("#50\n$dumpvars\nb100 !\n0\"\n$end\n"
                      "#50\nb101 !\n#60\nb110 !\n1\"\n#70\n"),
            std::string::npos)
      << text;
}

TEST(WaveDump, ACycleThatIsOverDoesNotChange) {
  WaveDump dump({0, 100});
  const auto a = dump.signal("s", {"a", 1});
  const auto link = dump.link("l", {});
  dump.go_to(5);
  dump.set(5, a, 1);
  EXPECT_THROW(dump.set(4, a, 1), ModelError);
  EXPECT_THROW(dump.carry(4, link, {}), ModelError);
}

TEST(WaveDump, HasNamesForManySignals) {
  WaveDump dump({0, 100});
  for (unsigned i = 0; i < 95; ++i) dump.signal("s", {"a", 1});
  const std::string text = text_of(dump);
  EXPECT_NE(text.find("$var wire 1 ~ a $end\n"), std::string::npos);
  EXPECT_NE(text.find("$var wire 1 !\" a $end\n"), std::string::npos);
}

}  // namespace
}  // namespace mmu
