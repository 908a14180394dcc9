// What fences leave of a walk's right to fill the walk cache. It has met the fences since its start;
// the pointers that one of them covers are not entered any more, levels above and below may be.

module mmu_ptw_fill #(
  parameter int unsigned Levels = 3,
  localparam int unsigned IndexWidth = (Levels == 2) ? 10 : 9,
  localparam int unsigned VaWidth    = (Levels == 2) ? 32 : 64,
  localparam int unsigned AsidWidth  = (Levels == 2) ? 9 : 16,
  localparam int unsigned LevelWidth = $clog2(Levels)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // The walk
  input  logic                  start_i,  // a new one; older than it are the fences up to now
  input  logic [VaWidth-1:0]    va_i,
  input  logic [AsidWidth-1:0]  asid_i,

  // Fence
  input  logic                  fence_valid_i,
  input  logic                  fence_leaf_only_i,
  input  logic                  fence_has_va_i,
  input  logic [VaWidth-1:0]    fence_va_i,
  input  logic                  fence_has_asid_i,
  input  logic [AsidWidth-1:0]  fence_asid_i,

  // A pointer has been found, at the level above this one
  input  logic                  found_i,
  input  logic [LevelWidth-1:0] level_i,
  output logic                  fill_o
);

  logic [Levels-1:1] covered, dropped_q, fills;
  logic              counts;

  assign counts = fence_valid_i & ~fence_leaf_only_i &
                  (~fence_has_asid_i | (fence_asid_i == asid_i));

  for (genvar l = 1; l < Levels; l++) begin : gen_level
    localparam int unsigned LSB = mmu_ptw_pkg::PAGE_SHIFT + l * IndexWidth;
    assign covered[l] = counts &
                        (~fence_has_va_i | (fence_va_i[VaWidth-1:LSB] == va_i[VaWidth-1:LSB]));
    assign fills[l]   = found_i & (level_i == LevelWidth'(l - 1)) & ~dropped_q[l] & ~covered[l];
  end

  // Tables span what their pointer spans.
  logic unused_offset;
  assign unused_offset = ^{fence_va_i[mmu_ptw_pkg::PAGE_SHIFT+IndexWidth-1:0],
                           va_i[mmu_ptw_pkg::PAGE_SHIFT+IndexWidth-1:0]};

  assign fill_o = |fills;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      dropped_q <= '0;
    else if (start_i) dropped_q <= '0;
    else              dropped_q <= dropped_q | covered;
  end

endmodule
