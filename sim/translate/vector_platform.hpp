// An MMU with a memory behind it that holds what a vector lists.
#pragma once

#include <memory>
#include <vector>

#include "hw/mmu/mmu_params.hpp"
#include "sim/translate/vector_check.hpp"

namespace mmu {

class VectorPlatform {
 public:
  struct Access {
    VirtAddr va;
    AccessKind kind = AccessKind::kLoad;
    AccessContext context;
  };

  /// Builds an MMU for vectors whose format has the levels of `format`, in a SystemC kernel of its
  /// own: the last platform made is the one that may be used. Throws ConfigError for an impossible
  /// shape.
  VectorPlatform(const MmuParams& params, const PageTableFormat& format, std::uint64_t seed);
  ~VectorPlatform();

  /// Control registers and memory become those of `vector`, which must stay until the next call.
  /// TLBs and walk caches keep what they know. `asid` stands in for the vector's own.
  void become(const Vector& vector, Asid asid);

  /// Issues `accesses` in one cycle and runs until all are answered, each asked again as long as it
  /// is told to. Reads and writes of entries are those of all of them together, and stand in each.
  std::vector<Observation> access(const std::vector<Access>& accesses);
  Observation access(const Access& one) { return access(std::vector<Access>{one}).front(); }

  void fence(const FenceScope& scope);
  VectorMemory& memory();
  /// Walks done, and accesses answered without one, since the start.
  std::uint64_t walks() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mmu
