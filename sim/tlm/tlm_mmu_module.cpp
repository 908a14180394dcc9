#include "sim/tlm/tlm_mmu_module.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kPageMask = (std::uint64_t{1} << kBasePageShift) - 1;

bool crosses_page(const tlm::tlm_generic_payload& payload) {
  const std::uint64_t length = std::max(payload.get_data_length(), 1U);
  return (payload.get_address() & kPageMask) + length - 1 > kPageMask;
}

}  // namespace

TlmMmuModule::TlmMmuModule(const sc_core::sc_module_name& name, const MmuParams& params,
                           const TranslationControl& control, std::uint64_t memory_bytes,
                           std::uint64_t period_ps)
    : sc_module(name),
      period_ps_(period_ps),
      control_(control),
      timeline_("timeline", {period_ps, /*run_ahead=*/false}),
      walks_("walks", params.walker.count, control.format->pte_bytes, period_ps),
      bytes_(memory_bytes,
             [this](tlm::tlm_generic_payload& payload) {
               return walks_.socket->transport_dbg(payload);
             }),
      mmu_("mmu", params, control_, bytes_, /*seed=*/1, timeline_) {
  cpu.register_b_transport(this, &TlmMmuModule::b_transport);
  cpu.register_transport_dbg(this, &TlmMmuModule::transport_dbg);
  mmu_.itlb().in_reply.bind(*this);
  mmu_.dtlb().in_reply.bind(*this);
  mmu_.walker().memory.bind(walks_.in);
  walks_.in_reply.bind(mmu_.walker().memory_reply);
  timeline_.enrol(Rank::kIssue, *this);
  timeline_.enrol(Rank::kFence, fence_turn_);
}

Cycle TlmMmuModule::next_cycle() const {
  return (sc_core::sc_time_stamp().value() + period_ps_ - 1) / period_ps_;
}

TranslateRequest TlmMmuModule::request_for(const tlm::tlm_generic_payload& payload,
                                           const TranslationExtension* extension) const {
  TranslateRequest request;
  request.va = VirtAddr(payload.get_address());
  request.asid = control_.asid;
  request.kind = payload.is_write() ? AccessKind::kStore : AccessKind::kLoad;
  request.context = context_;
  if (extension != nullptr) {
    request.asid = extension->asid.value_or(request.asid);
    request.kind = extension->kind.value_or(request.kind);
    request.context = extension->context.value_or(request.context);
  }
  request.may_set_dirty = writes(request.kind);
  return request;
}

std::uint32_t TlmMmuModule::take_access(const TranslateRequest& request) {
  const auto free = std::find_if(accesses_.begin(), accesses_.end(),
                                 [](const Access& access) { return access.free; });
  const auto number = static_cast<std::uint32_t>(free - accesses_.begin());
  if (free == accesses_.end()) accesses_.emplace_back();
  Access& access = accesses_[number];
  access.request = request;
  access.request.id = number;
  access.request.at = next_cycle();
  access.free = false;
  access.waiting = true;
  timeline_.post(access.request.at, Rank::kIssue);
  return number;
}

void TlmMmuModule::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  payload.set_dmi_allowed(false);
  if (crosses_page(payload)) return payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  auto* const extension = payload.get_extension<TranslationExtension>();
  const std::uint32_t number = take_access(request_for(payload, extension));
  wait(accesses_[number].done);
  timeline_.rethrow_failure();
  const TranslateResult result = accesses_[number].result;
  accesses_[number].free = true;

  const bool faulted = result.verdict == Verdict::kFault;
  const std::uint64_t va = payload.get_address();
  if (extension != nullptr) {
    extension->fault = faulted ? std::optional(result.fault) : std::nullopt;
    if (!faulted) extension->pa = result.to.of(VirtAddr(va));
  }
  if (faulted) return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  payload.set_address(result.to.of(VirtAddr(va)).value());
  data->b_transport(payload, delay);
  payload.set_address(va);
  payload.set_dmi_allowed(false);  // of the physical address: it says nothing of this one
}

// Outside of time: what the page table says now. Nothing is looked up, and no bit set.
unsigned TlmMmuModule::transport_dbg(tlm::tlm_generic_payload& payload) {
  if (crosses_page(payload)) return 0;
  const std::uint64_t va = payload.get_address();
  Walk walk(*control_.format, VirtAddr(va), control_.root);
  WalkStep step = Descend{};
  while (std::holds_alternative<Descend>(step)) {
    const PhysAddr entry = walk.entry_address();
    if (!bytes_.permits(entry, control_.format->pte_bytes, false)) return 0;
    step = walk.consume(bytes_.load(entry, control_.format->pte_bytes));
  }
  const auto* to = std::get_if<Translation>(&step);
  if (to == nullptr) return 0;
  payload.set_address(to->of(VirtAddr(va)).value());
  const unsigned done = data->transport_dbg(payload);
  payload.set_address(va);
  return done;
}

void TlmMmuModule::wake() {
  for (std::uint32_t i = 0; i < accesses_.size(); ++i) {
    if (accesses_[i].waiting && accesses_[i].request.at <= timeline_.now()) ask(i);
  }
}

void TlmMmuModule::ask(std::uint32_t number) {
  Access& access = accesses_[number];
  TranslateRequest request = access.request;
  request.at = timeline_.now();
  const bool fetches = request.kind == AccessKind::kFetch;
  const TranslateAnswer answer = (fetches ? mmu_.fetches_in() : mmu_.data_in())->translate(request);
  if (answer.is_refused()) {  // without a cycle: translate_room() wakes us
    if (answer.at != kNever) timeline_.post(answer.at, Rank::kIssue);
    return;
  }
  access.waiting = false;
  access.request.replay = true;
  if (answer.is_now()) translated(number, answer.at, *answer.result);
}

void TlmMmuModule::translated(std::uint32_t number, Cycle at, const TranslateResult& result) {
  Access& access = accesses_[number];
  if (result.verdict == Verdict::kNeedsWalk || result.verdict == Verdict::kNeedsDirty) {
    access.waiting = true;
    access.request.at = std::max(at, timeline_.now() + 1);
    return timeline_.post(access.request.at, Rank::kIssue);
  }
  access.result = result;
  access.result.story = nullptr;  // valid during the call
  access.result.neighbours = nullptr;
  access.done.notify(sc_core::sc_time::from_value(at * period_ps_) - sc_core::sc_time_stamp());
}

void TlmMmuModule::fence(const FenceScope& scope) {
  fences_.push_back(scope);
  timeline_.post(next_cycle(), Rank::kFence);
}

void TlmMmuModule::FenceTurn::wake() {
  for (const FenceScope& scope : owner.fences_) owner.mmu_.fence(scope);
  owner.fences_.clear();
}

void TlmMmuModule::switch_space(const AddressSpace& space) {
  if (std::any_of(accesses_.begin(), accesses_.end(), [](const Access& a) { return !a.free; })) {
    throw ModelError(std::string(name()) +
                     ": the root register is written while a transaction is "
                     "under way");
  }
  mmu_.switch_space(space);
}

}  // namespace mmu
