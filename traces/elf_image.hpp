// What Linux maps of an ELF file before its first instruction (fs/binfmt_elf.c, 6.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

struct ElfImage {
  std::string architecture;       ///< "x86-64", "riscv64", "aarch64"
  std::vector<ImageArea> areas;   ///< by address: segments by the file's name, [bss]
  std::uint64_t break_start = 0;  ///< behind the last of them, a page boundary
  std::uint64_t end_of_user = 0;  ///< of the addresses that programs of the machine have
  std::string interpreter;        ///< PT_INTERP: a path; empty: none
  bool executable_stack = false;  ///< PT_GNU_STACK
};

/// Of 64-bit little-endian programs for x86-64, RISC-V and AArch64, without randomization: what has
/// an address lies there; a program that may lie anywhere at `base`, or where Linux has it
/// (ELF_ET_DYN_BASE, or without an interpreter as the interpreter itself).
/// Throws InputError that names the file: not such a program, damaged, segments out of order or
/// overlapping, a segment that may be both written and executed.
ElfImage read_elf(const std::string& path, std::optional<std::uint64_t> base = std::nullopt);

void sort_by_address(std::vector<ImageArea>& areas);

/// The program, its interpreter if that file can be read, and a stack of 132 KiB.
struct ExecutableImage {
  std::vector<ImageArea> areas;  ///< by address
  std::uint64_t break_start = 0;
  bool executable_stack = false;
  std::string missing_interpreter;  ///< one that cannot be read, and is left out; empty: none
};
ExecutableImage read_executable(const std::string& path,
                                std::optional<std::uint64_t> base = std::nullopt);

}  // namespace mmu::traces
