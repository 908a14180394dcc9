// uniform, gups, zipf: each access anywhere in an array, independent of all others.
#include <algorithm>

#include "hw/arch/errors.hpp"
#include "traces/workloads/pattern.hpp"
#include "traces/workloads/permutation.hpp"
#include "traces/workloads/random.hpp"
#include "traces/workloads/zipf.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint16_t kWord = 8;

/// A loop with one access, whose address takes four instructions to find.
void access(Emitter& emit, AccessKind kind, std::uint64_t address) {
  emit.at(0);
  emit.compute(4);
  if (kind == AccessKind::kModify) emit.modify(address, kWord);
  if (kind == AccessKind::kStore) emit.store(address, kWord);
  if (kind == AccessKind::kLoad) emit.load(address, kWord);
  emit.compute(1);
}

class Uniform final : public Pattern {
 public:
  Uniform(const Values& values, Program& program)
      : words_(values.number("bytes") / kWord),
        writes_(values.number("writes")),
        base_(area_of(values, program, values.number("bytes"))),
        random_(values.number("seed")) {}

  void operate(Emitter& emit) override {
    const std::uint64_t address = base_ + random_.below(words_) * kWord;
    access(emit, random_.chance(writes_) ? AccessKind::kStore : AccessKind::kLoad, address);
  }

 private:
  std::uint64_t words_, writes_, base_;
  Random random_;
};

/// table[r mod n] ^= r
class Gups final : public Pattern {
 public:
  Gups(const Values& values, Program& program)
      : words_(values.number("bytes") / kWord),
        base_(area_of(values, program, values.number("bytes"))),
        random_(values.number("seed")) {}

  void operate(Emitter& emit) override {
    access(emit, AccessKind::kModify, base_ + random_.below(words_) * kWord);
  }

 private:
  std::uint64_t words_, base_;
  Random random_;
};

class ZipfPattern final : public Pattern {
 public:
  ZipfPattern(const Values& values, Program& program)
      : item_(values.number("item")),
        writes_(values.number("writes")),
        scattered_(values.is("order", "scattered")),
        items_(std::max<std::uint64_t>(values.number("bytes") / item_, 1)),
        base_(area_of(values, program, values.number("bytes"))),
        random_(values.number("seed")),
        zipf_(items_, values.real("theta")),
        places_(items_, values.number("seed")) {
    if (item_ > values.number("bytes")) {
      throw ConfigError("workload zipf: item is larger than bytes; it must be at most that");
    }
  }

  void operate(Emitter& emit) override {
    const std::uint64_t rank = zipf_.draw(random_);
    const std::uint64_t address = base_ + (scattered_ ? places_.at(rank) : rank) * item_;
    access(emit, random_.chance(writes_) ? AccessKind::kStore : AccessKind::kLoad, address);
  }

 private:
  std::uint64_t item_, writes_;
  bool scattered_;
  std::uint64_t items_, base_;
  Random random_;
  Zipf zipf_;
  Permutation places_;
};

}  // namespace

WorkloadKind uniform_workload() {
  return {"uniform",
          "words of 8 bytes of an array, all equally likely",
          "the independent reference model (Coffman, Denning 1973)",
          {bytes_parameter("64MiB", "of the array"), kWrites, kSeed},
          make_pattern<Uniform>};
}

WorkloadKind gups_workload() {
  return {"gups",
          "reads, changes and writes words of a table, all equally likely",
          "HPCC RandomAccess (Luszczek et al. 2005); SplitMix64 in place of its shift register",
          {bytes_parameter("64MiB", "of the table"), kSeed},
          make_pattern<Gups>};
}

WorkloadKind zipf_workload() {
  return {"zipf",
          "the first 8 bytes of items of an array, the i-th popular one as often as 1 / i^theta",
          "YCSB (Cooper et al. 2010), after Gray et al. 1994; drawn exactly, by "
          "rejection-inversion (Hörmann, Derflinger 1996)",
          {bytes_parameter("64MiB", "of the array"),
           {"item", Parameter::Kind::kBytes, "", "64", 8, kMostBytes, 8, "", "of one item"},
           theta_parameter("0.99", "how uneven; 0: all items alike"),
           {"order", Parameter::Kind::kChoice, "", "scattered", 0, 0, 1, "scattered|sorted",
            "popular items lie anywhere, or first in the array"},
           kWrites,
           kSeed},
          make_pattern<ZipfPattern>};
}

}  // namespace mmu::traces
