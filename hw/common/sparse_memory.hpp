#pragma once

#include <array>
#include <memory>
#include <vector>

#include "hw/arch/software_interface.hpp"

namespace mmu {

/// Physical memory kept in 4 KiB blocks that are made on the first store: what is configured
/// costs 8 bytes for each 64 MiB, what is touched costs itself.
class SparseMemory final : public PhysicalMemory {
 public:
  /// Requires size_bytes <= 2^52. Accesses beyond it throw ModelError.
  explicit SparseMemory(std::uint64_t size_bytes);

  std::uint64_t size_bytes() const override { return size_bytes_; }
  std::uint64_t load(PhysAddr address, unsigned bytes) const override;
  void store(PhysAddr address, unsigned bytes, std::uint64_t value) override;

  /// Blocks that exist; what memory really costs.
  std::uint64_t blocks() const { return blocks_; }

 private:
  static constexpr unsigned kTopShift = 26;  ///< a top entry spans 64 MiB
  using Block = std::array<unsigned char, 4096>;
  using Top = std::array<std::unique_ptr<Block>, 1u << (kTopShift - 12)>;
  void check(PhysAddr address) const;

  std::uint64_t size_bytes_;
  std::uint64_t blocks_ = 0;
  std::vector<std::unique_ptr<Top>> tops_;
};

}  // namespace mmu
