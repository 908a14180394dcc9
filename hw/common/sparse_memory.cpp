#include "hw/common/sparse_memory.hpp"

#include <cstring>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {

SparseMemory::SparseMemory(std::uint64_t size_bytes)
    : size_bytes_(size_bytes),
      tops_((size_bytes + (std::uint64_t{1} << kTopShift) - 1) >> kTopShift) {}

void SparseMemory::check(PhysAddr address) const {
  if (address.value() < size_bytes_) return;
  throw ModelError("physical address " + std::to_string(address.value()) + " lies beyond the " +
                   std::to_string(size_bytes_) + " bytes of memory");
}

std::uint64_t SparseMemory::load(PhysAddr address, unsigned bytes) const {
  check(address);
  const auto& top = tops_[address.value() >> kTopShift];
  if (!top) return 0;
  const auto& block = (*top)[address.bits(12, kTopShift - 12)];
  if (!block) return 0;
  std::uint64_t value = 0;
  std::memcpy(&value, block->data() + address.offset(12), bytes);
  return value;
}

void SparseMemory::store(PhysAddr address, unsigned bytes, std::uint64_t value) {
  check(address);
  auto& top = tops_[address.value() >> kTopShift];
  if (!top) top = std::make_unique<Top>();
  auto& block = (*top)[address.bits(12, kTopShift - 12)];
  if (!block) {
    block = std::make_unique<Block>();
    ++blocks_;
  }
  std::memcpy(block->data() + address.offset(12), &value, bytes);
}

}  // namespace mmu
