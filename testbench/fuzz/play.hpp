// Plays a sequence on an MMU and says what it did wrong.
#pragma once

#include <optional>
#include <string>

#include "testbench/fuzz/sequence.hpp"

namespace mmu::fuzz {

/// Faults planted between the MMU and its surroundings, to see that the fuzz finds such.
enum class Plant : std::uint8_t {
  kNone,
  kLosesFencesOfPages,  ///< those with an address do not reach the MMU
  kWalkersSeeNoFences,  ///< fences reach the TLBs only
  kComparesOldValue,    ///< an A/D update finds what the walker has read, whatever is there
  kLosesAReply,         ///< the seventh read is never answered
  kAnswersTwice,        ///< the fifth answer comes twice
  kIgnoresRights,       ///< a fault for want of a right is passed on as a good answer
  kStaleState,          ///< the MMU is told the state before the last change
  kForgetsGroups,       ///< fences of pages that were once part of a group do not reach the MMU
};

struct Played {
  std::optional<std::string> failure;  ///< what went wrong, first
  std::uint64_t answers = 0, faults = 0, asked_again = 0, walks = 0, updates = 0, retries = 0;
  std::uint64_t of_groups = 0, of_giants = 0, privileged = 0;  ///< of answers, good ones
};

Played play(const Sequence& sequence, Plant plant = Plant::kNone);

/// The shortest sequence found that still fails, by leaving out events. Requires one that fails.
Sequence minimise(const Sequence& sequence, Plant plant = Plant::kNone);

}  // namespace mmu::fuzz
