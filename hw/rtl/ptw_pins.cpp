#include "hw/rtl/ptw_pins.hpp"

#include <Vptw_sv32.h>
#include <Vptw_sv39.h>
#include <Vptw_sv48.h>
#include <Vptw_sv57.h>
#include <verilated.h>

#include <string>

#include "hw/arch/errors.hpp"
#include "hw/rtl/verilated_ptw.hpp"

// An assertion of the RTL has failed; Verilator has said which.
void vl_stop(const char* filename, int linenum, const char* hier) {
  throw mmu::ModelError("an assertion of the RTL walker fails: " + std::string(filename) + ":" +
                        std::to_string(linenum) + " in " + hier);
}

namespace mmu {

bool has_rtl() { return true; }

std::unique_ptr<PtwPins> make_ptw(unsigned levels) {
  switch (levels) {
    case 2:
      return std::make_unique<VerilatedPtw<Vptw_sv32>>();
    case 3:
      return std::make_unique<VerilatedPtw<Vptw_sv39>>();
    case 4:
      return std::make_unique<VerilatedPtw<Vptw_sv48>>();
    default:
      return std::make_unique<VerilatedPtw<Vptw_sv57>>();
  }
}

}  // namespace mmu
