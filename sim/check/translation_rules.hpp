// What must hold of translation whatever happens (docs/checking.md). Told of everything that
// passes between the core, the MMU, memory and the operating system; shares no state with them.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/link/held_translations.hpp"
#include "hw/link/translation.hpp"

namespace mmu {

class TranslationRules {
 public:
  /// `control` and `memory` as the walkers have them.
  TranslationRules(const TranslationControl& control, const PhysicalMemory& memory)
      : control_(control), memory_(memory), known_(kKnownPages) {}

  // Every call throws ModelError, naming rule, cycle and access, if a rule is broken. `now`: the
  // cycle of the call.

  /// The core has asked and was not refused.
  void asked(Cycle now, const TranslateRequest& request);
  /// Request `id` is answered for cycle `at`.
  void answered(Cycle now, std::uint32_t id, Cycle at, const TranslateResult& result);
  /// The core asks its cache for the data of access `id`.
  void used(Cycle now, std::uint32_t id, PhysAddr address);
  /// The root register is about to be written.
  void switched(const AddressSpace& space) {
    roots_.try_emplace(control_.asid, control_.root);  // that of the beginning
    roots_[space.asid] = space.root;
  }
  void fenced(const FenceScope& scope) { fences_.push_back({++count_, scope}); }
  /// A walker has had a read accepted. `prefetch`: it walks for nobody, anywhere.
  void read(Cycle now, std::uint32_t walker, PhysAddr entry, bool prefetch = false);
  /// A walker has had an update accepted; the store follows at once, unless the entry has changed.
  void update(Cycle now, std::uint32_t walker, PhysAddr entry);
  /// Memory is about to hold `value` in the entry.
  void stored(PhysAddr entry, unsigned bytes, std::uint64_t value);
  void trapped(Cycle now, const PageFault& fault);
  /// What the structures of the MMU hold.
  void held(Cycle now, const std::vector<HeldTranslations>& structures);
  /// A system call is taken.
  void called(Cycle now);
  /// The run is over. `mmu_idle`: no slot, walker or queue place is in use.
  void ended(Cycle now, bool mmu_idle) const;

  /// A value that an entry has held.
  struct Old {
    std::uint64_t value;
    std::uint64_t until;  // when it was replaced
  };
  /// As it is, then those before.
  std::vector<Old> values_of(PhysAddr entry) const;
  /// Page tables have held the pointer, and no fence since has removed it.
  bool has_led_to(const HeldPointer& pointer) const;
  [[noreturn]] void broken(Cycle now, const char* rule, const std::string& what) const;

 private:
  static constexpr std::size_t kKnownPages = 4096;
  enum class State : std::uint8_t { kNone, kAsked, kTranslated, kFaulted, kToAskAgain };
  struct Access {
    State state = State::kNone;
    TranslateRequest request;
    std::uint64_t when = 0;  // asked: as count_
    PhysAddr pa;             // kTranslated
    FaultKind fault = FaultKind::kNotPresent;
  };
  struct Fence {
    std::uint64_t when;
    FenceScope scope;
  };
  struct Read {
    PhysAddr entry;
    std::uint64_t value = 0;
  };
  struct Known {
    std::uint64_t page = ~std::uint64_t{0};
    std::uint64_t stores = 0;
    PhysAddr root;
    WalkStep end;
  };

  PhysAddr root_of(Asid asid) const;
  const WalkStep& walk(Asid asid, VirtAddr va);  // of memory as it is
  void check_pages(Cycle now, const HeldTranslations& structure);
  void check_pointers(Cycle now, const HeldTranslations& structure);
  void check_entries(Cycle now, const HeldTranslations& structure);
  void check_inclusion(Cycle now, const std::vector<HeldTranslations>& structures) const;
  bool has_led_to(const HeldPointer& pointer, const Walk& walk, std::uint64_t replaced) const;
  bool is_dropped(const HeldPointer& pointer, std::uint64_t after) const;
  bool is_current(const Access& access, const TranslateResult& result);
  bool is_current_by(const Access& access, const Translation& to, VirtAddr va);
  bool was_valid(const Access& access, const Translation& to, Walk walk, std::uint64_t tables,
                 std::uint64_t leaf) const;
  bool is_fenced(const Access& access, const Translation& to, std::uint64_t after,
                 bool tables) const;
  void check_bare(Cycle now, Access& access, const TranslateResult& result) const;
  void check_fault(Cycle now, const Access& access, const TranslateResult& result);
  bool is_on_a_path(PhysAddr entry) const;
  bool may_set(PhysAddr entry, bool dirty) const;
  void check_update(PhysAddr entry, std::uint64_t before, std::uint64_t value) const;
  static std::string text_of(const TranslateRequest& request);

  const TranslationControl& control_;
  const PhysicalMemory& memory_;
  std::vector<Access> accesses_;  // by id: slots of the core's window
  std::size_t open_ = 0;
  std::uint64_t last_trap_ = 0;  // the number of its access
  std::uint64_t count_ = 0;      // of stores and fences: the order of things
  std::uint64_t stores_ = 0;     // by software
  std::vector<Fence> fences_;
  std::unordered_map<std::uint64_t, std::vector<Old>> old_;  // by entry: what software replaced
  std::unordered_map<std::uint32_t, Read> reads_;            // last one by walker
  std::optional<Read> update_;                               // accepted; its store may follow
  Cycle update_at_ = 0;
  std::unordered_map<Asid, PhysAddr> roots_;  // of each ASID that has had the core
  std::vector<Known> known_;                  // walks of memory, by page
};

}  // namespace mmu
