// The rules of the run-time checker and a page table for them.
#pragma once

#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"
#include "hw/common/sparse_memory.hpp"
#include "sim/check/translation_rules.hpp"

namespace mmu {

inline constexpr std::uint64_t kVa = 0x4000'0000;
inline constexpr std::uint64_t kPa = 0x80'0000;
inline constexpr Asid kAsid = 1;

/// Sv39 with the page at kVa: read and write, A set, D clear.
class RulesTest : public testing::Test {
 protected:
  RulesTest() {
    store(PhysAddr(0x1008), encode_table(*control.format, PhysAddr(0x2000)));  // VA 38:30 = 1
    store(PhysAddr(0x2000), encode_table(*control.format, PhysAddr(0x3000)));
    map(kPa, true);
  }
  void store(PhysAddr entry, std::uint64_t value) {
    rules.stored(entry, 8, value);
    memory.store(entry, 8, value);
  }
  void map(std::uint64_t pa, bool write, bool dirty = false) {
    store(kLeaf,
          encode_leaf(*control.format, 0, PhysAddr(pa), {true, write, true, true}, true, dirty));
  }
  void ask(Cycle at, AccessKind kind = AccessKind::kLoad, bool may_set_dirty = false) {
    rules.asked(at, {at, 0, VirtAddr(kVa), kAsid, kind, may_set_dirty, false});
  }
  TranslateResult page(std::uint64_t pa, bool write = true, bool dirty = false) const {
    TranslateResult result;
    result.has_translation = true;
    result.to = {PhysAddr(pa), 12, {true, write, true, true}, false, true, dirty};
    return result;
  }
  static TranslateResult fault(FaultKind kind) {
    TranslateResult result;
    result.verdict = Verdict::kFault;
    result.fault = {kind, VirtAddr(kVa), 0};
    return result;
  }
  template <class Action>
  void expect_broken(const std::string& rule, Action action) {
    try {
      action();
      ADD_FAILURE() << "not seen";
    } catch (const ModelError& error) {
      EXPECT_NE(std::string(error.what()).find(rule), std::string::npos) << error.what();
    }
  }

  static constexpr PhysAddr kLeaf{0x3000};
  TranslationControl control{find_format("sv39"), PhysAddr(0x1000), kAsid, AdUpdate::kHardware};
  SparseMemory memory{1 << 24};
  TranslationRules rules{control, memory};
};

}  // namespace mmu
