// What must hold whatever the program does. MMUSIM_OPERATIONS: how many a random program does at
// least, over all formats.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <random>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

/// A program that maps, touches, protects, moves and unmaps at random, and what it may expect. It
/// thinks in pages of `page_bytes`, which may be smaller than those of the machine.
class RandomProgram {
 public:
  RandomProgram(OsMachine& machine, std::uint64_t seed, std::uint64_t page_bytes = kPage)
      : m_(machine), rng_(seed), page_(page_bytes) {}

  void step() {
    const std::uint64_t dice = rng_() % 100;
    const std::uint64_t bytes = (1 + rng_() % (dice % 7 == 0 ? 1400 : 20)) * page_;
    const std::uint64_t at = place(bytes);
    if (dice < 8) {
      const std::uint64_t prot = rng_() % 4 == 0 ? kRead : kReadWrite;
      m_.mmap(at, bytes, prot);
      for (std::uint64_t va = at; va < at + bytes; va += page_) pages_[va] = {prot, 0};
    } else if (dice < 12) {
      m_.munmap(at, bytes);
      pages_.erase(pages_.lower_bound(at), pages_.lower_bound(at + bytes));
    } else if (dice < 17) {
      protect(at, bytes);
    } else if (dice < 20) {
      move(at, bytes);
    } else {
      touch();
    }
  }

  /// Each page that is mapped is one that the program has (a part of), has the rights of all parts
  /// together, and is where it was.
  void check() {
    const auto table = m_.table();
    const std::uint64_t whole = std::max(page_, m_.format.page_bytes());
    std::uint64_t base_pages = 0;
    for (const auto& [va, page] : table) {
      for (std::uint64_t at = va; at < va + (std::uint64_t{1} << page.shift); at += whole) {
        base_pages += whole / m_.format.page_bytes();
        bool known = false, may_write = false;
        for (auto it = pages_.lower_bound(at); it != pages_.end() && it->first < at + whole; ++it) {
          known = true;
          may_write = may_write || (it->second.prot & 2) != 0;
          const std::uint64_t pa = page.pa + (it->first - va);
          EXPECT_TRUE(it->second.pa == 0 || it->second.pa == pa) << "the frame changed";
        }
        ASSERT_TRUE(known) << "mapped, but unmapped: " << std::hex << at;
        EXPECT_EQ(page.rights.write, may_write) << std::hex << at;
      }
    }
    EXPECT_LE(base_pages, m_.kernel.stats().frames_in_use);
    m_.expect_nothing_stale();
  }

 private:
  struct Page {
    std::uint64_t prot;
    std::uint64_t pa;  // 0: not touched yet
  };
  static constexpr std::uint64_t kBase = 0x40000000;

  std::uint64_t place(std::uint64_t bytes) {
    const std::uint64_t page = rng_() % (8 * 512);
    return kBase + (bytes > 100 * page_ ? page / 512 * 512 : page) * page_;
  }

  void protect(std::uint64_t at, std::uint64_t bytes) {
    const std::uint64_t prot = rng_() % 3 == 0 ? 0 : rng_() % 2 == 0 ? kRead : kReadWrite;
    m_.mprotect(at, bytes, prot);
    for (auto it = pages_.lower_bound(at); it != pages_.end() && it->first < at + bytes; ++it) {
      it->second.prot = prot;
    }
  }

  void move(std::uint64_t at, std::uint64_t bytes) {
    const std::uint64_t to = place(bytes);
    if (to < at + bytes && at < to + bytes) return;
    const std::uint64_t failed = m_.kernel.stats().failed_here;
    m_.mremap(at, bytes, bytes, to);
    if (m_.kernel.stats().failed_here != failed) return;  // not one area
    for (std::uint64_t offset = 0; offset < bytes; offset += page_) {
      pages_[to + offset] = pages_.at(at + offset);
      if (page_ < m_.format.page_bytes()) pages_[to + offset].pa = 0;  // may come anew
      pages_.erase(at + offset);
    }
  }

  void touch() {
    if (pages_.empty()) return;
    auto it = pages_.lower_bound(place(page_));
    if (it == pages_.end()) it = pages_.begin();
    if (it->second.prot == 0) return;
    const bool write = (it->second.prot & 2) != 0 && rng_() % 2 == 0;
    m_.access(it->first + 8, write ? AccessKind::kStore : AccessKind::kLoad);
    const VirtAddr va(it->first);
    Walk walk(m_.format, va, m_.kernel.control().root);
    WalkStep step = Descend{};
    while (std::holds_alternative<Descend>(step)) {
      step = walk.consume(m_.memory.load(walk.entry_address(), m_.format.pte_bytes));
    }
    const std::uint64_t pa = std::get<Translation>(step).of(va).value();
    EXPECT_TRUE(it->second.pa == 0 || it->second.pa == pa) << "the frame changed";
    it->second.pa = pa;
  }

