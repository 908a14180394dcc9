// Frames as Linux hands them out: a buddy system (Knuth 2.5; Linux, mm/page_alloc.c).
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "os_model/frame_policy.hpp"

namespace mmu::os {

/// Free blocks of 2^order frames lie in one list for each order. A run comes from the smallest
/// block that has it; the upper halves that it does not need go to the lists below (expand()). A
/// run given back joins its buddy, again and again, while that is free (__free_one_page()). Lists
/// are used from the front, where both put blocks; at boot they are filled from the back, from the
/// lowest address on. Runs of more than a largest block are the lowest that are free, without
/// making one free by moving pages (alloc_contig_pages()).
class Buddy final : public FramePlacement {
 public:
  Buddy(const FrameMap& map, unsigned largest_order);

  std::optional<std::uint64_t> find(unsigned order) override;
  void taken(std::uint64_t frame, unsigned order) override;
  void given_back(std::uint64_t frame, unsigned order) override;

  /// [order]: how many free blocks there are.
  std::vector<std::uint64_t> free_blocks() const;

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  struct Node {
    unsigned order = 0;
    std::uint64_t before = kNone, after = kNone;
  };
  struct List {
    std::uint64_t front = kNone, back = kNone, blocks = 0;
  };

  bool is_free(std::uint64_t block, unsigned order) const;
  void put_front(std::uint64_t block, unsigned order);
  void put_back(std::uint64_t block, unsigned order);
  void remove(std::uint64_t block);
  void remove_largest(std::uint64_t block);
  void free_block(std::uint64_t block, unsigned order);

  const FrameMap& map_;
  unsigned largest_;
  std::unordered_map<std::uint64_t, Node> nodes_;  // of the lists, by the block's first frame
  std::vector<List> lists_;
  /// Behind the list of the largest order: blocks that were never taken, as [start, end).
  std::map<std::uint64_t, std::uint64_t> fresh_;
};

}  // namespace mmu::os
