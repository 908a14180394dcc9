// hash: looking for keys in a table. It needs no memory here: whether a slot is full is computed
// from its number.
#include "traces/workloads/keys.hpp"
#include "traces/workloads/pattern.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint16_t kWord = 8;
constexpr std::uint64_t kSlot = 16;                        // bytes: key and value
constexpr std::uint64_t kInput = std::uint64_t{64} << 10;  // bytes: keys to look for, a buffer
constexpr unsigned kLoop = 16;                             // instruction at which it begins

/// Open addressing with double hashing; the keys are not there, so a probe ends at the first empty
/// slot. A slot is full with probability `load`, as in uniform hashing.
class Hash final : public Pattern {
 public:
  Hash(const Values& values, Program& program)
      : slots_(values.number("bytes") / kSlot),
        full_(static_cast<double>(values.number("load")) / 100),
        seed_(values.number("seed")),
        table_(area_of(values, program, values.number("bytes"))),
        input_(area_of(values, program, kInput)),
        keys_(values, slots_) {}

  void operate(Emitter& emit) override {
    emit.at(0);
    const std::uint64_t key = keys_.next();
    const std::uint64_t loaded = emit.load(input_ + next_input_, kWord);
    next_input_ = (next_input_ + kWord) % kInput;
    emit.compute(6);  // both hash functions
    std::uint64_t slot = scaled(mixed(key + seed_), slots_);
    // Odd, and the slots are a multiple of 256: it comes round to many of them.
    const std::uint64_t step = scaled(mixed(key ^ ~seed_), slots_ / 2) * 2 + 1;
    for (std::uint64_t probes = 1;; ++probes) {
      emit.at(kLoop);
      emit.load(table_ + slot * kSlot, kWord, loaded);
      emit.compute(3);  // compare with the key, with empty, branch
      if (!is_full(slot) || probes == slots_) return;
      emit.compute(2);  // the next slot
      slot = (slot + step) % slots_;
    }
  }

 private:
  bool is_full(std::uint64_t slot) const {
    return static_cast<double>(mixed(mixed(slot) + seed_) >> 11) * 0x1p-53 < full_;
  }

  std::uint64_t slots_;
  double full_;
  std::uint64_t seed_, table_, input_;
  Keys keys_;
  std::uint64_t next_input_ = 0;
};

}  // namespace

WorkloadKind hash_workload() {
  return {"hash",
          "keys from a buffer are looked for in a hash table of slots of 16 bytes, in vain",
          "open addressing with double hashing (Knuth, vol. 3, 6.4): 1 / (1 - load) probes a key",
          {bytes_parameter("64MiB", "of the table"),
           {"load", Parameter::Kind::kCount, "percent", "50", 0, 95, 1, "",
            "of the slots that are full"},
           theta_parameter("0", "Zipf's, of the keys; 0: all alike"),
           kSeed},
          make_pattern<Hash>};
}

}  // namespace mmu::traces
