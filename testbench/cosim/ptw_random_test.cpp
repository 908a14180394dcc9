// Random walks through the RTL walker and through the walk automaton: all that comes out, and when.
// MMUSIM_WALKS: how many for each format; MMUSIM_SEED: the first of their seeds.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <random>
#include <unordered_map>

#include "testbench/cosim/ptw_contract.hpp"

namespace mmu {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : rng_(seed) {}
  std::uint64_t operator()() { return rng_(); }
  bool one_in(unsigned n) { return rng_() % n == 0; }
  std::uint64_t below(std::uint64_t n) { return rng_() % n; }

 private:
  std::mt19937_64 rng_;
};

/// Every address holds an entry, which depends on the seed; some places answer with an error.
class RandomMemory final : public PhysicalMemory {
 public:
  RandomMemory(const PageTableFormat& format, std::uint64_t seed) : format_(format), seed_(seed) {}

  std::uint64_t size_bytes() const override { return std::uint64_t{1} << 56; }
  std::uint64_t load(PhysAddr address, unsigned /*bytes*/) const override {
    const auto found = words_.find(address.value());
    return found != words_.end() ? found->second : entry(address);
  }
  void store(PhysAddr address, unsigned /*bytes*/, std::uint64_t value) override {
    words_[address.value()] = value;
  }
  bool permits(PhysAddr address, unsigned /*bytes*/, bool write) const override {
    Random random(hash(address) + 1);
    if (random.one_in(40)) return false;
    return !write || !random.one_in(10);
  }

  /// What becomes of the entry at `address` while the walk that has read it goes on.
  void disturb(PhysAddr address, Random& random) {
    const std::uint64_t pte = load(address, format_.pte_bytes);
    switch (random.below(4)) {
      case 0:
        return store(address, format_.pte_bytes, pte | format_.accessed.mask);
      case 1:
        return store(address, format_.pte_bytes, pte & ~format_.valid.mask);
      case 2:
        return store(address, format_.pte_bytes, pte ^ (std::uint64_t{1} << format_.frame.lsb));
      default:
        return store(address, format_.pte_bytes, pte | format_.dirty.mask);
    }
  }

 private:
  std::uint64_t hash(PhysAddr address) const {
    return (address.value() ^ seed_) * 0x9E37'79B9'7F4A'7C15;
  }
  std::uint64_t entry(PhysAddr address) const {
    Random random(hash(address));
    std::uint64_t frame = random() & ((std::uint64_t{1} << format_.frame.width) - 1);
    const unsigned index = format_.pte_bytes == 4 ? 10 : 9;
    frame &= ~std::uint64_t{0} << index * random.below(format_.depth);  // aligned to some level
    std::uint64_t pte = frame << format_.frame.lsb | (random() & 0x3F0) | format_.valid.mask;
    if (random.one_in(2)) {  // a pointer
      pte &= ~format_.zero_in_table;
      if (random.one_in(24)) pte |= random() & format_.zero_in_table;
    } else {
      pte |= random() & 0xE;
      if (random.one_in(2)) pte |= 0xE;
      if (format_.pte_bytes == 8 && random.one_in(4)) {
        pte |= format_.contiguous;
        if (!random.one_in(4)) pte = (pte & ~std::uint64_t{0x3C00}) | 0x2000;
      }
      if (format_.pte_bytes == 8 && random.one_in(4)) pte |= random.below(4) << 61;
    }
    if (random.one_in(24)) pte &= ~format_.valid.mask;
    if (format_.pte_bytes == 8 && random.one_in(24))
      pte |= std::uint64_t{1} << 54 << random.below(7);
    return format_.pte_bytes == 4 ? pte & 0xFFFF'FFFF : pte;
  }

  const PageTableFormat& format_;
  std::uint64_t seed_;
  std::unordered_map<std::uint64_t, std::uint64_t> words_;
};

PhysAddr random_table(const PageTableFormat& format, Random& random) {
  return PhysAddr((random() & ((std::uint64_t{1} << format.frame.width) - 1)) << kBasePageShift);
}

