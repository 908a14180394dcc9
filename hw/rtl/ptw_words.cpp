// Between the words of the model and the bits of the RTL.
#include <algorithm>
#include <iterator>

#include "hw/rtl/ptw_pins.hpp"

namespace mmu {

std::uint32_t ptw_access(const PageTableFormat& format, AccessKind kind, AccessContext context,
                         AdUpdate ad, bool may_set_dirty) {
  constexpr std::uint64_t kNapot = std::uint64_t{1} << 63, kPbmt = std::uint64_t{1} << 61;
  const auto bit = [](bool set, unsigned at) { return std::uint32_t{set} << at; };
  const auto means = [&](std::uint64_t mask) { return (format.zero_by_option & mask) == 0; };
  const std::uint32_t what = kind == AccessKind::kFetch ? 2 : writes(kind) ? 1 : 0;
  return what | bit(context.has(AccessContext::kSupervisor), 2) |
         bit(context.has(AccessContext::kUserData), 3) |
         bit(context.has(AccessContext::kReadExecutable), 4) | bit(means(kNapot), 5) |
         bit(means(kPbmt), 6) | bit(ad == AdUpdate::kHardware, 7) | bit(may_set_dirty, 8);
}

Translation ptw_translation(const PageTableFormat& format, const PtwOutputs& out) {
  Translation to;
  to.base = PhysAddr(out.rsp_ppn << kBasePageShift);
  to.page_shift = format.levels[out.rsp_level].lsb + (out.rsp_napot ? 4u : 0u);
  to.rights = {(out.rsp_rights & 1) != 0, (out.rsp_rights & 2) != 0, (out.rsp_rights & 4) != 0,
               (out.rsp_rights & 8) != 0};
  to.global = out.rsp_global;
  to.accessed = out.rsp_accessed;
  to.dirty = out.rsp_dirty;
  to.level = static_cast<std::uint8_t>(out.rsp_level);
  to.memory_type = static_cast<std::uint8_t>(out.rsp_pbmt);
  return to;
}

namespace {
constexpr FaultKind kFaults[] = {FaultKind::kNonCanonical, FaultKind::kNotPresent,
                                 FaultKind::kMalformed,    FaultKind::kMisaligned,
                                 FaultKind::kNoRight,      FaultKind::kNotAccessed,
                                 FaultKind::kNotDirty,     FaultKind::kAccessFault};
constexpr auto kFirstFault = static_cast<unsigned>(PtwResult::kNonCanonical);
}  // namespace

FaultKind ptw_fault(PtwResult result) {
  return kFaults[static_cast<unsigned>(result) - kFirstFault];
}

PtwResult ptw_result(FaultKind kind) {
  const auto found = std::find(std::begin(kFaults), std::end(kFaults), kind);
  return static_cast<PtwResult>(kFirstFault + (found - std::begin(kFaults)));
}

std::string_view name_of(PtwResult result) {
  if (is_fault(result)) return name_of(ptw_fault(result));
  return result == PtwResult::kOk ? "ok" : "needs dirty";
}

}  // namespace mmu
