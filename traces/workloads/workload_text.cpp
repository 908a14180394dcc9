#include "traces/workloads/workload_text.hpp"

#include <algorithm>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

constexpr unsigned kDeepest = 16;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  WorkloadText parse() {
    WorkloadText all = workload(0);
    if (at_ < text_.size()) fail(R"("," or the end)");
    return all;
  }

 private:
  WorkloadText workload(unsigned depth) {
    if (depth > kDeepest) fail("at most " + std::to_string(kDeepest) + " workloads in each other");
    WorkloadText to;
    to.name = word();
    if (to.name.empty() || !take(':')) fail(R"(the name of a workload and ":")");
    if (at_ == text_.size() || peek() == ']') return to;
    do {
      item(to, depth);
    } while (take(','));
    return to;
  }

  void item(WorkloadText& to, unsigned depth) {
    const std::string key = word();
    if (!key.empty() && take('=')) {
      to.settings.emplace_back(key, word());
      if (to.settings.back().second.empty()) fail("a value for " + key);
      return;
    }
    if (!key.empty() && !take('*')) fail(R"("=" and a value, or "*" and a part in brackets)");
    if (!take('[')) fail("a parameter, or a part in brackets");
    to.parts.push_back({key, workload(depth + 1)});
    if (!take(']')) fail(R"("]")");
  }

  std::string word() {
    const std::size_t end = std::min(text_.find_first_of(":=,*[]", at_), text_.size());
    const std::size_t begin = std::exchange(at_, end);
    return std::string(text_.substr(begin, end - begin));
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void fail(const std::string& wanted) const {
    throw ConfigError("workload \"" + std::string(text_) + "\": character " +
                      std::to_string(at_ + 1) + ": " + wanted + " is expected");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

WorkloadText parse_workload(std::string_view text) { return Parser(text).parse(); }

}  // namespace mmu::traces
