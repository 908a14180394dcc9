// Page-table walker for RISC-V Sv32, Sv39, Sv48 and Sv57. One walk at a time. Its cycles are those
// of docs/timing.md, section 5, with a request taken in c and a walk cache that answers in t:
//
//   t+1     the read of the first level is offered, until it is accepted
//   r       the entry arrives, one cycle or more after that
//   r+2     the next level's read is offered; or the result, until it is taken; or the update of A
//           and D, likewise. A pointer fills the walk cache of its level.
//   u+2     u: the update is answered. The result; or that level's read again, if the entry was
//           another one by then.
//
// An address that is not canonical comes to its result in c+1. The next request can be taken in
// the cycle after the result was.
//
//   request     valid/ready. All that the access is checked against comes with it.
//   walk cache  asked in the cycle of the request; answers in the same one or later, once
//               (wc_rvalid_i may stay high where there is none, with wc_hit_i low).
//   fill        valid for one cycle, cannot be refused.
//   fence       counts for what the walker does from that cycle on; a request of the same cycle is
//               younger. A fence of leaves alone changes nothing here.
//   memory      valid/ready request, stable until accepted; then exactly one response, at least one
//               cycle later. An update is atomic: it writes if memory still holds mem_compare_o.
//   result      valid/ready, stable until taken.

