// An LRU stack as the definition has it: a list, searched from the top.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace mmu::traces {

class NaiveStack {
 public:
  /// As StackDistance::touch().
  std::uint64_t touch(std::uint64_t page) {
    const auto found = std::find(stack_.rbegin(), stack_.rend(), page);
    const auto depth = static_cast<std::uint64_t>(found - stack_.rbegin()) + 1;
    const bool first = found == stack_.rend();
    if (!first) stack_.erase(std::next(found).base());
    stack_.push_back(page);
    return first ? 0 : depth;
  }

 private:
  std::vector<std::uint64_t> stack_;  // the top is last
};

/// Misses of a fully associative LRU TLB, by having one.
inline std::uint64_t misses_of_lru(const std::vector<std::uint64_t>& pages, std::size_t entries) {
  std::vector<std::uint64_t> tlb;  // the page used last is last
  std::uint64_t misses = 0;
  for (const std::uint64_t page : pages) {
    const auto found = std::find(tlb.begin(), tlb.end(), page);
    if (found != tlb.end()) {
      tlb.erase(found);
    } else {
      ++misses;
      if (tlb.size() == entries) tlb.erase(tlb.begin());
    }
    tlb.push_back(page);
  }
  return misses;
}

}  // namespace mmu::traces
