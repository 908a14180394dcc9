// The physical memory of a vector: the words it lists, zeros in the rest of what exists.
#pragma once

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/translate/vector_file.hpp"

namespace mmu {

class VectorMemory final : public PhysicalMemory {
 public:
  VectorMemory() = default;
  explicit VectorMemory(const Vector& vector) { become(vector); }

  /// Forgets all and takes what `vector`, which must outlive this, lists.
  void become(const Vector& vector) {
    vector_ = &vector;
    words_.clear();
    writes.clear();
    for (const auto& [address, entry] : vector.entries) words_[address] = entry;
  }

  std::uint64_t size_bytes() const override { return std::uint64_t{1} << 56; }
  std::uint64_t load(PhysAddr address, unsigned /*bytes*/) const override {
    const auto found = words_.find(address.value());
    return found == words_.end() ? 0 : found->second;
  }
  void store(PhysAddr address, unsigned /*bytes*/, std::uint64_t value) override {
    words_[address.value()] = value;
    writes.emplace_back(address.value(), value);
  }
  bool permits(PhysAddr address, unsigned bytes, bool write) const override {
    const auto holds = [&](const MemoryRange& range) {
      return range.holds(address.value(), bytes);
    };
    if (write && std::any_of(vector_->rom.begin(), vector_->rom.end(), holds)) return false;
    return vector_->everywhere || std::any_of(vector_->ram.begin(), vector_->ram.end(), holds);
  }

  std::vector<std::pair<std::uint64_t, std::uint64_t>> writes;  ///< in order

 private:
  const Vector* vector_ = nullptr;
  std::unordered_map<std::uint64_t, std::uint64_t> words_;
};

}  // namespace mmu
