// What of its memory a program has accessed.
#pragma once

#include <bitset>
#include <cstdint>
#include <unordered_map>

#include "os_model/vm_area.hpp"

namespace mmu::os {

/// A set of pages of 4 KiB by VA, 96 bytes or so for each 2 MiB that has one.
class TouchedPages {
 public:
  void add(std::uint64_t address) {
    if (address / kAreaPageBytes == last_) return;
    add({address, address + 1});
    last_ = address / kAreaPageBytes;
  }
  /// Each page that `range` has a part of.
  void add(Range range);
  void forget(Range range);
  /// What lies in `from`, whole pages, lies at `to` from now on.
  void move(Range from, std::uint64_t to);
  std::uint64_t bytes() const { return pages_ * kAreaPageBytes; }

 private:
  static constexpr std::uint64_t kBlockPages = 512;
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  using Block = std::bitset<kBlockPages>;

  bool has(std::uint64_t page) const;

  std::unordered_map<std::uint64_t, Block> blocks_;  // by address / 2 MiB
  std::uint64_t pages_ = 0;
  std::uint64_t last_ = kNone;  // page added last: most are added again at once
};

}  // namespace mmu::os
