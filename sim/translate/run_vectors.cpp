#include "sim/translate/run_vectors.hpp"

#include "sim/translate/vector_platform.hpp"

namespace mmu {
namespace {

constexpr std::size_t kDifferencesKept = 5;

void count(VectorTally& tally, const Vector& vector, const std::string& difference) {
  if (difference.empty()) {
    ++tally.passed;
    return;
  }
  ++tally.failed;
  if (tally.first_differences.size() < kDifferencesKept) {
    tally.first_differences.push_back(vector.id + " (" + vector.kind + "): " + difference);
  }
}

/// Calls run(vector), which says what differs, for each vector of the file.
template <class Run>
VectorTally tally_of(const std::string& path, Run run) {
  VectorFile file(path);
  VectorTally tally;
  while (const auto vector = file.next()) count(tally, *vector, run(*vector));
  return tally;
}

/// What differs between two outcomes of one access.
std::string between(const Observation& is, const Observation& expected, VirtAddr va) {
  if (is.to.has_value() != expected.to.has_value()) {
    return is.to ? "allowed, expected a fault: " + std::string(name_of(expected.fault.kind))
                 : "a fault: " + std::string(name_of(is.fault.kind)) + ", expected none";
  }
  if (!is.to) {
    if (is.fault.kind != expected.fault.kind) {
      return "fault is " + std::string(name_of(is.fault.kind)) + ", expected " +
             std::string(name_of(expected.fault.kind));
    }
    if (is.fault.level != expected.fault.level) return "the level of the fault differs";
    return is.fault.va == expected.fault.va ? "" : "the address of the fault differs";
  }
  if (is.to->of(va) != expected.to->of(va)) return "pa differs";
  if (is.to->page_shift != expected.to->page_shift) return "page size differs";
  if (!(is.to->rights == expected.to->rights)) return "rights differ";
  return is.to->global == expected.to->global && is.to->memory_type == expected.to->memory_type &&
                 is.data_in_ram == expected.data_in_ram
             ? ""
             : "attributes differ";
}

/// One vector on a platform that others have used.
std::string run_shared(VectorPlatform& platform, const Vector& v, Asid asid) {
  platform.become(v, asid);
  VectorMemory reference(v);
  const VectorPlatform::Access own{v.va, v.access, v.context};

  // (1) Twice: the second finds what the first left behind in TLBs and walk caches.
  const Observation expected = walk_vector(v, reference, v.va, v.access);
  bool global = false;
  for (const char* turn : {"first: ", "second: "}) {
    const Observation seen = platform.access(own);
    global = global || (seen.to && seen.to->global);
    const std::string wrong = difference(v, seen, false);
    if (!wrong.empty()) return turn + wrong;
    const std::string other = between(seen, expected, v.va);
    if (!other.empty()) return std::string(turn) + "automaton: " + other;
  }

  // (2) The other kinds, with and without privilege, at the same time: as the automaton has it, of
  // which each kind walks on its own. Stores last: they change entries that loads would read.
  for (const AccessKind kind : {AccessKind::kFetch, AccessKind::kLoad, AccessKind::kStore}) {
    for (const std::uint8_t flip : {std::uint8_t{0}, AccessContext::kSupervisor,
                                    AccessContext::kUserData, AccessContext::kReadExecutable,
                                    AccessContext::kUserFetch, AccessContext::kWriteReadOnly}) {
      Vector other = v;
      other.context.bits = static_cast<std::uint8_t>(v.context.bits ^ flip);
      const Observation wanted = walk_vector(other, reference, v.va, kind);
      const VirtAddr neighbour(v.va.value() ^ 0x20'0000);
      const Observation beside = walk_vector(other, reference, neighbour, kind);
      const auto seen = platform.access({{v.va, kind, other.context},
                                         {neighbour, kind, other.context},
                                         {v.va, kind, other.context}});
      for (const Observation& one : seen) global = global || (one.to && one.to->global);
      const std::string what =
          std::string(name_of(kind)) + " with context flag " + std::to_string(flip) + " turned: ";
      std::string wrong = between(seen[0], wanted, v.va);
      if (wrong.empty()) wrong = between(seen[2], wanted, v.va);
      if (!wrong.empty()) return what + wrong;
      wrong = between(seen[1], beside, neighbour);
      if (!wrong.empty()) return what + "neighbour: " + wrong;
    }
  }
  if (global) platform.fence({});
  return "";
}

}  // namespace

MmuParams small_mmu() {
  MmuParams params;
  params.itlb = params.dtlb = {8, 4, 1, 0, 4, Replacement::kLru};
  params.stlb = {32, 4, 7, 0, 4, Replacement::kLru};
  params.walk_cache = {{}, {}, {}, {}, 1};
  params.walker = {1, 8, WalkerParams::Reads::kL1d};
  return params;
}

VectorTally run_vectors_timed(const std::string& path) {
  const MmuParams params = small_mmu();
  return tally_of(path, [&](const Vector& v) {
    VectorPlatform platform(params, v.format, 1);
    platform.become(v, v.asid);
    return difference(v, platform.access({v.va, v.access, v.context}), true);
  });
}

VectorTally run_vectors_automaton(const std::string& path) {
  return tally_of(path, [&](const Vector& v) {
    VectorMemory memory(v);
    return difference(v, walk_vector(v, memory, v.va, v.access), true);
  });
}

VectorTally run_vectors_shared(const std::string& path, const MmuParams& params) {
  std::unique_ptr<VectorPlatform> platform;
  std::unique_ptr<Vector> first;  // whose levels the platform was built for
  Asid asid = 0;
  return tally_of(path, [&](const Vector& v) {
    constexpr Asid kBatch = 500;
    const bool fits = first && first->format.depth == v.format.depth &&
                      first->format.page_shift == v.format.page_shift &&
                      first->format.va_bits == v.format.va_bits;
    if (!fits || asid == kBatch) {
      platform.reset();
      first = std::make_unique<Vector>(v);
      platform = std::make_unique<VectorPlatform>(params, first->format, 1);
      asid = 0;
    }
    // The next vector has other entries at the same places: a cache of entries must not know these.
    const bool by_place =
        params.walk_cache.organisation == WalkCacheParams::Organisation::kPteTagged;
    if (by_place && asid != 0) platform->fence({asid, std::nullopt, false});
    ++asid;
    std::string wrong = run_shared(*platform, v, asid);
    if (!wrong.empty()) {  // what it left behind may not spoil the next
      platform.reset();
      first.reset();
    }
    return wrong;
  });
}

}  // namespace mmu
