// The ways to fail. Architectural faults are none of them: they are values (hw/arch/walk.hpp).
#pragma once

#include <stdexcept>

namespace mmu {

/// The user asked for something impossible; names the parameter and what is allowed. Exit code 2.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An input file is not what it should be; names file and place. Exit code 3.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The simulated system ended in an error: segmentation fault, out of memory. Exit code 1.
class SimulatedError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The model broke its own rule; a bug in this repository. Never caught except to print. Exit
/// code 4.
class ModelError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace mmu
