// ChampSim's traces: one record for each instruction, of 64 bytes, or of 96 (cloudsuite).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "traces/byte_stream.hpp"
#include "traces/entry_stream.hpp"
#include "traces/forward_source.hpp"
#include "traces/register_loads.hpp"

namespace mmu::traces {

/// Where the fields lie (inc/trace_instruction.h of ChampSim); little-endian. The instruction
/// pointer is at 0, is_branch at 8, branch_taken at 9; registers are bytes, addresses 8 bytes.
struct ChampsimLayout {
  std::size_t bytes;
  std::size_t written_at, written;  ///< registers
  std::size_t read_at, read;        ///< registers
  std::size_t stores_at, stores;    ///< addresses; 0: none
  std::size_t loads_at, loads;      ///< addresses; 0: none
};
inline constexpr ChampsimLayout kChampsimLayout{64, 10, 2, 12, 4, 16, 2, 32, 4};    // input_instr
inline constexpr ChampsimLayout kCloudsuiteLayout{96, 10, 4, 14, 4, 24, 4, 56, 4};  // with asid

/// A fetch, then the loads, then the stores of each instruction. The records have no sizes: a
/// fetch counts as 4 bytes, a data access as 8, cut at the end of a line of 64 bytes, since in
/// ChampSim each access touches one. All accesses of an instruction wait for the youngest load
/// that its registers come from (see RegisterLoads), as in ChampSim. The address space
/// identifiers of cloudsuite's records are not used.
class ChampsimTrace final : public ForwardSource {
 public:
  static constexpr std::uint64_t kLineBytes = 64;
  static constexpr std::uint64_t kFetchBytes = 4, kDataBytes = 8;

  /// `layout` is one of the two above.
  ChampsimTrace(std::unique_ptr<ByteStream> bytes, const ChampsimLayout& layout,
                std::uint32_t records_per_block = 65536);

  /// True if `start`, the start of a file or all of it, can be records of that kind: flags are 0
  /// or 1, instructions have an address, and addresses are canonical (with 57 bits).
  static bool plausible(std::string_view start, bool all_of_it, const ChampsimLayout& layout);

 private:
  void produce(TraceBlock& block) override;
  template <const ChampsimLayout& layout>
  void take(TraceBlock& block);
  template <const ChampsimLayout& layout>
  void take(const char* entry, TraceBlock& block);

  EntryStream entries_;
  bool cloudsuite_;
  std::uint32_t records_per_block_;
  RegisterLoads registers_;
  std::uint64_t accesses_ = 0;  // data records so far
};

}  // namespace mmu::traces
