#include "hw/dram/dram_mapping.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

enum { kChannel, kRank, kBankGroup, kBank, kRow, kColumn };
constexpr std::string_view kParts[] = {"channel", "rank", "bankgroup", "bank", "row", "column"};
constexpr unsigned kLineBits = 6;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ':') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

unsigned log2(std::string_view name, std::uint32_t count) {
  unsigned bits = 0;
  while ((std::uint64_t{1} << bits) < count) ++bits;
  if ((std::uint64_t{1} << bits) == count) return bits;
  throw ConfigError("dram." + std::string(name) + " = " + std::to_string(count) +
                    ": must be a power of two");
}

}  // namespace

DramMapping::DramMapping(const DramControllerParams& params)
    : bank_groups_(params.bank_groups), banks_(params.banks) {
  const unsigned bits[] = {log2("channels", params.channels),
                           log2("ranks", params.ranks),
                           log2("bank_groups", params.bank_groups),
                           log2("banks", params.banks),
                           log2("rows", params.rows),
                           log2("lines", params.lines)};
  const auto fail = [&params](const std::string& why) {
    throw ConfigError("dram.mapping = " + params.mapping + ": " + why +
                      "; parts are row, rank, bankgroup, bank, column, channel");
  };
  std::array<bool, 6> seen{};
  std::vector<std::string> words = split(params.mapping);
  std::reverse(words.begin(), words.end());
  unsigned shift = kLineBits;
  for (const std::string& word : words) {
    const auto* const at = std::find(std::begin(kParts), std::end(kParts), word);
    if (at == std::end(kParts)) fail("\"" + word + "\" is no part");
    const auto part = static_cast<std::size_t>(at - std::begin(kParts));
    if (seen[part]) fail(word + " is given twice");
    seen[part] = true;
    parts_[part] = {shift, (std::uint64_t{1} << bits[part]) - 1};
    shift += bits[part];
  }
  for (std::size_t part = 0; part < seen.size(); ++part) {
    if (!seen[part] && bits[part] > 0) fail(std::string(kParts[part]) + " is missing");
  }
  bytes_ = std::uint64_t{1} << shift;
}

DramCoordinates DramMapping::place(std::uint64_t address) const {
  const auto part = [this, address](int which) {
    const Part& p = parts_[static_cast<std::size_t>(which)];
    return static_cast<std::uint32_t>((address >> p.shift) & p.mask);
  };
  DramCoordinates place;
  place.channel = part(kChannel);
  place.rank = part(kRank);
  place.group = place.rank * bank_groups_ + part(kBankGroup);
  place.bank = place.group * banks_ + part(kBank);
  place.row = part(kRow);
  place.column = part(kColumn);
  return place;
}

}  // namespace mmu
