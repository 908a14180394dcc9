#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <deque>
#include <tlm>
#include <vector>

#include "hw/mmu/mmu_module.hpp"
#include "sim/tlm/tlm_bytes.hpp"
#include "sim/tlm/tlm_walks_module.hpp"
#include "sim/tlm/translation_extension.hpp"

namespace mmu {

/// The MMU with its walkers alone, behind TLM-2.0 sockets of the base protocol: a transaction at a
/// virtual address comes in, goes on at its physical one when it is translated, and the walkers
/// read the page table from the memory of the platform around.
///
///     CPU ──► cpu ──► TLBs ──► data ──► memory
///                       └──► walkers ──► walks() ──► memory
///
/// Blocking and non-blocking transport are taken (the socket turns the one into the other), any
/// number at a time; a delay that is annotated is waited out first. A fault is answered with
/// TLM_ADDRESS_ERROR_RESPONSE, its cause is in the TranslationExtension; a transaction that crosses
/// a page of 4 KiB with TLM_BURST_ERROR_RESPONSE. A store may set D at once. There is no direct
/// memory interface. docs/embedding.md.
class TlmMmuModule : public sc_core::sc_module, private TranslateReplyIf, private Wakeable {
 public:
  tlm_utils::simple_target_socket<TlmMmuModule> cpu{"cpu"};
  tlm_utils::simple_initiator_socket<TlmMmuModule> data{"data"};
  tlm_utils::simple_initiator_socket<TlmWalksModule>& walks() { return walks_.socket; }

  /// `period_ps`: of the core's clock. `control`: format, root and ASID to begin with. Physical
  /// memory ends at `memory_bytes`. Throws ConfigError for an impossible shape.
  TlmMmuModule(const sc_core::sc_module_name& name, const MmuParams& params,
               const TranslationControl& control, std::uint64_t memory_bytes,
               std::uint64_t period_ps);

  /// In the cycle under way, or that begins next. What is asked from then on is answered by what
  /// page tables say then.
  void fence(const FenceScope& scope);
  /// Writes the root register. Throws ModelError if a transaction is under way.
  void switch_space(const AddressSpace& space);
  /// State of the core for transactions that do not name theirs.
  void set_context(AccessContext context) { context_ = context; }

  const MmuModule& mmu() const { return mmu_; }

 private:
  struct Access {
    TranslateRequest request;
    bool free = true;
    bool waiting = false;  // to be asked, in or after request.at
    TranslateResult result;
    sc_core::sc_event done;
  };
  struct FenceTurn final : Wakeable {
    explicit FenceTurn(TlmMmuModule& of) : owner(of) {}
    void wake() override;
    TlmMmuModule& owner;
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  TranslateRequest request_for(const tlm::tlm_generic_payload& payload,
                               const TranslationExtension* extension) const;
  std::uint32_t take_access(const TranslateRequest& request);
  Cycle next_cycle() const;

  void wake() override;  // the turn of issue
  void ask(std::uint32_t number);
  void translated(std::uint32_t number, Cycle at, const TranslateResult& result) override;
  void translate_room(Cycle at) override { timeline_.post(at, Rank::kIssue); }

  const std::uint64_t period_ps_;
  TranslationControl control_;
  AccessContext context_;
  TimelineModule timeline_;
  TlmWalksModule walks_;
  TlmBytes bytes_;
  MmuModule mmu_;
  FenceTurn fence_turn_{*this};
  std::vector<FenceScope> fences_;  // to be carried out in the next turn of fences
  std::deque<Access> accesses_;
};

}  // namespace mmu
