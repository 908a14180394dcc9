#include "os_model/user_range.hpp"

#include "hw/arch/errors.hpp"

namespace mmu::os {

void throw_not_canonical(const PageTableFormat& format, std::uint64_t address,
                         const std::string& what) {
  const std::string fitting = formats_that_fit(VirtAddr(address));
  throw InputError(what + ": virtual address " + hex(address) + " is not canonical for " +
                   std::string(format.name) + " (" + std::to_string(format.va_bits) +
                   " bits); formats that fit: " + (fitting.empty() ? "none" : fitting));
}

std::optional<Range> user_range(const PageTableFormat& format, std::uint64_t start,
                                std::uint64_t bytes, const std::string& what) {
  if (start % kAreaPageBytes != 0 || bytes == 0) return std::nullopt;
  const std::uint64_t page = format.page_bytes();
  if (bytes - 1 > ~std::uint64_t{0} - page - start) return std::nullopt;
  const std::uint64_t last = (start + (bytes - 1)) | (kAreaPageBytes - 1);
  for (const std::uint64_t address : {start, last}) {
    if (!is_canonical(format, VirtAddr(address))) throw_not_canonical(format, address, what);
  }
  if ((start ^ last) >> 63 != 0) return std::nullopt;
  return Range{start, last + 1};
}

}  // namespace mmu::os
