// The knobs of TLB prefetching.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "hw/common/fields.hpp"

namespace mmu {

struct PrefetchParams {
  enum class Kind : std::uint8_t { kOff, kNextPage, kStride, kArbitraryStride, kDistance };
  static constexpr std::string_view kKindNames[] = {"off", "next-page", "stride", "asp",
                                                    "distance"};
  enum class Target : std::uint8_t { kBuffer, kStlb };
  static constexpr std::string_view kTargetNames[] = {"buffer", "stlb"};

  Kind kind = Kind::kOff;
  std::uint32_t degree = 1;
  std::uint32_t distance = 1;
  std::uint32_t table_entries = 64;
  std::uint32_t table_ways = 0;
  Target target = Target::kBuffer;
  std::uint32_t buffer_entries = 16;
  std::uint32_t queue_entries = 8;

  static constexpr auto fields() {
    return std::make_tuple(
        choice("kind", "which pages are translated ahead of use", &PrefetchParams::kind,
               kKindNames),
        knob("degree", "pages", "proposed at a time; kind distance: at most, and kept in a row",
             &PrefetchParams::degree, 1, 64),
        knob("distance", "pages or strides",
             "ahead of the miss: the first that is proposed (kind distance: not used)",
             &PrefetchParams::distance, 1, 1024),
        knob("table_entries", "rows",
             "of the table that asp (a row for each instruction) and distance (one for each "
             "distance) learn in",
             &PrefetchParams::table_entries, 1, 1u << 16),
        knob("table_ways", "rows", "rows a set; 0: fully associative. Must divide table_entries",
             &PrefetchParams::table_ways, 0, 1u << 16),
        choice("target", "where they go: a buffer of their own, or the STLB",
               &PrefetchParams::target, kTargetNames),
        knob("buffer_entries", "entries", "of the buffer; the oldest is given up",
             &PrefetchParams::buffer_entries, 1, 4096),
        knob("queue_entries", "prefetches", "that have no walker yet; further ones are not made",
             &PrefetchParams::queue_entries, 1, 1024));
  }
};

}  // namespace mmu
