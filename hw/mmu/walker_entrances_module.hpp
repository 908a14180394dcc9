#pragma once

#include <array>
#include <cstdint>

#include "hw/link/translate_if.hpp"

namespace mmu {

/// Two levels of TLB in front of one set of walkers: one for fetches (0) and one for data (1),
/// where the second level is split and the last. It takes no time and decides nothing.
///
///     in[0], in[1] ──► next        next_reply ──► in_reply[of the request]
class WalkerEntrancesModule : public sc_core::sc_module, private TranslateReplyIf {
 public:
  static constexpr std::uint32_t kEntrances = 2;
  sc_core::sc_vector<sc_core::sc_export<TranslateIf>> in{"in", kEntrances};
  sc_core::sc_vector<sc_core::sc_port<TranslateReplyIf>> in_reply{"in_reply", kEntrances};
  sc_core::sc_port<TranslateIf> next{"next"};
  sc_core::sc_export<TranslateReplyIf> next_reply{"next_reply"};

  explicit WalkerEntrancesModule(const sc_core::sc_module_name& name);

 private:
  struct Entrance final : TranslateIf {
    TranslateAnswer translate(const TranslateRequest& request) override {
      return of->next->translate(numbered(request));
    }
    void warm(const TranslateRequest& request) override { of->next->warm(numbered(request)); }
    void used_prefetched() override { of->next->used_prefetched(); }
    TranslateRequest numbered(TranslateRequest request) const {
      request.id = request.id * kEntrances + index;
      return request;
    }
    WalkerEntrancesModule* of = nullptr;
    std::uint32_t index = 0;
  };

  void translated(std::uint32_t id, Cycle at, const TranslateResult& result) override {
    in_reply[id % kEntrances]->translated(id / kEntrances, at, result);
  }
  void translate_room(Cycle at) override {
    for (auto& level : in_reply) level->translate_room(at);
  }
  bool knows(Asid asid, VirtAddr va, AccessKind kind) override {
    return level_of(kind).knows(asid, va, kind);
  }
  bool prefetched(const TranslateRequest& request, Cycle at, const Translation& to) override {
    return level_of(request.kind).prefetched(request, at, to);
  }
  TranslateReplyIf& level_of(AccessKind kind) {
    return *in_reply[kind == AccessKind::kFetch ? 0 : 1].operator->();
  }

  std::array<Entrance, kEntrances> entrances_;
};

}  // namespace mmu
