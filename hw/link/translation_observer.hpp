// Who wants to know what translation costs whom: told of look-ups that miss and of walks. Hits pass
// it by.
#pragma once

#include <cstdint>
#include <string_view>

#include "hw/link/translation.hpp"

namespace mmu {

enum class TlbName : std::uint8_t { kItlb, kDtlb, kStlb, kLevel3, kLevel4 };
inline constexpr unsigned kTlbs = 5;
/// As in results; of the last two a machine may have none.
inline constexpr std::string_view kTlbNames[kTlbs] = {"itlb", "dtlb", "stlb", "level3", "level4"};

class TranslationObserver {
 public:
  virtual ~TranslationObserver() = default;
  /// A look-up that has just been counted among the misses of `tlb` (replays are not).
  virtual void missed(TlbName tlb, const TranslateRequest& request) = 0;
  /// A walk has its result. `request` took the slot of the miss; `cycles`: acceptance to result.
  virtual void walked(const TranslateRequest& request, Cycle cycles) = 0;
};

}  // namespace mmu
