// System software that does more than the OS model does: it moves the process between ASIDs and
// changes the state of the core, at random.
#pragma once

#include <algorithm>
#include <cstdint>

#include "hw/arch/software_interface.hpp"
#include "testbench/support/random_source.hpp"

namespace mmu::test {

/// Stands between a core's traps and the OS model. The process keeps its page table, under several
/// ASIDs in turn; fences are therefore of all of them. An access that lacks a right only because of
/// the core's state gets the default state back.
class RandomSoftware final : public TrapHandler {
 public:
  RandomSoftware(TrapHandler& software, const TranslationControl& control, std::uint64_t seed)
      : software_(software),
        own_{control.root, control.asid},
        now_(own_),
        most_(static_cast<Asid>(std::min(4U, 1U << control.format->asid_bits) - 1)),
        random_(seed),
        does_contexts_(random_.chance(60)),
        does_spaces_(random_.chance(60)) {}

  TrapWork handle_fault(const PageFault& fault) override {
    if (fault.cause.kind == FaultKind::kNoRight && context_ != AccessContext{}) {
      TrapWork work;
      work.faults_served = 1;
      work.context = context_ = {};
      return work;
    }
    PageFault as_own = fault;
    as_own.asid = own_.asid;
    return with_more(software_.handle_fault(as_own));
  }
  TrapWork handle_event(const OsEvent& event) override {
    return with_more(software_.handle_event(event));
  }

 private:
  TrapWork with_more(TrapWork work) {
    for (FenceScope& fence : work.fences) fence.asid.reset();
    const bool moves = does_spaces_ && random_.chance(30);
    if (moves && most_ != 0) now_.asid = static_cast<Asid>(random_.between(1, most_));
    if (moves || !work.spaces.empty()) work.spaces.push_back(now_);
    if (does_contexts_ && random_.chance(30)) work.context = context_ = random_context();
    return work;
  }

  AccessContext random_context() {
    using C = AccessContext;
    constexpr std::uint8_t kAllUserPages = C::kSupervisor | C::kUserData | C::kUserFetch;
    return {random_.one_of<std::uint8_t>({0, 0, C::kBare, C::kReadExecutable, C::kSupervisor,
                                          C::kSupervisor | C::kUserData, kAllUserPages,
                                          kAllUserPages, kAllUserPages | C::kWriteReadOnly,
                                          kAllUserPages | C::kReadExecutable})};
  }

  TrapHandler& software_;
  const AddressSpace own_;
  AddressSpace now_;
  Asid most_;
  RandomSource random_;
  bool does_contexts_, does_spaces_;
  AccessContext context_;
};

}  // namespace mmu::test