VirtAddr random_va(const PageTableFormat& format, Random& random) {
  if (!format.sign_extended) return VirtAddr(random() & 0xFFFF'FFFF);
  if (random.one_in(30)) return VirtAddr(random());
  const unsigned spare = 64u - format.va_bits;
  return VirtAddr(
      static_cast<std::uint64_t>(static_cast<std::int64_t>(random() << spare) >> spare));
}

void add_fences(PtwPlan& plan, Random& random) {
  if (!random.one_in(2)) return;
  const std::uint64_t span = 2 + random.below(60);
  for (Cycle at = random.below(6); at < span; at += 1 + random.below(span)) {
    FenceScope scope;
    if (random.one_in(2)) {  // near: on the walk's path for some levels at least
      scope.va = VirtAddr(plan.va.value() ^
                          (random.one_in(3) ? 0 : std::uint64_t{1} << (12 + random.below(19))));
    }
    if (random.one_in(2)) scope.asid = static_cast<Asid>(plan.asid ^ (random.one_in(3) ? 1u : 0u));
    scope.leaf_only = random.one_in(4);
    plan.fences.push_back({at, scope});
  }
}

PtwPlan random_plan(const PageTableFormat& format, Random& random) {
  PtwPlan plan;
  FormatOptions options;
  options.napot = !random.one_in(4);
  options.pbmt = !random.one_in(4);
  plan.format = format.pte_bytes == 8 ? with_options(format, options) : format;
  plan.va = random_va(format, random);
  plan.root = random_table(format, random);
  plan.asid = static_cast<Asid>(random.below(1u << format.asid_bits));
  plan.kind = static_cast<AccessKind>(random.below(4));
  plan.context = riscv_context(random.one_in(2), random.one_in(2), random.one_in(2));
  plan.ad = random.one_in(4) ? AdUpdate::kFault : AdUpdate::kHardware;
  plan.may_set_dirty = !random.one_in(4);
  plan.look_up = random.below(4);
  plan.hit = random.one_in(2);
  plan.hit_level = static_cast<unsigned>(random.below(format.depth - 1));
  plan.hit_table = random_table(format, random);
  plan.hit_global = random.one_in(2);
  const std::uint64_t longest = random.one_in(8) ? 200 : 4;
  for (unsigned i = 0; i < 16; ++i) {
    plan.accesses.push_back({random.one_in(3) ? random.below(6) : 0, 1 + random.below(longest)});
  }
  plan.result_stall = random.one_in(3) ? random.below(20) : 0;
  add_fences(plan, random);
  return plan;
}

class PtwRandom : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Formats, PtwRandom, testing::Values("sv32", "sv39", "sv48", "sv57"),
                         [](const auto& param) { return std::string(param.param); });

TEST_P(PtwRandom, WalksAgreeWithTheAutomatonInValueAndCycle) {
  const PageTableFormat& format = *find_format(GetParam());
  const std::uint64_t walks = from_environment("MMUSIM_WALKS", 20'000);
  const std::uint64_t first = from_environment("MMUSIM_SEED", 1);
  PtwBench bench(format.depth);
  std::array<std::uint64_t, 10> results{};
  std::uint64_t updates = 0, retries = 0, fills = 0, fills_without_fences = 0;
  for (std::uint64_t seed = first; seed < first + walks; ++seed) {
    Random random(seed);
    PtwPlan plan = random_plan(format, random);
    RandomMemory memory(format, seed), other(format, seed);
    const bool races = random.one_in(3);
    const auto meanwhile = [&](RandomMemory& bytes) {
      return [&bytes, seed, races](unsigned number, PhysAddr entry) {
        Random choice(seed ^ number * 0x5DEE'CE66D);
        if (races && number < 12 && choice.one_in(3)) bytes.disturb(entry, choice);
      };
    };
    plan.meanwhile = meanwhile(memory);
    const PtwSeen seen = bench.walk(plan, memory);
    plan.meanwhile = meanwhile(other);
    const PtwSeen expected = expected_walk(plan, other);
    ASSERT_TRUE(seen == expected) << "seed " << seed << "\n  RTL       " << seen << "\n  automaton "
                                  << expected;
    for (const PtwSeen::Access& access : seen.accesses) {
      ASSERT_EQ(memory.load(PhysAddr(access.address), 8), other.load(PhysAddr(access.address), 8));
    }
    ++results[static_cast<unsigned>(seen.verdict)];
    bool updating = false;
    for (const PtwSeen::Access& access : seen.accesses) {
      if (updating && !access.update) ++retries;
      updating = access.update;
      updates += access.update ? 1 : 0;
    }
    fills += seen.fills.size();
    plan.fences.clear();
    RandomMemory again(format, seed);
    plan.meanwhile = meanwhile(again);
    fills_without_fences += expected_walk(plan, again).fills.size();
  }
  // Each outcome has been seen, each rule has been put to use.
  for (unsigned i = 0; i < results.size(); ++i) {
    if (i == 2 && !format.sign_extended) continue;  // no address is outside of Sv32
    EXPECT_GT(results[i], walks / 1000) << name_of(static_cast<PtwResult>(i));
  }
  EXPECT_GT(updates, walks / 100);
  EXPECT_GT(retries, walks / 1000);
  EXPECT_GT(fills, walks / 10);
  EXPECT_GT(fills_without_fences, fills + walks / 100);
  std::cout << walks << " walks, " << bench.cycles() << " cycles, " << updates << " updates, "
            << retries << " retries, " << fills_without_fences - fills
            << " fills dropped by fences\n";
}

}  // namespace
}  // namespace mmu
