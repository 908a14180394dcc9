#pragma once

#include <array>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "hw/link/translation_observer.hpp"
#include "os_model/kernel.hpp"
#include "sim/platform/attribution.hpp"

namespace mmu {

/// What one process's misses and walks are for.
class ProcessCosts {
 public:
  /// `areas` must outlive this.
  explicit ProcessCosts(const os::VmAreas& areas) : areas_(areas) {}

  TranslationCost& of_instruction(std::uint64_t pc) { return by_pc_[pc]; }
  TranslationCost& of_area(VirtAddr va);
  const std::unordered_map<std::uint64_t, TranslationCost>& by_instruction() const {
    return by_pc_;
  }
  /// Those that cost anything, by address.
  std::vector<AreaCost> areas() const;

 private:
  /// An area exactly as it was at an access.
  struct AreaState {
    AreaCost row;
    os::AreaKind kind = os::AreaKind::kAnonymous;
    bool same_but_for_range(const AreaState& other) const {
      return kind == other.kind && row.rights == other.row.rights && row.name == other.row.name;
    }
  };
  struct Recent {
    std::uint64_t page = ~std::uint64_t{0};
    TranslationCost* cost = nullptr;
  };

  TranslationCost& find_area(VirtAddr va);

  const os::VmAreas& areas_;
  std::unordered_map<std::uint64_t, TranslationCost> by_pc_;
  std::deque<AreaState> states_;  // the first: no area
  std::map<std::uint64_t, std::vector<AreaState*>> by_start_;
  std::array<Recent, 256> recent_;  // by page; valid as long as the areas do not change
  std::uint32_t changes_ = ~0u;     // of the areas, when recent_ was begun
};

/// Books each miss and each walk on the instruction and on the VM area of the access that it is
/// for, as the operating system knows the areas in that moment; each process by itself. (No access
/// is under way when another one gets the core.)
class Attributor final : public TranslationObserver {
 public:
  /// `software` must outlive this.
  explicit Attributor(const os::Kernel& software);

  void missed(TlbName tlb, const TranslateRequest& request) override;
  void walked(const WalkTold& walk) override;

  Attribution result() const;

 private:
  template <class Count>
  void book(const TranslateRequest& request, Count count);

  const os::Kernel& software_;
  std::vector<ProcessCosts> processes_;
};

}  // namespace mmu
