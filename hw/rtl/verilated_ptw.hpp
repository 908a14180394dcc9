// A Verilated mmu_ptw, whatever its widths, as PtwPins.
#pragma once

#include <verilated.h>

#include "hw/rtl/ptw_pins.hpp"

namespace mmu {

template <class Verilated>
class VerilatedPtw final : public PtwPins {
 public:
  VerilatedPtw() : ptw_(&context_) {
    ptw_.rst_ni = 0;
    tick();
    ptw_.rst_ni = 1;
  }
  VerilatedPtw(const VerilatedPtw&) = delete;
  VerilatedPtw& operator=(const VerilatedPtw&) = delete;
  ~VerilatedPtw() override { ptw_.final(); }

  const PtwOutputs& settle(const PtwInputs& in) override {
    set(ptw_.req_valid_i, in.req_valid);
    set(ptw_.req_va_i, in.req_va);
    set(ptw_.req_root_i, in.req_root);
    set(ptw_.req_asid_i, in.req_asid);
    set(ptw_.req_access_i, in.req_access);
    set(ptw_.wc_rvalid_i, in.wc_rvalid);
    set(ptw_.wc_hit_i, in.wc_hit);
    set(ptw_.wc_global_i, in.wc_global);
    set(ptw_.wc_level_i, in.wc_level);
    set(ptw_.wc_ppn_i, in.wc_ppn);
    set(ptw_.fence_valid_i, in.fence_valid);
    set(ptw_.fence_leaf_only_i, in.fence_leaf_only);
    set(ptw_.fence_has_va_i, in.fence_has_va);
    set(ptw_.fence_va_i, in.fence_va);
    set(ptw_.fence_has_asid_i, in.fence_has_asid);
    set(ptw_.fence_asid_i, in.fence_asid);
    set(ptw_.mem_ready_i, in.mem_ready);
    set(ptw_.mem_rvalid_i, in.mem_rvalid);
    set(ptw_.mem_rdata_i, in.mem_rdata);
    set(ptw_.mem_error_i, in.mem_error);
    set(ptw_.mem_changed_i, in.mem_changed);
    set(ptw_.rsp_ready_i, in.rsp_ready);
    ptw_.eval();
    look();
    return out_;
  }

  void tick() override {
    ptw_.clk_i = 1;
    ptw_.eval();
    ptw_.clk_i = 0;
    ptw_.eval();
  }

 private:
  template <class Port, class Value>
  static void set(Port& port, Value value) {
    port = static_cast<Port>(value);
  }

  void look() {
    out_.req_ready = ptw_.req_ready_o != 0;
    out_.wc_valid = ptw_.wc_valid_o != 0;
    out_.wc_va = ptw_.wc_va_o;
    out_.wc_asid = ptw_.wc_asid_o;
    out_.fill_valid = ptw_.fill_valid_o != 0;
    out_.fill_level = ptw_.fill_level_o;
    out_.fill_va = ptw_.fill_va_o;
    out_.fill_asid = ptw_.fill_asid_o;
    out_.fill_ppn = ptw_.fill_ppn_o;
    out_.fill_global = ptw_.fill_global_o != 0;
    out_.mem_valid = ptw_.mem_valid_o != 0;
    out_.mem_update = ptw_.mem_update_o != 0;
    out_.mem_addr = ptw_.mem_addr_o;
    out_.mem_compare = ptw_.mem_compare_o;
    out_.mem_wdata = ptw_.mem_wdata_o;
    out_.rsp_valid = ptw_.rsp_valid_o != 0;
    out_.rsp_result = static_cast<PtwResult>(ptw_.rsp_result_o);
    out_.rsp_cause = ptw_.rsp_cause_o;
    out_.rsp_level = ptw_.rsp_level_o;
    out_.rsp_ppn = ptw_.rsp_ppn_o;
    out_.rsp_napot = ptw_.rsp_napot_o != 0;
    out_.rsp_rights = ptw_.rsp_rights_o;
    out_.rsp_global = ptw_.rsp_global_o != 0;
    out_.rsp_accessed = ptw_.rsp_accessed_o != 0;
    out_.rsp_dirty = ptw_.rsp_dirty_o != 0;
    out_.rsp_pbmt = ptw_.rsp_pbmt_o;
  }

  VerilatedContext context_;
  Verilated ptw_;
  PtwOutputs out_;
};

}  // namespace mmu
