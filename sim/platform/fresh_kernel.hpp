#pragma once

#include <systemc>

namespace mmu {

/// A SystemC kernel for one run: the library has one at a time, and it starts only once.
class FreshKernel {
 public:
  FreshKernel() : before_(sc_core::sc_curr_simcontext), own_(new sc_core::sc_simcontext()) {
    sc_core::sc_curr_simcontext = own_;
    sc_core::sc_default_global_context = own_;
  }
  ~FreshKernel() {
    sc_core::sc_curr_simcontext = before_;
    sc_core::sc_default_global_context = before_;
    delete own_;
  }
  FreshKernel(const FreshKernel&) = delete;
  FreshKernel& operator=(const FreshKernel&) = delete;

 private:
  sc_core::sc_simcontext* before_;
  sc_core::sc_simcontext* own_;
};

}  // namespace mmu
