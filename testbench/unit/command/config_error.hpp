// The message of the ConfigError that something throws.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {

/// Fails the test if `action` throws none.
template <class Action>
std::string config_error_of(Action action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no ConfigError was thrown";
  return "";
}

}  // namespace mmu
