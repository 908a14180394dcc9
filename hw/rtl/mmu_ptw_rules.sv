// The rules of a walker's ports and states, watched from inside; not for synthesis.

module mmu_ptw_rules #(
  parameter int unsigned Levels = 3,
  localparam int unsigned PteWidth   = (Levels == 2) ? 32 : 64,
  localparam int unsigned PaWidth    = (Levels == 2) ? 34 : 56,
  localparam int unsigned LevelWidth = $clog2(Levels)
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input mmu_ptw_pkg::state_e   state_i,
  input logic [LevelWidth-1:0] level_i,
  input mmu_ptw_pkg::access_e  kind_i,
  input logic                  may_update_i,  // the entry is a leaf that wants one
  input logic                  wc_found_i,
  input logic [LevelWidth-1:0] wc_level_i,
  input logic                  fill_valid_i,
  input logic                  mem_valid_i,
  input logic                  mem_ready_i,
  input logic                  mem_update_i,
  input logic [PaWidth-1:0]    mem_addr_i,
  input logic [PteWidth-1:0]   mem_compare_i,
  input logic [PteWidth-1:0]   mem_wdata_i,
  input logic                  mem_rvalid_i,
  input logic                  rsp_valid_i,
  input logic                  rsp_ready_i,
  input mmu_ptw_pkg::result_e  rsp_result_i,
  input logic                  rsp_accessed_i
);

  // The cycle before
  logic                mem_held_q, mem_update_q, rsp_held_q;
  logic [PaWidth-1:0]  mem_addr_q;
  logic [PteWidth-1:0] mem_wdata_q;

  logic [PteWidth-1:0] set, ad;  // what an update sets, and what it may set
  assign set = mem_compare_i ^ mem_wdata_i;
  always_comb begin
    ad = '0;
    ad[mmu_ptw_pkg::PTE_A] = 1'b1;
    ad[mmu_ptw_pkg::PTE_D] = kind_i == mmu_ptw_pkg::AccessStore;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mem_held_q   <= 1'b0;
      rsp_held_q   <= 1'b0;
      mem_update_q <= 1'b0;
      mem_addr_q   <= '0;
      mem_wdata_q  <= '0;
    end else begin
      mem_held_q   <= mem_valid_i & ~mem_ready_i;
      rsp_held_q   <= rsp_valid_i & ~rsp_ready_i;
      mem_update_q <= mem_update_i;
      mem_addr_q   <= mem_addr_i;
      mem_wdata_q  <= mem_wdata_i;

      // What the others owe the walker
      ResponseOnlyWhenAsked_A: assert (!mem_rvalid_i || state_i == mmu_ptw_pkg::StReadWait ||
                                       state_i == mmu_ptw_pkg::StUpdateWait);
      WalkCacheBelowRoot_A: assert (!wc_found_i || 32'(wc_level_i) < Levels - 1);

      // What the walker owes the others
      MemoryRequestStable_A: assert (!mem_held_q || (mem_valid_i && mem_update_i == mem_update_q &&
                                                     mem_addr_i == mem_addr_q &&
                                                     mem_wdata_i == mem_wdata_q));
      ResultStable_A: assert (!rsp_held_q || rsp_valid_i);
      StateKnown_A: assert (state_i <= mmu_ptw_pkg::StResult);
      LevelExists_A: assert (32'(level_i) < Levels);
      UpdateOfLeafOnly_A: assert (!mem_update_i || may_update_i);
      UpdateSetsBitsOnly_A: assert (!mem_update_i || (set & (mem_compare_i | ~ad)) == '0);
      FillWithReadOnly_A: assert (!fill_valid_i || (mem_valid_i && !mem_update_i));
      GrantedHasAccessed_A: assert (!rsp_valid_i || rsp_result_i > mmu_ptw_pkg::ResNeedsDirty ||
                                    rsp_accessed_i);
    end
  end

endmodule
