#include "os_model/buddy.hpp"

#include <algorithm>
#include <iterator>

#include "hw/arch/errors.hpp"

namespace mmu::os {

Buddy::Buddy(const FrameMap& map, unsigned largest_order)
    : map_(map), largest_(largest_order), lists_(largest_order + 1) {
  // Linux: __free_pages_memory() (mm/memblock.c), the largest aligned blocks from the start on.
  const std::uint64_t largest = std::uint64_t{1} << largest_;
  for (std::uint64_t at = map.first(); at < map.end();) {
    unsigned order = 0;
    while (order < largest_ && (at >> order & 1) == 0) ++order;
    while (at + (std::uint64_t{1} << order) > map.end()) --order;
    if (order == largest_) {
      const std::uint64_t end = map.end() / largest * largest;
      fresh_[at] = end;
      at = end;
    } else {
      put_back(at, order);
      at += std::uint64_t{1} << order;
    }
  }
}

std::optional<std::uint64_t> Buddy::find(unsigned order) {
  if (order > largest_) return map_.find(map_.first(), order);
  for (unsigned o = order; o <= largest_; ++o) {
    if (lists_[o].blocks != 0) return lists_[o].front;
  }
  if (!fresh_.empty()) return fresh_.begin()->first;
  return std::nullopt;
}

void Buddy::taken(std::uint64_t frame, unsigned order) {
  if (order > largest_) {
    const std::uint64_t end = frame + (std::uint64_t{1} << order);
    for (; frame < end; frame += std::uint64_t{1} << largest_) remove_largest(frame);
    return;
  }
  unsigned from = order;
  while (from < largest_ && !is_free(frame, from)) ++from;
  if (from == largest_) {
    remove_largest(frame);
  } else {
    remove(frame);
  }
  while (from > order) {
    --from;
    put_front(frame + (std::uint64_t{1} << from), from);
  }
}

void Buddy::given_back(std::uint64_t frame, unsigned order) {
  if (order <= largest_) return free_block(frame, order);
  const std::uint64_t end = frame + (std::uint64_t{1} << order);
  for (; frame < end; frame += std::uint64_t{1} << largest_) free_block(frame, largest_);
}

void Buddy::free_block(std::uint64_t block, unsigned order) {
  for (; order < largest_; ++order) {
    const std::uint64_t buddy = block ^ std::uint64_t{1} << order;
    if (!is_free(buddy, order)) break;
    remove(buddy);
    block = std::min(block, buddy);
  }
  put_front(block, order);
}

bool Buddy::is_free(std::uint64_t block, unsigned order) const {
  const auto node = nodes_.find(block);
  return node != nodes_.end() && node->second.order == order;
}

void Buddy::put_front(std::uint64_t block, unsigned order) {
  List& list = lists_[order];
  nodes_[block] = {order, kNone, list.front};
  (list.front == kNone ? list.back : nodes_.at(list.front).before) = block;
  list.front = block;
  ++list.blocks;
}

void Buddy::put_back(std::uint64_t block, unsigned order) {
  List& list = lists_[order];
  nodes_[block] = {order, list.back, kNone};
  (list.back == kNone ? list.front : nodes_.at(list.back).after) = block;
  list.back = block;
  ++list.blocks;
}

void Buddy::remove(std::uint64_t block) {
  const auto found = nodes_.find(block);
  if (found == nodes_.end()) throw ModelError("os_model: a buddy is in no list");
  const Node node = found->second;
  nodes_.erase(found);
  List& list = lists_[node.order];
  (node.before == kNone ? list.front : nodes_.at(node.before).after) = node.after;
  (node.after == kNone ? list.back : nodes_.at(node.after).before) = node.before;
  --list.blocks;
}

void Buddy::remove_largest(std::uint64_t block) {
  if (is_free(block, largest_)) return remove(block);
  auto range = fresh_.upper_bound(block);
  if (range == fresh_.begin()) throw ModelError("os_model: a largest block is not free");
  --range;
  const auto [start, end] = *range;
  const std::uint64_t behind = block + (std::uint64_t{1} << largest_);
  if (behind > end) throw ModelError("os_model: a largest block is not free");
  fresh_.erase(range);
  if (start < block) fresh_[start] = block;
  if (behind < end) fresh_[behind] = end;
}

std::vector<std::uint64_t> Buddy::free_blocks() const {
  std::vector<std::uint64_t> blocks;
  for (const List& list : lists_) blocks.push_back(list.blocks);
  for (const auto& [start, end] : fresh_) blocks.back() += (end - start) >> largest_;
  return blocks;
}

}  // namespace mmu::os
