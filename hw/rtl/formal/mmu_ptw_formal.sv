// The promises of mmu_ptw as properties, for yosys (scripts/rtl-formal.sh): whatever is asked, and
// whatever memory answers within three cycles. The inputs are free but for the assumptions.

module mmu_ptw_formal #(
  parameter int unsigned Levels = 2,
  localparam int unsigned IndexWidth = (Levels == 2) ? 10 : 9,
  localparam int unsigned PteWidth   = (Levels == 2) ? 32 : 64,
  localparam int unsigned PpnWidth   = (Levels == 2) ? 22 : 44,
  localparam int unsigned AsidWidth  = (Levels == 2) ? 9 : 16,
  localparam int unsigned PaWidth    = PpnWidth + mmu_ptw_pkg::PAGE_SHIFT,
  localparam int unsigned LevelWidth = $clog2(Levels)
) (
  input logic                  clk_i,
  input logic                  req_valid_i,
  input logic [PteWidth-1:0]   req_va_i,
  input logic [PpnWidth-1:0]   req_root_i,
  input logic [AsidWidth-1:0]  req_asid_i,
  input mmu_ptw_pkg::access_t  req_access_i,
  input logic                  wc_rvalid_i,
  input logic                  wc_hit_i,
  input logic [LevelWidth-1:0] wc_level_i,
  input logic [PpnWidth-1:0]   wc_ppn_i,
  input logic                  wc_global_i,
  input logic                  fence_valid_i,
  input logic                  fence_leaf_only_i,
  input logic                  fence_has_va_i,
  input logic [PteWidth-1:0]   fence_va_i,
  input logic                  fence_has_asid_i,
  input logic [AsidWidth-1:0]  fence_asid_i,
  input logic                  mem_ready_i,
  input logic                  mem_rvalid_i,
  input logic [PteWidth-1:0]   mem_rdata_i,
  input logic                  mem_error_i,
  input logic                  mem_changed_i,
  input logic                  rsp_ready_i
);

  logic                  rst_n = 1'b0;
  logic                  req_ready, wc_valid, fill_valid, fill_global, mem_valid, mem_update;
  logic                  rsp_valid, rsp_napot, rsp_global, rsp_accessed, rsp_dirty;
  logic [PteWidth-1:0]   wc_va, fill_va, mem_compare, mem_wdata;
  logic [AsidWidth-1:0]  wc_asid, fill_asid;
  logic [LevelWidth-1:0] fill_level, rsp_level;
  logic [PpnWidth-1:0]   fill_ppn, rsp_ppn;
  logic [PaWidth-1:0]    mem_addr;
  mmu_ptw_pkg::result_e  rsp_result;
  logic [3:0]            rsp_cause, rsp_rights;
  logic [1:0]            rsp_pbmt;

  mmu_ptw #(
    .Levels(Levels)
  ) u_ptw (
    .clk_i,
    .rst_ni        (rst_n),
    .req_valid_i,
    .req_ready_o   (req_ready),
    .req_va_i,
    .req_root_i,
    .req_asid_i,
    .req_access_i,
    .wc_valid_o    (wc_valid),
    .wc_va_o       (wc_va),
    .wc_asid_o     (wc_asid),
    .wc_rvalid_i,
    .wc_hit_i,
    .wc_level_i,
    .wc_ppn_i,
    .wc_global_i,
    .fill_valid_o  (fill_valid),
    .fill_level_o  (fill_level),
    .fill_va_o     (fill_va),
    .fill_asid_o   (fill_asid),
    .fill_ppn_o    (fill_ppn),
    .fill_global_o (fill_global),
    .fence_valid_i,
    .fence_leaf_only_i,
    .fence_has_va_i,
    .fence_va_i,
    .fence_has_asid_i,
    .fence_asid_i,
    .mem_valid_o   (mem_valid),
    .mem_ready_i,
    .mem_update_o  (mem_update),
    .mem_addr_o    (mem_addr),
    .mem_compare_o (mem_compare),
    .mem_wdata_o   (mem_wdata),
    .mem_rvalid_i,
    .mem_rdata_i,
    .mem_error_i,
    .mem_changed_i,
    .rsp_valid_o   (rsp_valid),
    .rsp_ready_i,
    .rsp_result_o  (rsp_result),
    .rsp_cause_o   (rsp_cause),
    .rsp_level_o   (rsp_level),
    .rsp_ppn_o     (rsp_ppn),
    .rsp_napot_o   (rsp_napot),
    .rsp_rights_o  (rsp_rights),
    .rsp_global_o  (rsp_global),
    .rsp_accessed_o(rsp_accessed),
    .rsp_dirty_o   (rsp_dirty),
    .rsp_pbmt_o    (rsp_pbmt)
  );

  // What is known from the ports alone
  logic        walking_q = 1'b0;  // a request has been taken and not been answered
  logic        asked_q   = 1'b0;  // memory owes an answer
  logic        looking_q = 1'b0;  // the walk cache does
  logic        update_q  = 1'b0;  // the access under way is an update
  logic        store_q   = 1'b0;
  logic [1:0]  wait_q    = 2'd0;  // cycles that memory, or the walk cache, has taken
  logic [2:0]  reads_q   = 3'd0;  // of this try
  logic [2:0]  quiet_q   = 3'd0;  // cycles in which the walker asks for nothing and waits for nobody
  logic        fenced_q  = 1'b0;  // a fence has covered all that the walk may fill

  logic take, fence_all;
  assign take      = req_valid_i & req_ready;
  assign fence_all = fence_valid_i & ~fence_leaf_only_i & ~fence_has_va_i &
                     (~fence_has_asid_i | (walking_q & (fence_asid_i == fill_asid)));

  always_ff @(posedge clk_i) begin
    rst_n <= 1'b1;
    if (rst_n) begin
      if (take) walking_q <= 1'b1;
      else if (rsp_valid & rsp_ready_i) walking_q <= 1'b0;

      if (take) looking_q <= wc_valid & ~wc_rvalid_i;
      else if (wc_rvalid_i) looking_q <= 1'b0;

      if (mem_valid & mem_ready_i) begin
        asked_q  <= 1'b1;
        update_q <= mem_update;
      end else if (mem_rvalid_i) begin
        asked_q <= 1'b0;
      end
      wait_q <= (asked_q & ~mem_rvalid_i) | (looking_q & ~wc_rvalid_i) ? wait_q + 2'd1 : 2'd0;

      // A try begins with the request, and anew where an update has failed.
      if (take | (mem_rvalid_i & update_q)) reads_q <= 3'd0;
      else if (mem_valid & mem_ready_i & ~mem_update) reads_q <= reads_q + 3'd1;

      if (take) store_q <= req_access_i.kind == mmu_ptw_pkg::AccessStore;
      fenced_q <= ~take & (fenced_q | (fence_all & walking_q));
      quiet_q  <= (mem_valid | rsp_valid | asked_q | looking_q | req_ready) ? 3'd0 : quiet_q + 3'd1;
    end
  end

  always_comb begin
    if (rst_n) begin
      // Memory and walk cache: they answer what was asked, within three cycles.
      assume (!mem_rvalid_i || asked_q);
      assume (!asked_q || wait_q < 2'd2 || mem_rvalid_i);
      assume (!looking_q || wait_q < 2'd2 || wc_rvalid_i);
      assume (!(wc_rvalid_i && wc_hit_i) || 32'(wc_level_i) < Levels - 1);

      // One result for each request, and a request only where none is under way
      ResultForRequest_A: assert (!rsp_valid || walking_q);
      RequestWhenFree_A: assert (req_ready == !walking_q);
      // Nothing is filled that a fence has dropped
      NoFillAfterFence_A: assert (!fill_valid || !(fenced_q || (fence_all && walking_q)));
      // D for stores only, and no bit but A and D
      DirtyForStores_A: assert (!(mem_valid && mem_update) || store_q ||
                                mem_wdata[mmu_ptw_pkg::PTE_D] == mem_compare[mmu_ptw_pkg::PTE_D]);
      // It always goes on: what it does without others takes two cycles at most
      GoesOn_A: assert (quiet_q < 3'd3);
      // At most one read a level in each try
      ReadsPerTry_A: assert (!(mem_valid && !mem_update) || 32'(reads_q) < Levels);
      // One access to memory at a time
      OneAccess_A: assert (!(mem_valid && asked_q));
    end
  end

endmodule
