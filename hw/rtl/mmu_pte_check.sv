// What a page-table entry of RISC-V Sv32 to Sv57 means for an access; combinational. The order in
// which several faults of one entry are told is that of hw/arch/walk.cpp; software cannot see it.
//
//   pointer_o       the entry points to the next table; then nothing else counts.
//   result_o        otherwise: the fault, or what the access comes to with the entry as it is.
//   needs_update_o  the access may go on when A and D are as in updated_o.

module mmu_pte_check #(
  parameter int unsigned Levels     = 3,
  parameter bit          Svnapot    = 1'b1,
  parameter bit          Svpbmt     = 1'b1,
  parameter bit          Svadu      = 1'b1,
  localparam int unsigned IndexWidth = (Levels == 2) ? 10 : 9,
  localparam int unsigned PteWidth   = (Levels == 2) ? 32 : 64,
  localparam int unsigned PpnWidth   = (Levels == 2) ? 22 : 44,
  localparam int unsigned LevelWidth = $clog2(Levels)
) (
  input  logic [PteWidth-1:0]   pte_i,
  input  logic [LevelWidth-1:0] level_i,

  input  mmu_ptw_pkg::access_t  access_i,

  output logic                  pointer_o,
  output mmu_ptw_pkg::result_e  result_o,
  output logic                  needs_update_o,
  output logic [PteWidth-1:0]   updated_o,
  output logic [PpnWidth-1:0]   ppn_o,        // frame of the table, or the first one of the page
  output logic                  napot_o,
  output logic [1:0]            pbmt_o
);

  logic                read, write, execute, user, accessed, dirty;
  logic                is_store, is_fetch, no_rwx;
  logic                reserved, table_reserved, n;
  logic [PpnWidth-1:0] ppn, below_page;
  logic                misaligned, bad_napot, allowed;
  logic                unused_software_bits;

  assign unused_software_bits = ^pte_i[9:8];  // RSW

  assign read     = pte_i[mmu_ptw_pkg::PTE_R];
  assign write    = pte_i[mmu_ptw_pkg::PTE_W];
  assign execute  = pte_i[mmu_ptw_pkg::PTE_X];
  assign user     = pte_i[mmu_ptw_pkg::PTE_U];
  assign accessed = pte_i[mmu_ptw_pkg::PTE_A];
  assign dirty    = pte_i[mmu_ptw_pkg::PTE_D];
  assign ppn      = pte_i[mmu_ptw_pkg::PTE_PPN +: PpnWidth];
  assign no_rwx   = ~(read | write | execute);
  assign is_store = access_i.kind == mmu_ptw_pkg::AccessStore;
  assign is_fetch = access_i.kind == mmu_ptw_pkg::AccessFetch;

  ///////////////////////////
  // Reserved bits, extras //
  ///////////////////////////

  if (PteWidth == 64) begin : gen_pte64
    logic [1:0] pbmt;
    logic       has_napot, has_pbmt;
    assign has_napot = Svnapot & access_i.napot;
    assign has_pbmt  = Svpbmt & access_i.pbmte;
    assign n         = pte_i[mmu_ptw_pkg::PTE_N];
    assign pbmt      = pte_i[mmu_ptw_pkg::PTE_PBMT +: 2];
    assign reserved  = (|pte_i[mmu_ptw_pkg::PTE_RSVD +: 7]) | (n & ~has_napot) |
                       ((|pbmt) & ~has_pbmt) | (&pbmt);
    assign table_reserved = n | (|pbmt) | user | accessed | dirty;
    assign pbmt_o         = pbmt;
  end else begin : gen_pte32
    logic unused_extensions;
    assign unused_extensions = access_i.napot ^ access_i.pbmte ^ Svnapot ^ Svpbmt;
    assign n              = 1'b0;
    assign reserved       = 1'b0;
    assign table_reserved = user | accessed | dirty;
    assign pbmt_o         = 2'b00;
  end

  ///////////////////
  // Frame, rights //
  ///////////////////

  // A leaf at level l leaves l fields of the index to the offset in the page.
  assign below_page = ~({PpnWidth{1'b1}} << (IndexWidth * 32'(level_i)));
  assign misaligned = |(ppn & below_page);
  assign bad_napot  = n & ((level_i != '0) |
                           (ppn[mmu_ptw_pkg::NAPOT_BITS-1:0] != mmu_ptw_pkg::NAPOT_64K));
  assign napot_o    = n & ~no_rwx;
  assign ppn_o      = {ppn[PpnWidth-1:mmu_ptw_pkg::NAPOT_BITS],
                       ppn[mmu_ptw_pkg::NAPOT_BITS-1:0] & {mmu_ptw_pkg::NAPOT_BITS{~n}}};

  // SUM never helps a fetch; MXR makes what may be executed readable.
  always_comb begin
    if (access_i.supervisor) allowed = ~user | (access_i.sum & ~is_fetch);
    else              allowed = user;
    unique case (access_i.kind)
      mmu_ptw_pkg::AccessLoad:  allowed = allowed & (read | (execute & access_i.mxr));
      mmu_ptw_pkg::AccessStore: allowed = allowed & write;
      mmu_ptw_pkg::AccessFetch: allowed = allowed & execute;
      default:                  allowed = 1'b0;
    endcase
  end

  /////////////////
  // The verdict //
  /////////////////

  logic updates;  // hardware sets A and D
  assign updates = Svadu & access_i.adue;

  always_comb begin
    pointer_o      = 1'b0;
    needs_update_o = 1'b0;
    result_o       = mmu_ptw_pkg::ResOk;
    if (!pte_i[mmu_ptw_pkg::PTE_V]) begin
      result_o = mmu_ptw_pkg::ResNotPresent;
    end else if (reserved || (write && !read)) begin
      result_o = mmu_ptw_pkg::ResMalformed;
    end else if (no_rwx) begin
      if (level_i == '0 || table_reserved) result_o = mmu_ptw_pkg::ResMalformed;
      else                                 pointer_o = 1'b1;
    end else if (misaligned) begin
      result_o = mmu_ptw_pkg::ResMisaligned;
    end else if (bad_napot) begin
      result_o = mmu_ptw_pkg::ResMalformed;
    end else if (!allowed) begin
      result_o = mmu_ptw_pkg::ResNoRight;
    end else if (!updates) begin
      if (!accessed)                result_o = mmu_ptw_pkg::ResNotAccessed;
      else if (is_store && !dirty)  result_o = mmu_ptw_pkg::ResNotDirty;
    end else begin
      needs_update_o = ~accessed | (is_store & ~dirty & access_i.may_dirty);
      if (is_store && !dirty && !access_i.may_dirty) result_o = mmu_ptw_pkg::ResNeedsDirty;
    end
  end

  always_comb begin
    updated_o = pte_i;
    updated_o[mmu_ptw_pkg::PTE_A] = 1'b1;
    if (is_store && access_i.may_dirty) updated_o[mmu_ptw_pkg::PTE_D] = 1'b1;
  end

endmodule
