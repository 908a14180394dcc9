#include "hw/common/page_sizes.hpp"

#include <algorithm>
#include <charconv>

namespace mmu {
namespace {

constexpr std::string_view kUnits = "KMGT";

/// log2 of the bytes of "2M"; nullopt if that is no size of a page.
std::optional<unsigned> read_page_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::size_t digits = static_cast<std::size_t>(stop - text.data());
  if (error != std::errc{} || digits + 1 != text.size()) return std::nullopt;
  const std::size_t unit = kUnits.find(text.back());
  const bool is_power = number != 0 && number < 1024 && (number & (number - 1)) == 0;
  if (unit == std::string_view::npos || !is_power) return std::nullopt;
  unsigned shift = 10 * static_cast<unsigned>(unit + 1);
  while ((number >>= 1) != 0) ++shift;
  return shift < kBasePageShift ? std::nullopt : std::optional(shift);
}

}  // namespace

std::optional<PageSizes> read_page_sizes(std::string_view text) {
  if (text == "all") return ~PageSizes{0};
  PageSizes sizes = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('+', begin), text.size());
    const auto shift = read_page_size(text.substr(begin, end - begin));
    if (!shift || holds(sizes, *shift)) return std::nullopt;
    sizes |= PageSizes{1} << *shift;
    begin = end + 1;
  }
  return sizes;
}

std::string page_size_name(std::uint64_t bytes) {
  std::size_t unit = 0;
  std::uint64_t number = bytes >> 10;
  for (; number >= 1024 && unit + 1 < kUnits.size(); ++unit) number >>= 10;
  return std::to_string(number) + kUnits[unit];
}

std::vector<unsigned> page_shifts(const PageTableFormat& format) {
  const bool runs = format.contiguous != 0 && (format.zero_by_option & format.contiguous) == 0;
  std::vector<unsigned> shifts;
  for (unsigned i = 0; i < format.depth; ++i) {
    const Level& level = format.levels[i];
    if (!level.may_map) continue;
    shifts.push_back(level.lsb);
    if (runs && level.contiguous != 0) shifts.push_back(level.lsb + level.contiguous);
  }
  return shifts;
}

}  // namespace mmu
