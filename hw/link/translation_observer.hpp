// Who wants to know what translation costs whom: told of look-ups that miss, of walks and of
// fences. Hits pass it by.
#pragma once

#include <cstdint>
#include <string_view>

#include "hw/arch/software_interface.hpp"
#include "hw/link/translation.hpp"

namespace mmu {

enum class TlbName : std::uint8_t { kItlb, kDtlb, kL2Itlb, kStlb, kLevel3, kLevel4 };
inline constexpr unsigned kTlbs = 6;
/// As in results; a machine need not have an L2 ITLB and the last two.
inline constexpr std::string_view kTlbNames[kTlbs] = {"itlb", "dtlb",   "l2_itlb",
                                                      "stlb", "level3", "level4"};

/// A walk, at its end. Holds during the call.
struct WalkTold {
  const TranslateRequest& request;  ///< that took the slot of the miss
  std::uint32_t walker;             ///< number
  Cycle accepted, ended;
  bool prefetch;       ///< nobody has asked for it
  bool faulted;        ///< it found a fault
  const Story& story;  ///< from the request on; it reaches the walker in `accepted`
};

class TranslationObserver {
 public:
  virtual ~TranslationObserver() = default;
  /// A look-up that has just been counted among the misses of `tlb` (replays are not).
  virtual void missed(TlbName tlb, const TranslateRequest& request) = 0;
  virtual void walked(const WalkTold& walk) = 0;
  /// A fence as it is carried out, in cycle `at`.
  virtual void fenced(const FenceScope& /*scope*/, Cycle /*at*/) {}
};

}  // namespace mmu
