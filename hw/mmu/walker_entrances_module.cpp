#include "hw/mmu/walker_entrances_module.hpp"

namespace mmu {

WalkerEntrancesModule::WalkerEntrancesModule(const sc_core::sc_module_name& name)
    : sc_module(name) {
  for (std::uint32_t i = 0; i < kEntrances; ++i) {
    entrances_[i].of = this;
    entrances_[i].index = i;
    in[i].bind(entrances_[i]);
  }
  next_reply.bind(*this);
}

}  // namespace mmu
