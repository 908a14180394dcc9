// Explanations against entries that were put together by hand from the manuals.
#include "sim/translate/explain.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

#include "hw/arch/errors.hpp"
#include "hw/common/sparse_memory.hpp"
#include "sim/translate/state_words.hpp"

namespace mmu::test {
namespace {

/// A table with its root at 0x1000 and these entries.
class Table {
 public:
  Table(const std::string& format,
        std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> entries) {
    FormatOptions options;
    options.napot = true;
    format_ = with_options(*find_format(format), options);
    for (const auto& [at, entry] : entries) memory_.store(PhysAddr(at), format_.pte_bytes, entry);
  }
  std::string explain(std::uint64_t va, AccessKind kind, AdUpdate ad = AdUpdate::kHardware) {
    const TranslationControl control{&format_, PhysAddr(0x1000), 7, ad};
    return explain_translation(control, memory_, VirtAddr(va), {kind, {}, true});
  }

 private:
  SparseMemory memory_{std::uint64_t{1} << 20};
  PageTableFormat format_;
};

void expect_lines(const std::string& text, std::initializer_list<const char*> lines) {
  std::size_t at = 0;
  for (const std::string line : lines) {
    const std::size_t found = text.find(line + "\n", at);
    EXPECT_NE(found, std::string::npos) << "no (or not here) \"" << line << "\" in\n" << text;
    if (found != std::string::npos) at = found;
  }
}

// VPN[2] = VPN[1] = VPN[0] = 1: entries at 0x1008, 0x2008, 0x3008. Pointers: PPN << 10 | V. The
// leaf: PPN 0x80005, D 0x80 A 0x40 U 0x10 W 4 R 2 V 1.
constexpr std::uint64_t kVa = 0x4020'1234;
Table sv39(std::uint64_t leaf) {
  return {"sv39", {{0x1008, 0x2u << 10 | 1}, {0x2008, 0x3u << 10 | 1}, {0x3008, leaf}}};
}

TEST(Explain, AWalkOfThreeLevelsWithEachBit) {
  expect_lines(
      sv39(0x8'0005u << 10 | 0xd7).explain(kVa, AccessKind::kStore),
      {"store of VA 0x40201234 in user mode",
       "format sv39, table at 0x1000, ASID 7, A and D set by hardware",
       "level 2 entry: VA[38:30] = 0x1; at 0x1008: 0x0000000000000801",
       "    V            [0]      0x1       valid",
       "    XWR          [3:1]    0x0       none set: a pointer to the next table",
       "    PPN          [53:10]  0x2       address 0x2000",
       "level 1 entry: VA[29:21] = 0x1; at 0x2008: 0x0000000000000c01",
       "level 0 entry: VA[20:12] = 0x1; at 0x3008: 0x00000000200014d7",
       "    R            [1]      0x1       loads", "    W            [2]      0x1       stores",
       "    X            [3]      0x0       no fetches",
       "    U            [4]      0x1       user mode",
       "    A            [6]      0x1       accessed", "    D            [7]      0x1       dirty",
       "    PPN          [53:10]  0x80005   address 0x80005000", "  a page of 4 KiB at 0x80005000",
       "PA 0x80005234 = 0x80005000 + 0x234", "verdict: the store goes ahead"});
}

TEST(Explain, VerdictsOfRiscv) {
  const std::uint64_t frame = 0x8'0005u << 10;
  expect_lines(sv39(frame | 0xd3).explain(kVa, AccessKind::kStore),
               {"verdict: no permission: store/AMO page fault, scause 15"});
  expect_lines(sv39(0).explain(kVa, AccessKind::kFetch),
               {"verdict: page not present: instruction page fault, scause 12"});
  expect_lines(sv39(frame | 0xd5).explain(kVa, AccessKind::kLoad),  // W without R
               {"verdict: malformed entry: load page fault, scause 13"});
  expect_lines(sv39(frame | 0x17).explain(kVa, AccessKind::kStore, AdUpdate::kFault),
               {"verdict: accessed bit clear: store/AMO page fault, scause 15"});
  expect_lines(
      sv39(frame | 0x17).explain(kVa, AccessKind::kStore),
      {"  the walker sets A or D: the entry becomes 0x200014d7", "verdict: the store goes ahead"});
  expect_lines(sv39(0).explain(std::uint64_t{1} << 40, AccessKind::kLoad),
               {"verdict: address not canonical: load page fault, scause 13"});
}

// "Svnapot": PPN 0x80018 with N: the 64 KiB at 0x80010000; VA[15:0] = 0x1234.
TEST(Explain, AnEntryOfAGroupMapsTheWholeGroup) {
  expect_lines(
      sv39(std::uint64_t{1} << 63 | 0x8'0018u << 10 | 0xd7).explain(kVa, AccessKind::kLoad),
      {"    N            [63]     0x1       one of 16 pages that form 64 KiB",
       "  a page of 64 KiB at 0x80010000, of which this entry is a part",
       "PA 0x80011234 = 0x80010000 + 0x1234"});
}

// PML4E[0] at 0x1000, PDPTE[1] at 0x2008, PDE[1] at 0x3008: a page of 2 MiB at 0x600000 with XD
// and PAT. The PDPTE lacks R/W.
TEST(Explain, RightsThatX86HandsDown) {
  Table table("x86-64-4level",
              {{0x1000, 0x2067}, {0x2008, 0x3065}, {0x3008, 0x8000'0000'0060'10e7}});
  const std::string text = table.explain(kVa, AccessKind::kStore);
  expect_lines(text, {"PML4E: VA[47:39] = 0x0; at 0x1000: 0x0000000000002067",
                      "PDPTE: VA[38:30] = 0x1; at 0x2008: 0x0000000000003065",
                      "    R/W          [1]      0x0       no writes below",
                      "  a pointer: table at 0x3000; allowed below: reads, fetches; user mode too",
                      "PDE: VA[29:21] = 0x1; at 0x3008: 0x80000000006010e7",
                      "    R/W          [1]      0x1       writes",
                      "    PS           [7]      0x1       maps a page",
                      "    PAT          [12]     0x1       memory type: high bit",
                      "    address      [51:21]  0x3       address 0x600000",
                      "    XD           [63]     0x1       no fetches",
                      "  a page of 2 MiB at 0x600000", "PA 0x601234 = 0x600000 + 0x1234",
                      "verdict: no permission: #PF, error code 0x7: present, write, user mode"});
  expect_lines(table.explain(kVa, AccessKind::kFetch),
               {"verdict: no permission: #PF, error code 0x15: present, read, user mode, fetch"});
}

// Level 0 to 3 of Arm: index 0 at 0x1000, 1 at 0x2008, 1 at 0x3008, 1 at 0x4008. The page: AP 11
// (read-only), AF, nG: 0x5000 | 0xc00 | 0xc0 | 3. Permission fault, level 3: 0b001111.
TEST(Explain, LevelsAndCodesOfArm) {
  Table table("aarch64-4k",
              {{0x1000, 0x2003}, {0x2008, 0x3003}, {0x3008, 0x4003}, {0x4008, 0x5cc3}});
  expect_lines(table.explain(kVa, AccessKind::kStore),
               {"store of VA 0x40201234 at EL0",
                "level 0 entry: VA[47:39] = 0x0; at 0x1000: 0x0000000000002003",
                "    Type         [1]      0x1       table",
                "level 3 entry: VA[20:12] = 0x1; at 0x4008: 0x0000000000005cc3",
                "    AP[2:1]      [7:6]    0x3       EL1 and EL0 read",
                "    AF           [10]     0x1       accessed",
                "    nG           [11]     0x1       of its ASID", "PA 0x5234 = 0x5000 + 0x234",
                "verdict: no permission: permission fault, level 3: fault status code 0x0f"});
}

// VPN[1] = 0x101, VPN[0] = 0x201, times four bytes.
TEST(Explain, EntriesOfFourBytes) {
  Table table("sv32", {{0x1404, 0x2u << 10 | 1}, {0x2804, 0x5u << 10 | 0xdf}});
  expect_lines(
      table.explain(0x4060'1234, AccessKind::kFetch),
      {"level 1 entry: VA[31:22] = 0x101; at 0x1404: 0x00000801",
       "level 0 entry: VA[21:12] = 0x201; at 0x2804: 0x000014df",
       "    PPN          [31:10]  0x5       address 0x5000", "PA 0x5234 = 0x5000 + 0x234"});
}

TEST(StateWords, AreThoseOfTheFamily) {
  EXPECT_EQ(read_state(Family::kRiscv, {}), AccessContext{});
  EXPECT_EQ(read_state(Family::kRiscv, {"supervisor", "mxr"}), riscv_context(true, false, true));
  EXPECT_EQ(read_state(Family::kRiscv, {"sum"}), riscv_context(false, true, false));
  EXPECT_EQ(read_state(Family::kX86, {"supervisor", "smap"}),
            x86_context(true, false, false, true, false));
  EXPECT_EQ(read_state(Family::kX86, {"supervisor", "wp", "smep", "smap", "ac"}),
            x86_context(true, true, true, true, true));
  EXPECT_EQ(read_state(Family::kArm, {"el1", "pan"}), arm_context(true, true));
  EXPECT_THROW(read_state(Family::kArm, {"sum"}), ConfigError);
}

}  // namespace
}  // namespace mmu::test
