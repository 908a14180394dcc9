#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <deque>
#include <tlm>

#include "hw/link/memory_if.hpp"

namespace mmu {

/// Takes the reads and updates of page-table walkers to a memory behind a TLM-2.0 socket. Each
/// walker has a process of its own, so that memory may wait.
///
///     walkers ──► in ──► process of the walker ──► socket (b_transport)
///                                      in_reply ◄──┘
class TlmWalksModule : public sc_core::sc_module, private MemoryIf {
 public:
  sc_core::sc_export<MemoryIf> in{"in"};
  sc_core::sc_port<MemoryReplyIf> in_reply{"in_reply"};
  tlm_utils::simple_initiator_socket<TlmWalksModule> socket{"socket"};

  /// `entry_bytes`: of a page-table entry.
  TlmWalksModule(const sc_core::sc_module_name& name, std::uint32_t walkers, unsigned entry_bytes,
                 std::uint64_t period_ps);

 private:
  struct Walker {
    MemoryRequest request;
    sc_core::sc_event asked;
  };

  MemoryAnswer access(const MemoryRequest& request) override;
  void serve(Walker& walker);

  const unsigned entry_bytes_;
  const std::uint64_t period_ps_;
  std::deque<Walker> walkers_;
};

}  // namespace mmu
