#include "sim/tlm/tlm_walks_module.hpp"

#include <algorithm>
#include <array>

namespace mmu {

TlmWalksModule::TlmWalksModule(const sc_core::sc_module_name& name, std::uint32_t walkers,
                               unsigned entry_bytes, std::uint64_t period_ps)
    : sc_module(name), entry_bytes_(entry_bytes), period_ps_(period_ps), walkers_(walkers) {
  in.bind(*this);
  for (Walker& walker : walkers_) {
    sc_core::sc_spawn([this, &walker] { serve(walker); });
  }
}

MemoryAnswer TlmWalksModule::access(const MemoryRequest& request) {
  Walker& walker = walkers_[request.id];
  walker.request = request;
  walker.asked.notify(sc_core::SC_ZERO_TIME);
  return MemoryAnswer::later();
}

// What memory holds the walker has taken, and stored, by debug transactions when the request was
// accepted. This one brings the time: an update writes back what is there.
void TlmWalksModule::serve(Walker& walker) {
  for (;;) {
    wait(walker.asked);
    std::array<unsigned char, 8> data{};
    tlm::tlm_generic_payload payload;
    payload.set_address(walker.request.address.value());
    payload.set_data_ptr(data.data());
    payload.set_data_length(entry_bytes_);
    payload.set_streaming_width(entry_bytes_);
    payload.set_command(tlm::TLM_READ_COMMAND);
    const bool update = walker.request.op == MemoryOp::kWrite;
    if (update) {
      socket->transport_dbg(payload);
      payload.set_command(tlm::TLM_WRITE_COMMAND);
    }
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->b_transport(payload, delay);
    wait(delay);
    const Cycle now = (sc_core::sc_time_stamp().value() + period_ps_ - 1) / period_ps_;
    in_reply->accessed(walker.request.id, std::max(now, walker.request.at + 1), Served::kMemory);
  }
}

}  // namespace mmu
