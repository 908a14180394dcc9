// The RTL walker (mmu_ptw.sv) as a thing of wires and clock edges, the same for every format.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "hw/arch/walk.hpp"

namespace mmu {

/// What stands at the inputs in a cycle; names as in mmu_ptw.sv.
struct PtwInputs {
  bool req_valid = false;
  std::uint64_t req_va = 0, req_root = 0;      ///< root: frame number
  std::uint32_t req_asid = 0, req_access = 0;  ///< access: see ptw_access()
  bool wc_rvalid = false, wc_hit = false, wc_global = false;
  std::uint32_t wc_level = 0;
  std::uint64_t wc_ppn = 0;
  bool fence_valid = false, fence_leaf_only = false, fence_has_va = false, fence_has_asid = false;
  std::uint64_t fence_va = 0;
  std::uint32_t fence_asid = 0;
  bool mem_ready = false, mem_rvalid = false, mem_error = false, mem_changed = false;
  std::uint64_t mem_rdata = 0;
  bool rsp_ready = false;
};

/// mmu_ptw_pkg::result_e
enum class PtwResult : std::uint8_t {
  kOk,
  kNeedsDirty,
  kNonCanonical,
  kNotPresent,
  kMalformed,
  kMisaligned,
  kNoRight,
  kNotAccessed,
  kNotDirty,
  kAccessFault
};

/// What stands at the outputs.
struct PtwOutputs {
  bool req_ready = false;
  bool wc_valid = false;
  std::uint64_t wc_va = 0;
  std::uint32_t wc_asid = 0;
  bool fill_valid = false, fill_global = false;
  std::uint32_t fill_level = 0, fill_asid = 0;
  std::uint64_t fill_va = 0, fill_ppn = 0;
  bool mem_valid = false, mem_update = false;
  std::uint64_t mem_addr = 0, mem_compare = 0, mem_wdata = 0;
  bool rsp_valid = false, rsp_napot = false, rsp_global = false, rsp_accessed = false,
       rsp_dirty = false;
  PtwResult rsp_result = PtwResult::kOk;
  std::uint32_t rsp_cause = 0, rsp_level = 0, rsp_rights = 0, rsp_pbmt = 0;
  std::uint64_t rsp_ppn = 0;
};

/// One walker. A cycle is: settle(), look, tick().
class PtwPins {
 public:
  virtual ~PtwPins() = default;
  /// The outputs that these inputs make in this cycle. Valid until the next call.
  virtual const PtwOutputs& settle(const PtwInputs& inputs) = 0;
  /// The clock's edge: the next cycle begins. Throws ModelError if an assertion of the RTL fails.
  virtual void tick() = 0;
};

/// A walker after reset, for a RISC-V format of so many levels (2: Sv32); nullptr in a build
/// without RTL. Requires 2 <= levels <= 5.
std::unique_ptr<PtwPins> make_ptw(unsigned levels);
/// This build has the RTL walker.
bool has_rtl();

/// The bits of req_access (mmu_ptw_pkg::access_t) for an access. `format`: with its options.
std::uint32_t ptw_access(const PageTableFormat& format, AccessKind kind, AccessContext context,
                         AdUpdate ad, bool may_set_dirty);

/// What a result is in the words of the model: the translation, or the kind of the fault.
Translation ptw_translation(const PageTableFormat& format, const PtwOutputs& out);
constexpr bool is_fault(PtwResult result) { return result >= PtwResult::kNonCanonical; }
/// Requires is_fault().
FaultKind ptw_fault(PtwResult result);
/// The other way round. Requires a kind that RISC-V has.
PtwResult ptw_result(FaultKind kind);
std::string_view name_of(PtwResult result);

}  // namespace mmu
