#include "hw/mmu/walk_at_once.hpp"

namespace mmu {
namespace {

TranslateResult fault(FaultKind kind, VirtAddr va, unsigned level) {
  TranslateResult result;
  result.verdict = Verdict::kFault;
  result.fault = {kind, va, level};
  return result;
}

/// Reads the entry that `walk` is at, with the bits set that the access sets, and goes on.
WalkStep step(const TranslationControl& control, PhysicalMemory& bytes,
              const TranslateRequest& request, Walk& walk) {
  const PageTableFormat& format = *control.format;
  const PhysAddr entry = walk.entry_address();
  const std::uint64_t pte = bytes.load(entry, format.pte_bytes);
  const WalkStep found = Walk(walk).consume(pte);
  const std::uint64_t wanted =
      with_ad_bits(format, pte, found, request.kind, control.ad_update, true, request.context);
  if (wanted != pte) bytes.store(entry, format.pte_bytes, wanted);
  return walk.consume(wanted);
}

}  // namespace

TranslateResult walk_at_once(const TranslationControl& control, PhysicalMemory& bytes,
                             const TranslateRequest& request) {
  if (request.context.has(AccessContext::kBare)) return identity_translation(request.va);
  if (!is_canonical(*control.format, request.va)) {
    return fault(FaultKind::kNonCanonical, request.va, control.format->root_level());
  }
  Walk walk(*control.format, request.va, control.root);
  WalkStep found = Descend{};
  while (std::holds_alternative<Descend>(found)) {
    found = step(control, bytes, request, walk);
  }
  if (const auto* failed = std::get_if<Fault>(&found)) {
    return fault(failed->kind, request.va, failed->level);
  }
  TranslateResult result;
  result.to = std::get<Translation>(found);
  if (judge(result.to, request.kind, control.ad_update, true, request.context) == Verdict::kFault) {
    result = fault(fault_of(result.to, request.kind, request.context), request.va, walk.level());
    result.to = std::get<Translation>(found);
  }
  result.has_translation = true;
  return result;
}

}  // namespace mmu