module mmu_ptw #(
  parameter int unsigned Levels    = 3,     // 2: Sv32, 3: Sv39, 4: Sv48, 5: Sv57
  parameter bit          Svnapot   = 1'b1,  // implemented; req_access_i.napot switches it on
  parameter bit          Svpbmt    = 1'b1,  // likewise, req_access_i.pbmte
  parameter bit          Svadu     = 1'b1,  // likewise, req_access_i.adue; off: Svade alone
  localparam int unsigned IndexWidth = (Levels == 2) ? 10 : 9,
  localparam int unsigned PteWidth   = (Levels == 2) ? 32 : 64,
  localparam int unsigned PpnWidth   = (Levels == 2) ? 22 : 44,
  localparam int unsigned AsidWidth  = (Levels == 2) ? 9 : 16,
  localparam int unsigned PaWidth    = PpnWidth + mmu_ptw_pkg::PAGE_SHIFT,
  localparam int unsigned VaBits     = Levels * IndexWidth + mmu_ptw_pkg::PAGE_SHIFT,
  localparam int unsigned LevelWidth = $clog2(Levels)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Request
  input  logic                  req_valid_i,
  output logic                  req_ready_o,
  input  logic [PteWidth-1:0]   req_va_i,          // XLEN bits
  input  logic [PpnWidth-1:0]   req_root_i,        // satp.PPN
  input  logic [AsidWidth-1:0]  req_asid_i,
  input  mmu_ptw_pkg::access_t  req_access_i,

  // Walk-cache look-up
  output logic                  wc_valid_o,
  output logic [PteWidth-1:0]   wc_va_o,
  output logic [AsidWidth-1:0]  wc_asid_o,
  input  logic                  wc_rvalid_i,
  input  logic                  wc_hit_i,
  input  logic [LevelWidth-1:0] wc_level_i,        // of the first read
  input  logic [PpnWidth-1:0]   wc_ppn_i,          // of its table
  input  logic                  wc_global_i,       // a pointer on the way there had G

  // Walk-cache fill
  output logic                  fill_valid_o,
  output logic [LevelWidth-1:0] fill_level_o,      // of the pointer
  output logic [PteWidth-1:0]   fill_va_o,
  output logic [AsidWidth-1:0]  fill_asid_o,
  output logic [PpnWidth-1:0]   fill_ppn_o,        // of the table that it points to
  output logic                  fill_global_o,

  // Fence
  input  logic                  fence_valid_i,
  input  logic                  fence_leaf_only_i,
  input  logic                  fence_has_va_i,    // else: of all addresses
  input  logic [PteWidth-1:0]   fence_va_i,
  input  logic                  fence_has_asid_i,  // else: of all address spaces
  input  logic [AsidWidth-1:0]  fence_asid_i,

  // Memory
  output logic                  mem_valid_o,
  input  logic                  mem_ready_i,
  output logic                  mem_update_o,      // else a read
  output logic [PaWidth-1:0]    mem_addr_o,
  output logic [PteWidth-1:0]   mem_compare_o,
  output logic [PteWidth-1:0]   mem_wdata_o,
  input  logic                  mem_rvalid_i,
  input  logic [PteWidth-1:0]   mem_rdata_i,       // of a read
  input  logic                  mem_error_i,
  input  logic                  mem_changed_i,     // of an update: it was not made

  // Result
  output logic                  rsp_valid_o,
  input  logic                  rsp_ready_i,
  output mmu_ptw_pkg::result_e  rsp_result_o,
  output logic [3:0]            rsp_cause_o,       // of a fault: the exception code
  output logic [LevelWidth-1:0] rsp_level_o,       // of the last entry
  output logic [PpnWidth-1:0]   rsp_ppn_o,         // first frame of the page
  output logic                  rsp_napot_o,       // a page of 64 KiB
  output logic [3:0]            rsp_rights_o,      // U, X, W, R
  output logic                  rsp_global_o,
  output logic                  rsp_accessed_o,
  output logic                  rsp_dirty_o,
  output logic [1:0]            rsp_pbmt_o
);

  localparam int unsigned PTE_SHIFT = $clog2(PteWidth / 8);
  localparam logic [LevelWidth-1:0] ROOT_LEVEL = LevelWidth'(Levels - 1);

  mmu_ptw_pkg::state_e   state_d, state_q;
  mmu_ptw_pkg::result_e  result_d, result_q;
  logic [LevelWidth-1:0] level_d, level_q;
  logic [PpnWidth-1:0]   table_d, table_q;    // the table that is read
  logic                  global_d, global_q;  // by the pointers so far
  logic [PteWidth-1:0]   pte_d, pte_q;
  logic                  error_d, error_q;
  logic                  changed_d, changed_q;
  logic                  fill_d, fill_q;

  // The request, as it was taken
  logic                  take;
  logic [PteWidth-1:0]   va_q;
  logic [AsidWidth-1:0]  asid_q;
  mmu_ptw_pkg::access_t  access_q;

  /////////////
  // Request //
  /////////////

  logic canonical;
  if (PteWidth == 64) begin : gen_canonical
    assign canonical = (&req_va_i[PteWidth-1:VaBits-1]) | ~(|req_va_i[PteWidth-1:VaBits-1]);
  end else begin : gen_all_canonical
    assign canonical = 1'b1;
  end

  assign req_ready_o = state_q == mmu_ptw_pkg::StIdle;
  assign take        = req_valid_i & req_ready_o;

  assign wc_valid_o = take & canonical;
  assign wc_va_o    = req_va_i;
  assign wc_asid_o  = req_asid_i;

  logic wc_found;  // it spares this walk some levels
  assign wc_found = (wc_valid_o | (state_q == mmu_ptw_pkg::StLookup)) & wc_rvalid_i & wc_hit_i;

  //////////////////////
  // Entry under check //
  //////////////////////

  logic                 pointer, needs_update, leaf_napot;
  logic [PteWidth-1:0]  updated;
  logic [PpnWidth-1:0]  pte_ppn;
  mmu_ptw_pkg::result_e verdict;

  mmu_pte_check #(
    .Levels (Levels),
    .Svnapot(Svnapot),
    .Svpbmt (Svpbmt),
    .Svadu  (Svadu)
  ) u_check (
    .pte_i         (pte_q),
    .level_i       (level_q),
    .access_i      (access_q),
    .pointer_o     (pointer),
    .result_o      (verdict),
    .needs_update_o(needs_update),
    .updated_o     (updated),
    .ppn_o         (pte_ppn),
    .napot_o       (leaf_napot),
    .pbmt_o        (rsp_pbmt_o)
  );

  ////////////////
  // Next state //
  ////////////////

  always_comb begin
    state_d   = state_q;
    result_d  = result_q;
    level_d   = level_q;
    table_d   = table_q;
    global_d  = global_q;
    pte_d     = pte_q;
    error_d   = error_q;
    changed_d = changed_q;
    fill_d    = 1'b0;

    unique case (state_q)
      mmu_ptw_pkg::StIdle: begin
        if (req_valid_i) begin
          level_d  = ROOT_LEVEL;
          table_d  = req_root_i;
          global_d = 1'b0;
          if (!canonical) begin
            result_d = mmu_ptw_pkg::ResNonCanonical;
            state_d  = mmu_ptw_pkg::StResult;
          end else begin
            state_d = wc_rvalid_i ? mmu_ptw_pkg::StRead : mmu_ptw_pkg::StLookup;
          end
        end
      end
      mmu_ptw_pkg::StLookup: begin
        if (wc_rvalid_i) state_d = mmu_ptw_pkg::StRead;
      end
      mmu_ptw_pkg::StRead: begin
        if (mem_ready_i) state_d = mmu_ptw_pkg::StReadWait;
      end
      mmu_ptw_pkg::StReadWait: begin
        if (mem_rvalid_i) begin
          pte_d   = mem_rdata_i;
          error_d = mem_error_i;
          state_d = mmu_ptw_pkg::StDecode;
        end
      end
      mmu_ptw_pkg::StDecode: begin
        result_d = error_q ? mmu_ptw_pkg::ResAccessFault : verdict;
        if (error_q) begin
          state_d = mmu_ptw_pkg::StResult;
        end else if (pointer) begin
          level_d  = level_q - 1'b1;
          table_d  = pte_ppn;
          global_d = global_q | pte_q[mmu_ptw_pkg::PTE_G];
          fill_d   = 1'b1;
          state_d  = mmu_ptw_pkg::StRead;
        end else begin
          state_d = needs_update ? mmu_ptw_pkg::StUpdate : mmu_ptw_pkg::StResult;
        end
      end
      mmu_ptw_pkg::StUpdate: begin
        if (mem_ready_i) state_d = mmu_ptw_pkg::StUpdateWait;
      end
      mmu_ptw_pkg::StUpdateWait: begin
        if (mem_rvalid_i) begin
          error_d   = mem_error_i;
          changed_d = mem_changed_i;
          state_d   = mmu_ptw_pkg::StUpdated;
        end
      end
      mmu_ptw_pkg::StUpdated: begin
        state_d = mmu_ptw_pkg::StResult;
        if (error_q) begin
          result_d = mmu_ptw_pkg::ResAccessFault;
        end else if (changed_q) begin
          state_d = mmu_ptw_pkg::StRead;
        end else begin
          pte_d = updated;
        end
      end
      mmu_ptw_pkg::StResult: begin
        if (rsp_ready_i) state_d = mmu_ptw_pkg::StIdle;
      end
      default: state_d = mmu_ptw_pkg::StIdle;
    endcase

    if (wc_found) begin
      level_d  = wc_level_i;
      table_d  = wc_ppn_i;
      global_d = wc_global_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= mmu_ptw_pkg::StIdle;
      result_q  <= mmu_ptw_pkg::ResOk;
      level_q   <= '0;
      table_q   <= '0;
      global_q  <= 1'b0;
      pte_q     <= '0;
      error_q   <= 1'b0;
      changed_q <= 1'b0;
      fill_q    <= 1'b0;
    end else begin
      state_q   <= state_d;
      result_q  <= result_d;
      level_q   <= level_d;
      table_q   <= table_d;
      global_q  <= global_d;
      pte_q     <= pte_d;
      error_q   <= error_d;
      changed_q <= changed_d;
      fill_q    <= fill_d;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      va_q     <= '0;
      asid_q   <= '0;
      access_q <= '0;
    end else if (take) begin
      va_q     <= req_va_i;
      asid_q   <= req_asid_i;
      access_q <= req_access_i;
    end
  end

  ////////////
  // Memory //
  ////////////

  logic [IndexWidth-1:0] index;
  assign index = va_q[mmu_ptw_pkg::PAGE_SHIFT + IndexWidth * 32'(level_q) +: IndexWidth];

  assign mem_valid_o   = (state_q == mmu_ptw_pkg::StRead) | (state_q == mmu_ptw_pkg::StUpdate);
  assign mem_update_o  = state_q == mmu_ptw_pkg::StUpdate;
  assign mem_addr_o    = {table_q, index, {PTE_SHIFT{1'b0}}};
  assign mem_compare_o = pte_q;
  assign mem_wdata_o   = updated;

  /////////////////////
  // Walk-cache fill //
  /////////////////////

  mmu_ptw_fill #(
    .Levels(Levels)
  ) u_fill (
    .clk_i,
    .rst_ni,
    .start_i          (take),
    .va_i             (va_q),
    .asid_i           (asid_q),
    .fence_valid_i,
    .fence_leaf_only_i,
    .fence_has_va_i,
    .fence_va_i,
    .fence_has_asid_i,
    .fence_asid_i,
    .found_i          (fill_q),
    .level_i          (level_q),
    .fill_o           (fill_valid_o)
  );

  assign fill_level_o  = level_q + 1'b1;
  assign fill_va_o     = va_q;
  assign fill_asid_o   = asid_q;
  assign fill_ppn_o    = table_q;
  assign fill_global_o = global_q;

  ////////////
  // Result //
  ////////////

  assign rsp_valid_o    = state_q == mmu_ptw_pkg::StResult;
  assign rsp_result_o   = result_q;
  assign rsp_level_o    = level_q;
  assign rsp_ppn_o      = pte_ppn;
  assign rsp_napot_o    = leaf_napot;
  assign rsp_rights_o   = pte_q[mmu_ptw_pkg::PTE_U:mmu_ptw_pkg::PTE_R];
  assign rsp_global_o   = global_q | pte_q[mmu_ptw_pkg::PTE_G];
  assign rsp_accessed_o = pte_q[mmu_ptw_pkg::PTE_A];
  assign rsp_dirty_o    = pte_q[mmu_ptw_pkg::PTE_D];

  logic access_fault;
  assign access_fault = result_q == mmu_ptw_pkg::ResAccessFault;
  always_comb begin
    unique case (access_q.kind)
      mmu_ptw_pkg::AccessStore: rsp_cause_o = access_fault ? mmu_ptw_pkg::CAUSE_STORE_ACCESS
                                                           : mmu_ptw_pkg::CAUSE_STORE_PAGE;
      mmu_ptw_pkg::AccessFetch: rsp_cause_o = access_fault ? mmu_ptw_pkg::CAUSE_FETCH_ACCESS
                                                           : mmu_ptw_pkg::CAUSE_FETCH_PAGE;
      default:                  rsp_cause_o = access_fault ? mmu_ptw_pkg::CAUSE_LOAD_ACCESS
                                                           : mmu_ptw_pkg::CAUSE_LOAD_PAGE;
    endcase
  end

  ////////////////
  // Assertions //
  ////////////////

  if (Levels < 2 || Levels > 5) begin : gen_bad_levels
    $error("mmu_ptw: Levels must be 2 (Sv32), 3 (Sv39), 4 (Sv48) or 5 (Sv57)");
  end

`ifndef SYNTHESIS
  mmu_ptw_rules #(
    .Levels(Levels)
  ) u_rules (
    .clk_i,
    .rst_ni,
    .state_i       (state_q),
    .level_i       (level_q),
    .kind_i        (access_q.kind),
    .may_update_i  (~pointer & needs_update),
    .wc_found_i    (wc_found),
    .wc_level_i,
    .fill_valid_i  (fill_valid_o),
    .mem_valid_i   (mem_valid_o),
    .mem_ready_i,
    .mem_update_i  (mem_update_o),
    .mem_addr_i    (mem_addr_o),
    .mem_compare_i (mem_compare_o),
    .mem_wdata_i   (mem_wdata_o),
    .mem_rvalid_i,
    .rsp_valid_i   (rsp_valid_o),
    .rsp_ready_i,
    .rsp_result_i  (rsp_result_o),
    .rsp_accessed_i(rsp_accessed_o)
  );
`endif

endmodule
