// A whole file of vectors through a model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/mmu/mmu_params.hpp"

namespace mmu {

struct VectorTally {
  std::uint64_t passed = 0, failed = 0;
  std::vector<std::string> first_differences;  ///< "sv39-000017 (pf_priv): result is ok, ..."
};

/// Each vector of `path` through an MMU of its own, walk cache off, so that every field can be
/// compared. Throws InputError for a bad file.
VectorTally run_vectors_timed(const std::string& path);

/// Each through the walk automaton alone.
VectorTally run_vectors_automaton(const std::string& path);

/// All through shared MMUs of the shape `params`, each vector under an ASID of its own: the access
/// twice (a fault repeats, a hit is checked again), then the other kinds of access, together, and
/// with every outcome compared with the walk automaton's. Where translations are global, or entries
/// are cached by where they lie, the next vector starts behind a fence.
VectorTally run_vectors_shared(const std::string& path, const MmuParams& params);

/// A small MMU: caches that evict, no walk cache.
MmuParams small_mmu();

}  // namespace mmu
