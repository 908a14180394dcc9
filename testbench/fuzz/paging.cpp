#include "testbench/fuzz/paging.hpp"

#include <stdexcept>

namespace mmu::fuzz {
namespace {

constexpr bool bit(std::uint64_t value, unsigned n) { return (value >> n & 1) != 0; }
constexpr std::uint64_t bits(std::uint64_t value, unsigned high, unsigned low) {
  return value >> low & ((std::uint64_t{1} << (high - low + 1)) - 1);
}
constexpr std::uint64_t aligned(std::uint64_t address, unsigned shift) {
  return address >> shift << shift;
}

// RISC-V privileged specification, chapters on Sv32 to Sv57 and Svnapot; Intel SDM vol. 3A, chapter
// "Paging"; Arm ARM D8.3 with the tables of contiguous entries.
constexpr Paging kPagings[] = {
    {"sv32", Family::kRiscv, 2, 32, 12, 10, 4, 1, {0, 0}, 6, 7, "4K", "", "4M", ""},
    {"sv39", Family::kRiscv, 3, 39, 12, 9, 8, 2, {4, 0}, 6, 7, "4K", "64K", "2M", "1G"},
    {"sv48", Family::kRiscv, 4, 48, 12, 9, 8, 3, {4, 0}, 6, 7, "4K", "64K", "2M", "1G"},
    {"sv57", Family::kRiscv, 5, 57, 12, 9, 8, 4, {4, 0}, 6, 7, "4K", "64K", "2M", "1G"},
    {"x86-64-4level", Family::kX86, 4, 48, 12, 9, 8, 2, {0, 0}, 5, 6, "4K", "", "2M", "1G"},
    {"x86-64-5level", Family::kX86, 5, 57, 12, 9, 8, 2, {0, 0}, 5, 6, "4K", "", "2M", "1G"},
    {"aarch64-4k", Family::kArm, 4, 48, 12, 9, 8, 2, {4, 4}, 10, 0, "4K", "64K", "2M", "1G"},
    {"aarch64-16k", Family::kArm, 4, 48, 14, 11, 8, 1, {7, 5}, 10, 0, "16K", "2M", "32M", ""},
    {"aarch64-64k", Family::kArm, 3, 48, 16, 13, 8, 1, {5, 5}, 10, 0, "64K", "2M", "512M", ""}};

Entry read_riscv(const Paging& p, unsigned level, std::uint64_t pte) {
  using Is = Entry::Is;
  Entry e;
  std::uint64_t frame = p.pte_bytes == 4 ? bits(pte, 31, 10) : bits(pte, 53, 10);
  e.rights.read = bit(pte, 1);
  e.rights.write = bit(pte, 2);
  e.rights.execute = bit(pte, 3);
  e.rights.user = bit(pte, 4);
  e.global = bit(pte, 5);
  e.accessed = bit(pte, 6);
  e.dirty = bit(pte, 7);
  e.page_shift = p.shift_of(level);
  e.is = bits(pte, 3, 1) == 0 ? Is::kPointer : Is::kLeaf;
  if (e.rights.write && !e.rights.read) e.is = Is::kMalformed;
  if (e.is == Is::kPointer) {
    e.rights = {};
    if (level == 0) e.is = Is::kMalformed;
  }
  if (e.is == Is::kLeaf && p.pte_bytes == 8 && bit(pte, 63)) {  // 64 KiB, of level 0 only
    if (level != 0 || (frame & 15) != 8) e.is = Is::kMalformed;
    frame = frame >> 4 << 4;
    e.page_shift = 16;
  }
  e.frame = frame << 12;
  return e;
}

Entry read_x86(const Paging& p, unsigned level, std::uint64_t pte) {
  Entry e;
  e.frame = bits(pte, 51, 12) << 12;
  e.rights.write = bit(pte, 1);
  e.rights.user = bit(pte, 2);
  e.rights.execute = !bit(pte, 63);
  e.accessed = bit(pte, 5);
  e.dirty = bit(pte, 6);
  e.global = bit(pte, 8);
  e.page_shift = p.shift_of(level);
  e.is = level == 0 || bit(pte, 7) ? Entry::Is::kLeaf : Entry::Is::kPointer;
  return e;
}

Entry read_arm(const Paging& p, unsigned level, std::uint64_t pte, VirtAddr va) {
  using Is = Entry::Is;
  Entry e;
  e.frame = aligned(bits(pte, 47, 0), p.page_shift);
  if (level != 0 && bit(pte, 1)) {
    e.is = Is::kPointer;
    return e;
  }
  e.is = (level == 0) == bit(pte, 1) ? Is::kLeaf : Is::kMalformed;
  e.rights.write = !bit(pte, 7);
  e.rights.user = bit(pte, 6);
  e.rights.execute = !bit(pte, 54);
  e.rights.privileged_execute = !bit(pte, 53);
  e.rights.split_execute = true;
  e.global = !bit(pte, 11);
  e.accessed = bit(pte, 10);
  e.dirty = true;
  e.page_shift = p.shift_of(level);
  e.frame = aligned(e.frame, e.page_shift);  // low bits are RES0
  if (bit(pte, 52) && p.has_groups(level)) {
    const unsigned larger = e.page_shift + p.groups[level];
    // Not followed where frame and address do not agree: one mistake of software less.
    if (((e.frame ^ va.value()) & ((std::uint64_t{1} << larger) - 1)) >> e.page_shift == 0) {
      e.page_shift = larger;
      e.frame = aligned(e.frame, larger);
    }
  }
  return e;
}

bool may_arm(const CoreState& state, const Rights& rights, AccessKind kind) {
  if (kind == AccessKind::kFetch) {
    if (!state.supervisor) return rights.execute;
    return rights.privileged_execute && !(rights.user && rights.write);
  }
  if (state.supervisor ? rights.user && state.pan : !rights.user) return false;
  return kind == AccessKind::kLoad || rights.write;
}

bool may_x86(const CoreState& state, const Rights& rights, AccessKind kind) {
  const bool fetch = kind == AccessKind::kFetch;
  if (!state.supervisor) {
    return rights.user && (fetch ? rights.execute : kind == AccessKind::kLoad || rights.write);
  }
  if (fetch) return rights.execute && !(rights.user && state.smep);
  if (rights.user && state.smap && !state.ac) return false;
  return kind == AccessKind::kLoad || rights.write || !state.wp;
}

bool may_riscv(const CoreState& state, const Rights& rights, AccessKind kind) {
  if (kind == AccessKind::kFetch) return rights.execute && rights.user != state.supervisor;
  if (state.supervisor ? rights.user && !state.sum : !rights.user) return false;
  const bool readable = rights.read || (state.mxr && rights.execute);
  if (kind == AccessKind::kLoad) return readable;
  return rights.write && (kind == AccessKind::kStore || readable);
}

}  // namespace

const Paging& paging_of(const std::string& format) {
  for (const Paging& paging : kPagings) {
    if (paging.name == format) return paging;
  }
  throw std::invalid_argument("fuzz: no format " + format);
}

AccessContext CoreState::context(Family family) const {
  if (bare) return {AccessContext::kBare};
  if (family == Family::kRiscv) return riscv_context(supervisor, sum, mxr);
  if (family == Family::kX86) return x86_context(supervisor, wp, smep, smap, ac);
  return arm_context(supervisor, pan);
}

std::string CoreState::text(Family family) const {
  if (bare) return " bare";
  std::string text = supervisor ? " supervisor" : " user";
  const auto add = [&](Family of, bool is, const char* name) {
    if (of == family && is) text += name;
  };
  add(Family::kRiscv, sum, " SUM");
  add(Family::kRiscv, mxr, " MXR");
  add(Family::kX86, wp, " WP");
  add(Family::kX86, smep, " SMEP");
  add(Family::kX86, smap, " SMAP");
  add(Family::kX86, ac, " AC");
  add(Family::kArm, pan, " PAN");
  return text;
}

Entry read_entry(const Paging& paging, unsigned level, std::uint64_t pte, VirtAddr va) {
  if (!bit(pte, 0)) return {};
  Entry e = paging.family == Family::kRiscv ? read_riscv(paging, level, pte)
            : paging.family == Family::kX86 ? read_x86(paging, level, pte)
                                            : read_arm(paging, level, pte, va);
  if (e.is == Entry::Is::kLeaf && aligned(e.frame, e.page_shift) != e.frame) {
    e.is = Entry::Is::kMisaligned;
  }
  return e;
}

bool may(Family family, const CoreState& state, const Rights& rights, AccessKind kind) {
  if (family == Family::kRiscv) return may_riscv(state, rights, kind);
  return family == Family::kX86 ? may_x86(state, rights, kind) : may_arm(state, rights, kind);
}

}  // namespace mmu::fuzz
