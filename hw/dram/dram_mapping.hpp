// Which channel, rank, bank group, bank and row an address lies in, by a string such as
// "row:rank:bank:bankgroup:column", from the top of the address down to lines of 64 bytes.
#pragma once

#include <array>
#include <cstdint>

#include "hw/dram/dram_controller_params.hpp"

namespace mmu {

inline constexpr std::uint32_t kDramLineBytes = 64;

struct DramCoordinates {
  std::uint32_t channel = 0;
  std::uint32_t rank = 0;
  std::uint32_t group = 0;  ///< of the channel: rank * bank groups + bank group
  std::uint32_t bank = 0;   ///< of the channel: group * banks of a group + bank
  std::uint32_t row = 0;
  std::uint32_t column = 0;  ///< line of the row
};

class DramMapping {
 public:
  /// Throws ConfigError if a part is unknown, missing or given twice.
  explicit DramMapping(const DramControllerParams& params);

  std::uint64_t bytes() const { return bytes_; }
  /// `address` is less than bytes().
  DramCoordinates place(std::uint64_t address) const;

 private:
  struct Part {
    unsigned shift = 0;
    std::uint64_t mask = 0;
  };
  std::array<Part, 6> parts_;
  std::uint64_t bytes_ = 0;
  std::uint32_t bank_groups_, banks_;
};

}  // namespace mmu
