#include "os_model/libc/bins.hpp"

#include <iterator>

#include "hw/arch/errors.hpp"

namespace mmu::libc {

void Bins::add(FreeChunk chunk, unsigned bin, List& list, List::iterator before) {
  places_[chunk.start] = {bin, chunk.bytes, list.insert(before, chunk.start)};
  bytes_ += chunk.bytes;
}

void Bins::put_unsorted(FreeChunk chunk) { add(chunk, kUnsorted, unsorted_, unsorted_.begin()); }

void Bins::put(FreeChunk chunk) {
  const unsigned bin = bin_of(chunk.bytes);
  List& list = by_[bin][chunk.bytes];
  // A large chunk goes behind the first of its size: that one holds the links to other sizes.
  const bool behind_first = !is_small(chunk.bytes) && !list.empty();
  add(chunk, bin, list, behind_first ? std::next(list.begin()) : list.begin());
}

void Bins::remove(std::uint64_t start) {
  const auto found = places_.find(start);
  if (found == places_.end()) throw ModelError("libc: a free chunk is in no bin");
  const Place place = found->second;
  places_.erase(found);
  bytes_ -= place.bytes;
  if (place.bin == kUnsorted) {
    unsorted_.erase(place.at);
    return;
  }
  auto& sizes = by_[place.bin];
  const auto size = sizes.find(place.bytes);
  size->second.erase(place.at);
  if (size->second.empty()) sizes.erase(size);
}

std::optional<FreeChunk> Bins::oldest_unsorted() const {
  if (unsorted_.empty()) return std::nullopt;
  return FreeChunk{unsorted_.back(), places_.at(unsorted_.back()).bytes};
}

std::optional<FreeChunk> Bins::fitting(std::uint64_t bytes) const {
  const auto& sizes = by_[bin_of(bytes)];
  const auto size = sizes.lower_bound(bytes);
  if (size == sizes.end()) return std::nullopt;
  const List& list = size->second;
  if (is_small(bytes)) return FreeChunk{list.back(), size->first};
  return FreeChunk{list.size() > 1 ? *std::next(list.begin()) : list.front(), size->first};
}

std::optional<FreeChunk> Bins::in_larger_bin(std::uint64_t bytes) const {
  for (unsigned bin = bin_of(bytes) + 1; bin < kBins; ++bin) {
    if (by_[bin].empty()) continue;
    const auto& [size, list] = *by_[bin].begin();
    return FreeChunk{list.back(), size};
  }
  return std::nullopt;
}

}  // namespace mmu::libc