  OsMachine& m_;
  std::mt19937_64 rng_;
  std::uint64_t page_;
  std::map<std::uint64_t, Page> pages_;
};

OsSetup setup_of(const std::string& format, bool huge, bool contiguous = false) {
  OsSetup setup;
  setup.format = format;
  setup.huge_pages = huge;
  setup.contiguous_pages = contiguous;
  setup.memory_bytes = 32 * kMiB * (find_format(format)->page_bytes() / 4096);
  return setup;
}

constexpr std::uint64_t kOperations = 2000;  // of a program

/// Programs for each format.
std::uint64_t programs() {
  constexpr std::uint64_t kLeast = 4;
  const char* const wanted = std::getenv("MMUSIM_OPERATIONS");
  if (wanted == nullptr) return kLeast;
  const std::uint64_t round = kOperations * std::size(kAllFormats);
  const std::uint64_t operations = std::strtoull(wanted, nullptr, 0);
  return std::max(kLeast, (operations + round - 1) / round);
}

void expect_laws_hold(const OsSetup& setup, std::uint64_t seed, std::uint64_t page_bytes) {
  OsMachine m(setup);
  RandomProgram program(m, seed, page_bytes);
  for (std::uint64_t i = 0; i < kOperations; ++i) {
    program.step();
    if (i % 50 == 0) program.check();
    ASSERT_FALSE(testing::Test::HasFailure())
        << setup.format << " huge " << setup.huge_pages << " groups " << setup.contiguous_pages
        << " pages of " << page_bytes << " step " << i;
  }
  m.munmap(0x40000000, 8192 * page_bytes);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  EXPECT_EQ(m.kernel.stats().table_pages, 1u);
  EXPECT_EQ(m.kernel.stats().areas, 0u);
  m.expect_nothing_stale();
}

TEST(Laws, NothingIsStaleSharedOrLostInARandomProgram) {
  for (const char* format : kAllFormats) {
    const std::uint64_t page_bytes = find_format(format)->page_bytes();
    for (std::uint64_t seed = 1; seed <= programs(); ++seed) {
      expect_laws_hold(setup_of(format, seed % 2 == 0, (seed - 1) % 4 > 1), seed, page_bytes);
    }
  }
}

TEST(Laws, HoldForProgramsOfSmallerPagesToo) {
  for (const char* format : {"aarch64-16k", "aarch64-64k"}) {
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
      expect_laws_hold(setup_of(format, seed == 2, seed == 3), seed, kPage);
    }
  }
}

TEST(Laws, TheMapDependsOnTheProgramAlone) {
  std::uint64_t hash = 0;
  for (const AdUpdate ad : {AdUpdate::kHardware, AdUpdate::kFault}) {
    for (const char* format : {"sv39", "sv57", "x86-64-4level"}) {
      OsSetup setup = setup_of(format, true);
      setup.ad_update = ad;
      OsMachine m(setup);
      RandomProgram program(m, 3);
      for (int i = 0; i < 1000; ++i) program.step();
      if (hash == 0) hash = m.kernel.map_hash();
      EXPECT_EQ(m.kernel.map_hash(), hash) << format;
    }
  }
  OsMachine m(setup_of("sv39", true));
  RandomProgram other(m, 4);
  for (int i = 0; i < 1000; ++i) other.step();
  EXPECT_NE(m.kernel.map_hash(), hash);
}

TEST(Laws, FreedFramesAreUsedAgainForARegionLargerThanMemory) {
  OsSetup setup;
  setup.memory_bytes = kMiB;  // 191 frames
  OsMachine m(setup);
  for (std::uint64_t round = 0; round < 40; ++round) {
    const std::uint64_t at = 0x10000000 + round * 0x4000000;  // other tables each time
    m.mmap(at, 150 * kPage);
    for (std::uint64_t i = 0; i < 150; ++i) m.access(at + i * kPage, AccessKind::kStore);
    EXPECT_EQ(m.table().size(), 150u);
    m.munmap(at, 150 * kPage);
    m.expect_nothing_stale();
  }
  EXPECT_EQ(m.kernel.stats().minor_faults, 40u * 150);
  EXPECT_EQ(m.kernel.stats().frames_peak, 150u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
}

TEST(Laws, SixtyFourGiBConfiguredCostOnlyWhatIsTouched) {
  OsSetup setup;
  setup.memory_bytes = std::uint64_t{64} << 30;
  OsMachine m(setup);
  m.mmap(0x10000000, std::uint64_t{16} << 30);
  for (std::uint64_t i = 0; i < 100; ++i) m.access(0x10000000 + i * 0x8000000);
  // Only page-table pages hold bytes: a root, 13 of level 1 (256 MiB to 12.75 GiB), 100.
  EXPECT_EQ(m.memory.blocks(), m.kernel.stats().table_pages);
  EXPECT_EQ(m.kernel.stats().table_pages, 1u + 13 + 100);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 100u);
}

}  // namespace
}  // namespace mmu::test
