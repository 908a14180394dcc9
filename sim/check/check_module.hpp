#pragma once

#include <array>
#include <functional>
#include <vector>

#include "hw/link/memory_if.hpp"
#include "hw/link/timeline_module.hpp"
#include "hw/link/translate_if.hpp"
#include "hw/link/trap_if.hpp"
#include "sim/check/translation_rules.hpp"

namespace mmu {

/// Memory whose stores the rules see. Without rules (yet) it only passes on.
class CheckedMemory final : public PhysicalMemory {
 public:
  explicit CheckedMemory(PhysicalMemory& bytes) : bytes_(bytes) {}
  std::uint64_t size_bytes() const override { return bytes_.size_bytes(); }
  std::uint64_t load(PhysAddr address, unsigned bytes) const override {
    return bytes_.load(address, bytes);
  }
  void store(PhysAddr address, unsigned bytes, std::uint64_t value) override {
    if (rules != nullptr) rules->stored(address, bytes, value);
    bytes_.store(address, bytes, value);
  }
  TranslationRules* rules = nullptr;

 private:
  PhysicalMemory& bytes_;
};

/// Stands in the links around the MMU, passes everything on unchanged and tells the rules. A
/// machine without it is joined without it: checking costs nothing where it is off.
///
///     core ──► asks[I|D] ──► tlb[I|D] ──► answers ──► core    core ──► data[I|D] ──► cache[I|D]
///     walkers ──► reads ──► walks_enter     fences_in ──► fences     trap_in ──► trap
class CheckModule : public sc_core::sc_module,
                    private TranslateReplyIf,
                    private FenceIf,
                    private TrapIf {
 public:
  static constexpr std::uint32_t kSides = 2;

  sc_core::sc_vector<sc_core::sc_export<TranslateIf>> asks{"asks", kSides};
  sc_core::sc_vector<sc_core::sc_port<TranslateIf>> tlb{"tlb", kSides};
  sc_core::sc_export<TranslateReplyIf> answers{"answers"};
  sc_core::sc_port<TranslateReplyIf> core{"core"};
  sc_core::sc_vector<sc_core::sc_export<MemoryIf>> data{"data", kSides};
  sc_core::sc_vector<sc_core::sc_port<MemoryIf>> cache{"cache", kSides};
  sc_core::sc_export<MemoryIf> reads{"reads"};
  sc_core::sc_port<MemoryIf> walks_enter{"walks_enter"};
  sc_core::sc_export<FenceIf> fences_in{"fences_in"};
  sc_core::sc_port<FenceIf> fences{"fences"};
  sc_core::sc_export<TrapIf> trap_in{"trap_in"};
  sc_core::sc_port<TrapIf> trap{"trap"};

  /// `held`: what the MMU holds, asked for after each fence.
  CheckModule(const sc_core::sc_module_name& name, TranslationRules& rules,
              const TimelineModule& timeline, std::function<std::vector<HeldTranslations>()> held);

 private:
  struct Ask final : TranslateIf {
    TranslateAnswer translate(const TranslateRequest& request) override;
    CheckModule* owner = nullptr;
    std::uint32_t side = 0;
  };
  struct Data final : MemoryIf {
    MemoryAnswer access(const MemoryRequest& request) override;
    void warm(PhysAddr address, MemoryOp op) override { owner->cache[side]->warm(address, op); }
    CheckModule* owner = nullptr;
    std::uint32_t side = 0;
  };
  struct Reads final : MemoryIf {
    explicit Reads(CheckModule& of) : owner(of) {}
    MemoryAnswer access(const MemoryRequest& request) override;
    void shared(const MemoryRequest& request) override;
    void warm(PhysAddr address, MemoryOp op) override { owner.walks_enter->warm(address, op); }
    CheckModule& owner;
  };

  void translated(std::uint32_t id, Cycle at, const TranslateResult& result) override;
  void translate_room(Cycle at) override { core->translate_room(at); }
  void fence(const FenceScope& scope) override;
  void switch_space(const AddressSpace& space) override;
  TrapAnswer page_fault(const PageFault& fault, Cycle at) override;
  TrapAnswer system_call(const OsEvent& event, Cycle at) override;

  TranslationRules& rules_;
  const TimelineModule& timeline_;
  const std::function<std::vector<HeldTranslations>()> held_;
  std::array<Ask, kSides> ask_sides_;
  std::array<Data, kSides> data_sides_;
  Reads read_side_{*this};
};

}  // namespace mmu
