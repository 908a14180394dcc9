// Who wants to know what translation costs whom: told of look-ups that miss and of walks. Hits pass
// it by.
#pragma once

#include <cstdint>

#include "hw/link/translation.hpp"

namespace mmu {

enum class TlbName : std::uint8_t { kItlb, kDtlb, kStlb };
inline constexpr unsigned kTlbs = 3;

class TranslationObserver {
 public:
  virtual ~TranslationObserver() = default;
  /// A look-up that has just been counted among the misses of `tlb` (replays are not).
  /// `request.origin` is set.
  virtual void missed(TlbName tlb, const TranslateRequest& request) = 0;
  /// A walk has its result. `request` took the slot of the miss; `cycles`: acceptance to result.
  virtual void walked(const TranslateRequest& request, Cycle cycles) = 0;
};

}  // namespace mmu
