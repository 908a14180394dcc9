// Address-translation test vectors: one JSON object a line, plain or zstd (docs/translate.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hw/arch/entry_fields.hpp"
#include "hw/arch/software_interface.hpp"
#include "traces/byte_stream.hpp"

namespace mmu {

/// [base, base + bytes) of physical memory.
struct MemoryRange {
  std::uint64_t base = 0, bytes = 0;
  bool holds(std::uint64_t address, unsigned size) const {
    return address >= base && address - base <= bytes && bytes - (address - base) >= size;
  }
};

struct Vector {
  /// Of all the vector says of the outcome; what it does not say is not compared.
  struct Expectation {
    std::string result;  ///< as in the file: "ok", "page_fault", ...
    std::optional<std::uint64_t> pa, page_size, level, memory_type, global, data_in_ram;
    std::optional<std::uint64_t> code;  ///< RISC-V cause, x86 error code, AArch64 fault status
    std::optional<std::uint64_t> fault_address;
    std::optional<std::vector<std::uint64_t>> reads;
    std::optional<std::vector<std::pair<std::uint64_t, std::uint64_t>>> writes;
  };

  std::string id, kind;
  Family family = Family::kRiscv;
  PageTableFormat format;  ///< with the options of the vector
  PhysAddr root;
  Asid asid = 0;
  AdUpdate ad_update = AdUpdate::kHardware;
  AccessContext context;
  AccessKind access = AccessKind::kLoad;
  VirtAddr va;
  bool fetch_in_code = true;  ///< x86: the error code tells fetches (NXE or SMEP)
  bool everywhere = false;    ///< there is memory at every address, `ram` is empty
  std::vector<MemoryRange> ram, rom;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> entries;  ///< address, entry
  Expectation expect;
};

class VectorFile {
 public:
  /// Throws InputError if the file cannot be read.
  explicit VectorFile(const std::string& path) : bytes_(path) {}

  /// The next vector; none at the end. Throws InputError with file and line for what is no vector,
  /// and for vectors of two-stage translation.
  std::optional<Vector> next();

 private:
  bool next_line(std::string& line);

  traces::ByteStream bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t line_ = 0;
};

}  // namespace mmu
