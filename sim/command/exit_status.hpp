// How the program ends, for scripts.
#pragma once

#include "sim/platform/result.hpp"

namespace mmu {

inline constexpr int kExitDone = 0;
inline constexpr int kExitSimulated = 1;  ///< the simulated system ended in an error; interrupted
inline constexpr int kExitUsage = 2;      ///< command line or configuration
inline constexpr int kExitInput = 3;      ///< a bad input file
inline constexpr int kExitInternal = 4;   ///< an internal check failed

constexpr int exit_status(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return kExitDone;
    case Outcome::kInterrupted:
    case Outcome::kSimulatedError:
      return kExitSimulated;
    case Outcome::kInputError:
      return kExitInput;
    case Outcome::kInternalError:
      break;
  }
  return kExitInternal;
}

}  // namespace mmu
