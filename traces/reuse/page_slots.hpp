// A number for each page, found fast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mmu::traces {

/// A hash table from page to a number, open addressing; pages never leave.
class PageSlots {
 public:
  static constexpr std::uint64_t kNoPage = ~std::uint64_t{0};  ///< is in no table

  PageSlots() : entries_(std::size_t{1} << bits_) {}

  std::uint64_t size() const { return size_; }
  /// The number of `page`, 0 if it is new. The reference holds until the next call.
  std::uint64_t& operator[](std::uint64_t page) {
    Entry* entry = find(page);
    if (entry->page == page) return entry->number;
    if (2 * (size_ + 1) > entries_.size()) {
      grow();
      entry = find(page);
    }
    ++size_;
    entry->page = page;
    return entry->number;
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Entry& entry : entries_) {
      if (entry.page != kNoPage) visit(entry.page);
    }
  }

 private:
  struct Entry {
    std::uint64_t page = kNoPage, number = 0;
  };

  Entry* find(std::uint64_t page) {
    // Fibonacci hashing: neighbours go far apart.
    std::size_t at = (page * 0x9e3779b97f4a7c15) >> (64 - bits_);
    while (entries_[at].page != page && entries_[at].page != kNoPage) {
      at = (at + 1) & (entries_.size() - 1);
    }
    return &entries_[at];
  }
  void grow() {
    std::vector<Entry> old(std::size_t{2} << bits_);
    old.swap(entries_);
    ++bits_;
    for (const Entry& entry : old) {
      if (entry.page != kNoPage) *find(entry.page) = entry;
    }
  }

  unsigned bits_ = 10;
  std::vector<Entry> entries_;
  std::uint64_t size_ = 0;
};

}  // namespace mmu::traces
