// A build without Verilator.
#include "hw/rtl/ptw_pins.hpp"

namespace mmu {

bool has_rtl() { return false; }
std::unique_ptr<PtwPins> make_ptw(unsigned /*levels*/) { return nullptr; }

}  // namespace mmu
