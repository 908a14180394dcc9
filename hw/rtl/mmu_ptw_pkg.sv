// Types and constants of the page-table walker: RISC-V privileged specification,
// "Supervisor-Level ISA", Sv32 to Sv57.

package mmu_ptw_pkg;

  parameter int unsigned PAGE_SHIFT = 12;

  // Bits of a page-table entry.
  parameter int unsigned PTE_V      = 0;
  parameter int unsigned PTE_R      = 1;
  parameter int unsigned PTE_W      = 2;
  parameter int unsigned PTE_X      = 3;
  parameter int unsigned PTE_U      = 4;
  parameter int unsigned PTE_G      = 5;
  parameter int unsigned PTE_A      = 6;
  parameter int unsigned PTE_D      = 7;
  parameter int unsigned PTE_PPN    = 10;  // the lowest of the frame number
  parameter int unsigned PTE_RSVD   = 54;  // the lowest of seven reserved ones
  parameter int unsigned PTE_PBMT   = 61;
  parameter int unsigned PTE_N      = 63;

  // Svnapot: the one size there is, 2^4 pages; the low bits of the frame number say so.
  parameter int unsigned NAPOT_BITS = 4;
  parameter logic [3:0]  NAPOT_64K  = 4'b1000;

  typedef enum logic [1:0] {
    AccessLoad  = 2'd0,
    AccessStore = 2'd1,  // stores and AMOs
    AccessFetch = 2'd2
  } access_e;

  // The access, and the state of the hart that it is checked against.
  typedef struct packed {
    logic    may_dirty;   // it may set D: it is not speculative
    logic    adue;        // menvcfg.ADUE: hardware sets A and D
    logic    pbmte;       // menvcfg.PBMTE
    logic    napot;       // N means something
    logic    mxr;         // sstatus.MXR
    logic    sum;         // sstatus.SUM
    logic    supervisor;  // S mode, else U
    access_e kind;
  } access_t;

  // What a walk comes to. From ResNonCanonical on it is a fault.
  typedef enum logic [3:0] {
    ResOk           = 4'd0,
    ResNeedsDirty   = 4'd1,  // a store may go on when D is set, which this request may not do
    ResNonCanonical = 4'd2,
    ResNotPresent   = 4'd3,
    ResMalformed    = 4'd4,
    ResMisaligned   = 4'd5,
    ResNoRight      = 4'd6,
    ResNotAccessed  = 4'd7,
    ResNotDirty     = 4'd8,
    ResAccessFault  = 4'd9   // memory answered a read or an update with an error
  } result_e;

  typedef enum logic [3:0] {
    StIdle,        // takes a request
    StLookup,      // waits for the walk cache
    StRead,        // offers the read of an entry
    StReadWait,    // waits for it
    StDecode,      // looks at it
    StUpdate,      // offers the update of A and D
    StUpdateWait,  // waits for it
    StUpdated,     // looks at what has become of it
    StResult       // offers the result
  } state_e;

  // Exception codes (scause).
  parameter logic [3:0] CAUSE_FETCH_ACCESS = 4'd1;
  parameter logic [3:0] CAUSE_LOAD_ACCESS  = 4'd5;
  parameter logic [3:0] CAUSE_STORE_ACCESS = 4'd7;
  parameter logic [3:0] CAUSE_FETCH_PAGE   = 4'd12;
  parameter logic [3:0] CAUSE_LOAD_PAGE    = 4'd13;
  parameter logic [3:0] CAUSE_STORE_PAGE   = 4'd15;

endpackage
