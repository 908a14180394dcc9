// The hash of a trace's content: the same for the same records and events, whatever the file
// format and however they are cut into blocks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

/// xxHash64 over the canonical form that docs/trace-format.md gives.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();

  void add(const TraceBlock& block);
  /// Of all that was added so far; never 0, which means "not known".
  std::uint64_t value() const;

 private:
  struct States;

  std::unique_ptr<States> states_;
  std::uint64_t records_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace mmu::traces
