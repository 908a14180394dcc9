#include "sim/check/check_module.hpp"

namespace mmu {

CheckModule::CheckModule(const sc_core::sc_module_name& name, TranslationRules& rules,
                         const TimelineModule& timeline,
                         std::function<std::vector<HeldTranslations>()> held)
    : sc_module(name), rules_(rules), timeline_(timeline), held_(std::move(held)) {
  for (std::uint32_t side = 0; side < kSides; ++side) {
    ask_sides_[side].owner = data_sides_[side].owner = this;
    ask_sides_[side].side = data_sides_[side].side = side;
    asks[side].bind(ask_sides_[side]);
    data[side].bind(data_sides_[side]);
  }
  answers.bind(*this);
  reads.bind(read_side_);
  fences_in.bind(*this);
  trap_in.bind(*this);
}

TranslateAnswer CheckModule::Ask::translate(const TranslateRequest& request) {
  const TranslateAnswer answer = owner->tlb[side]->translate(request);
  if (answer.is_refused()) return answer;
  owner->rules_.asked(owner->timeline_.now(), request);
  if (answer.is_now()) {
    owner->rules_.answered(owner->timeline_.now(), request.id, answer.at, *answer.result);
  }
  return answer;
}

MemoryAnswer CheckModule::Data::access(const MemoryRequest& request) {
  const MemoryAnswer answer = owner->cache[side]->access(request);
  if (!answer.is_refused()) {
    owner->rules_.used(owner->timeline_.now(), request.id, request.address);
  }
  return answer;
}

MemoryAnswer CheckModule::Reads::access(const MemoryRequest& request) {
  const MemoryAnswer answer = owner.walks_enter->access(request);
  if (answer.is_refused()) return answer;
  const Cycle now = owner.timeline_.now();
  if (request.op == MemoryOp::kRead) {
    owner.rules_.read(now, request.id, request.address, request.prefetch);
  } else {
    owner.rules_.update(now, request.id, request.address);
  }
  return answer;
}

void CheckModule::Reads::shared(const MemoryRequest& request) {
  owner.walks_enter->shared(request);
  owner.rules_.read(owner.timeline_.now(), request.id, request.address, request.prefetch);
}

void CheckModule::translated(std::uint32_t id, Cycle at, const TranslateResult& result) {
  rules_.answered(timeline_.now(), id, at, result);
  core->translated(id, at, result);
}

void CheckModule::fence(const FenceScope& scope) {
  rules_.fenced(scope);
  fences->fence(scope);
  rules_.held(timeline_.now(), held_());
}

void CheckModule::switch_space(const AddressSpace& space) {
  rules_.switched(space);
  fences->switch_space(space);
}

TrapAnswer CheckModule::page_fault(const PageFault& fault, Cycle at) {
  rules_.trapped(timeline_.now(), fault);
  return trap->page_fault(fault, at);
}

TrapAnswer CheckModule::system_call(const OsEvent& event, Cycle at) {
  rules_.called(timeline_.now());
  return trap->system_call(event, at);
}

}  // namespace mmu
