// The model against the kernel that this runs on: a program makes random memory calls and accesses,
// and tells after each what is mapped; the model, told the same calls, must have the same areas and
// the same pages.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

/// What is mapped: areas, those that are more of the same as one, and pages that are there.
struct State {
  std::vector<std::string> areas;
  std::vector<std::uint64_t> pages;

  bool operator==(const State& other) const { return areas == other.areas && pages == other.pages; }
};

struct Span {
  std::uint64_t start, end;
  std::string rights;
};

std::vector<std::string> joined(const std::vector<Span>& spans) {
  std::vector<Span> whole;
  for (const Span& span : spans) {
    const bool more =
        !whole.empty() && whole.back().end == span.start && whole.back().rights == span.rights;
    if (more) whole.back().end = span.end;
    if (!more) whole.push_back(span);
  }
  std::vector<std::string> text;
  for (const Span& span : whole) {
    std::ostringstream line;
    line << std::hex << span.start << "-" << span.end << " " << span.rights;
    text.push_back(line.str());
  }
  return text;
}

/// The lines up to ".".
State read_state(std::istream& lines) {
  std::map<std::uint64_t, Span> spans;
  State state;
  for (std::string line; std::getline(lines, line) && line != ".";) {
    std::istringstream words(line);
    std::string what, rights;
    std::uint64_t start = 0, end = 0;
    char dash = 0;
    words >> what >> std::hex >> start;
    if (what == "page") state.pages.push_back(start);
    if (what == "area" && words >> dash >> end >> rights) spans[start] = {start, end, rights};
  }
  std::vector<Span> sorted;
  sorted.reserve(spans.size());
  for (const auto& [start, span] : spans) sorted.push_back(span);
  state.areas = joined(sorted);
  std::sort(state.pages.begin(), state.pages.end());
  return state;
}

State state_of(OsMachine& m) {
  State state;
  std::vector<Span> spans;
  for (const auto& [start, area] : m.kernel.areas()) {
    const Rights& r = area.rights;
    const std::string rights{r.read ? 'r' : '-', r.write ? 'w' : '-', r.execute ? 'x' : '-', 'p'};
    spans.push_back({start, area.range.end, rights});
    for (std::uint64_t at = start; at < area.range.end; at += kPage) {
      if (m.raw_leaf(at) != 0) state.pages.push_back(at);  // PROT_NONE has its page, too
    }
  }
  state.areas = joined(spans);
  return state;
}

std::optional<OsEventType> type_of(const std::string& name) {
  for (unsigned type = 0; type < kOsEventTypes; ++type) {
    if (name_of(static_cast<OsEventType>(type)) == name) return static_cast<OsEventType>(type);
  }
  return std::nullopt;
}

/// Does in the model what `line` says; fails if it comes out differently.
void repeat(OsMachine& m, const std::string& line) {
  std::istringstream words(line);
  std::string name, word;
  words >> name;
  std::vector<std::uint64_t> numbers;
  std::int64_t result = 0;
  while (words >> word && word != "=") numbers.push_back(std::stoull(word, nullptr, 0));
  words >> result;
  if (const auto type = type_of(name)) {
    OsEvent event;
    event.type = *type;
    std::copy(numbers.begin(), numbers.end(), std::begin(event.args));
    event.result = result;
    const std::uint64_t refused = m.kernel.stats().failed_here;
    m.call(event);
    EXPECT_EQ(m.kernel.stats().failed_here, refused) << "only the kernel can do this";
    return;
  }
  const AccessKind kind = name == "store" ? AccessKind::kStore : AccessKind::kLoad;
  EXPECT_EQ(m.message_of_fault(numbers.at(0), kind) == "none", result == 1);
}

/// What the program says.
std::string said_by_kernel(std::uint64_t seed, unsigned calls) {
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::string command =
      (folder / "memory_calls").string() + " " + std::to_string(seed) + " " + std::to_string(calls);
  std::string text;
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::array<char, 4096> some{};
  for (std::size_t n = 0; (n = std::fread(some.data(), 1, some.size(), pipe)) != 0;) {
    text.append(some.data(), n);
  }
  const int status = pclose(pipe);
  if (status != 0) throw std::runtime_error(command + " ended with " + std::to_string(status));
  return text;
}

class RealKernel : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RealKernel, HasTheSameAreasAndPagesAfterEachCall) {
  const char* const wanted = std::getenv("MMUSIM_CALLS");
  const unsigned calls = wanted != nullptr ? static_cast<unsigned>(std::stoul(wanted)) : 300;
  std::istringstream lines(said_by_kernel(GetParam(), calls));
  std::string word;
  OsSetup setup;
  setup.format = "x86-64-4level";
  lines >> word >> setup.trace.brk_start;
  std::getline(lines, word);
  OsMachine m(setup);
  unsigned done = 0;
  for (std::string line; std::getline(lines, line); ++done) {
    const State there = read_state(lines);
    repeat(m, line);
    const State here = state_of(m);
    EXPECT_EQ(here.areas, there.areas);
    EXPECT_EQ(here.pages, there.pages);
    m.expect_nothing_stale();
    ASSERT_FALSE(HasFailure()) << "after call " << done << ": " << line;
  }
  EXPECT_GT(done, calls * 9 / 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RealKernel, testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace mmu::test
