// Programs made of random numbers that obey the rules: no access to what is not mapped or not
// allowed.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/arch/trace.hpp"
#include "testbench/support/random_source.hpp"

namespace mmu::test {

/// Does the program of `seed` fit into 32 bits of VA? The others spread over 38.
constexpr bool is_narrow(std::uint64_t seed) { return seed % 4 >= 2; }

/// `records` records from `seed`, with system calls among them; the same every time. Addresses fit
/// every format but Sv32, and that too if is_narrow(seed). Some seeds make no fetches, some almost
/// only fetches.
class RandomProgram final : public TraceSource {
 public:
  RandomProgram(std::uint64_t seed, std::uint64_t records);

  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override;

 private:
  struct Area {
    std::uint64_t start;  ///< VA, or offset from the handle
    std::uint64_t pages;
    bool write, execute;
    std::uint32_t handle;
    bool fixed;  ///< of the image, or placed by the OS: never unmapped or moved
  };
  struct Stream {
    std::size_t area = 0;
    std::uint64_t offset = 0, stride = 8;
  };

  void add_image();
  TraceRecord make_record();
  TraceRecord make_fetch();
  std::uint64_t place_in(const Area& area, std::uint64_t bytes);
  std::size_t pick_area(bool write);
  void make_event(TraceBlock& block);
  OsEvent map(bool placed_by_os);
  OsEvent unmap(std::size_t area);
  OsEvent protect(std::size_t area);
  OsEvent move(std::size_t area);
  OsEvent discard(std::size_t area);
  OsEvent fork_or_exit();
  OsEvent set_break();
  std::size_t cut_out(std::size_t area);
  std::size_t pick_mapped();
  std::uint64_t new_place(std::uint64_t pages);

  RandomSource random_;
  bool narrow_;
  std::uint64_t left_;
  TraceHeader header_;
  unsigned fetch_percent_, store_percent_, depend_percent_, event_per_mille_;
  bool big_;  ///< areas of 2 MiB and more, mostly
  bool begun_ = false;
  std::vector<Area> areas_;
  std::vector<std::uint64_t> holes_;  ///< where something was mapped
  std::uint64_t children_ = 0;        ///< forked so far; they have the pids 1, 2 ...
  std::uint64_t fresh_;               ///< VA: nothing was mapped from here on
  std::uint32_t handles_ = 0;
  std::uint64_t pc_;
  std::vector<Stream> streams_;
};

/// A fence such as another core might send, often one that hits what the RandomProgram of `seed`
/// uses.
FenceScope random_fence(RandomSource& random, std::uint64_t seed);

}  // namespace mmu::test
