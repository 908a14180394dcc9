// ChampSim's records: what they become, which loads they wait for, and what is wrong with them.
#include "traces/champsim_trace.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>

#include "testbench/support/trace_writers.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint8_t kRsp = 6, kRax = 10, kRbx = 7, kRcx = 9, kFlags = 25, kRip = 26;

template <class Instr>
std::string bytes_of(const std::vector<Instr>& instrs) {
  return {reinterpret_cast<const char*>(instrs.data()), instrs.size() * sizeof(Instr)};
}

/// An instruction that reads `from`, loads `load` and writes `to`; 0: none.
ChampsimInstr load(std::uint8_t to, std::uint64_t address, std::uint8_t from = 0) {
  ChampsimInstr instr{};
  instr.ip = 0x401000;
  instr.destination_registers[0] = to;
  instr.source_registers[0] = from;
  instr.source_memory[0] = address;
  return instr;
}
ChampsimInstr alu(std::uint8_t to, std::uint8_t from = 0, std::uint8_t from2 = 0) {
  ChampsimInstr instr = load(to, 0, from);
  instr.source_registers[3] = from2;
  return instr;
}
ChampsimInstr store(std::uint64_t address, std::uint8_t from) {
  ChampsimInstr instr = load(0, 0, from);
  instr.destination_memory[1] = address;
  return instr;
}

class ChampsimTraceTest : public ::testing::Test {
 protected:
  TraceBlock read(const std::string& bytes, const ChampsimLayout& layout = kChampsimLayout,
                  std::uint32_t records_per_block = 65536) {
    ChampsimTrace trace(stream(folder_.write("t", bytes)), layout, records_per_block);
    return read_all(trace);
  }
  /// depends_on of the data records.
  std::vector<unsigned> dependences(const std::vector<ChampsimInstr>& instrs) {
    std::vector<unsigned> found;
    for (const TraceRecord& record : read(bytes_of(instrs)).records) {
      if (record.kind != AccessKind::kFetch) found.push_back(record.depends_on);
    }
    return found;
  }
  std::string error(const std::string& bytes, const ChampsimLayout& layout = kChampsimLayout) {
    return input_error([&] { read(bytes, layout); });
  }
  TempFolder folder_;
};

using Numbers = std::vector<unsigned>;

TEST_F(ChampsimTraceTest, InstructionIsAFetchThenItsLoadsThenItsStores) {
  ChampsimInstr instr{};
  instr.ip = 0x40103e;  // two bytes before the end of a line
  instr.is_branch = instr.branch_taken = 1;
  instr.source_memory[0] = 0x7000;
  instr.source_memory[2] = 0x703c;  // four bytes before the end of a line
  instr.destination_memory[1] = 0x8000;
  const TraceBlock all = read(bytes_of<ChampsimInstr>({instr}));
  const std::vector<TraceRecord> expected = {
      {0x40103e, TraceRecord::kNoHandle, 0, 2, 1, AccessKind::kFetch, 0},
      {0x7000, TraceRecord::kNoHandle, 0, 8, 0, AccessKind::kLoad, 0},
      {0x703c, TraceRecord::kNoHandle, 0, 4, 0, AccessKind::kLoad, 0},
      {0x8000, TraceRecord::kNoHandle, 0, 8, 0, AccessKind::kStore, 0}};
  EXPECT_TRUE(same(all.records, expected));
  EXPECT_TRUE(all.events.empty());
}

TEST_F(ChampsimTraceTest, CloudsuiteRecordHasFourOfEach) {
  CloudsuiteInstr instr{};
  instr.ip = 0x401000;
  for (std::uint64_t i = 0; i < 4; ++i) {
    instr.source_memory[i] = 0x7000 + 0x100 * i;
    instr.destination_memory[i] = 0x8000 + 0x100 * i;
  }
  instr.asid[0] = instr.asid[1] = 3;
  std::vector<std::uint64_t> addresses;
  for (const TraceRecord& r : read(bytes_of<CloudsuiteInstr>({instr}), kCloudsuiteLayout).records) {
    addresses.push_back(r.address);
  }
  EXPECT_EQ(addresses, (std::vector<std::uint64_t>{0x401000, 0x7000, 0x7100, 0x7200, 0x7300, 0x8000,
                                                   0x8100, 0x8200, 0x8300}));
  instr.source_registers[3] = kRax;
  CloudsuiteInstr first{};
  first.ip = 0x401000;
  first.destination_registers[3] = kRax;
  first.source_memory[3] = 0x7000;
  const TraceBlock two = read(bytes_of<CloudsuiteInstr>({first, instr}), kCloudsuiteLayout);
  EXPECT_EQ(two.records[3].depends_on, 1u) << "its first load on the load of the first";
  EXPECT_EQ(two.records[6].depends_on, 4u);
}

TEST_F(ChampsimTraceTest, PointerChaseDependsOnTheLoadBefore) {
  // mov rax,[..]; mov rax,[rax]; mov rax,[rax]
  EXPECT_EQ(dependences({load(kRax, 0x1000), load(kRax, 0x2000, kRax), load(kRax, 0x3000, kRax)}),
            (Numbers{0, 1, 1}));
}

TEST_F(ChampsimTraceTest, DependencePassesThroughArithmetic) {
  // mov rax,[..]; mov [..],0; lea rbx,[rax+..]; add rcx,rbx; mov rdx,[rcx]
  EXPECT_EQ(dependences({load(kRax, 0x1000), store(0x5000, 0), alu(kRbx, kRax), alu(kRcx, kRbx),
                         load(8, 0x2000, kRcx)}),
            (Numbers{0, 0, 2}));
}

TEST_F(ChampsimTraceTest, AConstantEndsADependence) {
  // mov rax,[..]; mov rax,1; mov rbx,[rax]
  EXPECT_EQ(dependences({load(kRax, 0x1000), alu(kRax), load(kRbx, 0x2000, kRax)}),
            (Numbers{0, 0}));
}

TEST_F(ChampsimTraceTest, OfTwoLoadsTheYoungestCounts) {
  // mov rax,[..]; mov rbx,[..]; add rcx,rbx,rax; mov rdx,[rcx]
  EXPECT_EQ(dependences({load(kRax, 0x1000), load(kRbx, 0x1100), alu(kRcx, kRbx, kRax),
                         load(8, 0x2000, kRcx)}),
            (Numbers{0, 0, 1}));
  EXPECT_EQ(dependences({load(kRbx, 0x1100), load(kRax, 0x1000), alu(kRcx, kRbx, kRax),
                         load(8, 0x2000, kRcx)}),
            (Numbers{0, 0, 1}));
}

TEST_F(ChampsimTraceTest, StoreAndLoadOfOneInstructionWaitForTheSame) {
  ChampsimInstr add = load(kRbx, 0x2000, kRax);  // add [rax],..
  add.destination_memory[0] = 0x2000;
  EXPECT_EQ(dependences({load(kRax, 0x1000), add, store(0x3000, kRbx)}), (Numbers{0, 1, 2, 2}))
      << "what it writes to rbx comes from its load, two data records before the last store";
}

TEST_F(ChampsimTraceTest, StackPointerFlagsAndInstructionPointerCarryNone) {
  for (const std::uint8_t special : {kRsp, kFlags, kRip}) {
    // pop, cmp, ret; then a use of what they seem to have loaded
    EXPECT_EQ(dependences({load(special, 0x1000), load(kRax, 0x2000, special)}), (Numbers{0, 0}));
  }
}

TEST_F(ChampsimTraceTest, DependenceTooFarBackIsLeftOut) {
  for (const unsigned between : {65534u, 65535u}) {
    std::vector<ChampsimInstr> instrs{load(kRax, 0x1000)};
    instrs.insert(instrs.end(), between, load(kRbx, 0x3000));
    instrs.push_back(load(kRcx, 0x2000, kRax));
    EXPECT_EQ(dependences(instrs).back(), between == 65534u ? 65535u : 0u);
  }
}

/// Follows each register back through the program: slow, and nothing like the reader.
unsigned youngest_load_behind(const std::vector<ChampsimInstr>& program, std::size_t at,
                              const std::vector<unsigned>& load_number) {
  unsigned youngest = 0;
  for (const std::uint8_t source : program[at].source_registers) {
    if (source == 0 || source == kRsp || source == kFlags || source == kRip) continue;
    for (std::size_t before = at; before-- > 0;) {
      const ChampsimInstr& writer = program[before];
      if (writer.destination_registers[0] != source && writer.destination_registers[1] != source) {
        continue;
      }
      const unsigned load = load_number[before] != 0
                                ? load_number[before]
                                : youngest_load_behind(program, before, load_number);
      youngest = std::max(youngest, load);
      break;
    }
  }
  return youngest;
}

TEST_F(ChampsimTraceTest, AnyProgramsDependencesAreThoseOfItsRegisters) {
  rc::check([this] {
    std::vector<ChampsimInstr> program;
    std::vector<unsigned> load_number;  // by instruction: its last load among all data records
    std::vector<unsigned> expected;
    const auto reg = [] {
      return *rc::gen::element<std::uint8_t>(0, kRsp, kRbx, kRax, kRcx, kFlags, kRip);
    };
    const auto count = *rc::gen::inRange<std::size_t>(1, 30);
    unsigned accesses = 0;
    for (std::size_t i = 0; i < count; ++i) {
      ChampsimInstr instr{};
      instr.ip = 0x401000 + i;
      for (std::uint8_t& name : instr.destination_registers) name = reg();
      for (std::uint8_t& name : instr.source_registers) name = reg();
      const auto loads = *rc::gen::inRange<std::size_t>(0, 3);
      const auto stores = *rc::gen::inRange<std::size_t>(0, 2);
      for (std::size_t l = 0; l < loads; ++l) instr.source_memory[l] = 0x1000 * (l + 1);
      for (std::size_t s = 0; s < stores; ++s) instr.destination_memory[s] = 0x9000;
      program.push_back(instr);
      load_number.push_back(loads > 0 ? accesses + static_cast<unsigned>(loads) : 0);
      const unsigned source = youngest_load_behind(program, i, load_number);
      for (std::size_t a = 0; a < loads + stores; ++a) {
        ++accesses;
        expected.push_back(source == 0 ? 0 : accesses - source);
      }
    }
    RC_ASSERT(dependences(program) == expected);
  });
}

TEST_F(ChampsimTraceTest, BlocksOfAnySizeGiveTheSame) {
  std::vector<ChampsimInstr> program;
  for (std::uint64_t i = 0; i < 20'000; ++i) {  // more than the reader's buffer holds
    program.push_back(load(kRax, 0x1000 + 64 * i, i % 3 == 0 ? kRax : kRbx));
  }
  const TraceBlock whole = read(bytes_of(program));
  ASSERT_EQ(whole.records.size(), 40'000u);
  for (const std::uint32_t size : {1u, 7u, 5000u}) {
    EXPECT_TRUE(same(read(bytes_of(program), kChampsimLayout, size), whole)) << size;
  }
}

TEST_F(ChampsimTraceTest, MalformedRecordNamesItsPlace) {
  std::vector<ChampsimInstr> program(3, load(kRax, 0x1000));
  program[2].is_branch = 2;
  EXPECT_NE(error(bytes_of(program)).find("/t: record 3 at byte 128: is_branch is neither"),
            std::string::npos);
  program[2].is_branch = 0;
  program[2].branch_taken = 0xff;
  EXPECT_NE(error(bytes_of(program)).find("record 3 at byte 128: branch_taken is neither"),
            std::string::npos);
  program[1].ip = 0;
  EXPECT_NE(error(bytes_of(program)).find("record 2 at byte 64: the instruction has the address 0"),
            std::string::npos);
  EXPECT_NE(error(gzip_of(bytes_of(program))).find("record 2 at byte 64 (decompressed): the"),
            std::string::npos);
}

TEST_F(ChampsimTraceTest, EveryCutInsideOfARecordIsAnErrorBehindTheWholeOnes) {
  const std::string bytes = bytes_of<ChampsimInstr>({load(kRax, 0x1000), load(kRax, 0x2000)});
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    const std::string wrong = error(bytes.substr(0, cut));
    if (cut == 64) {
      EXPECT_EQ(wrong, "");
      continue;
    }
    EXPECT_NE(wrong.find("record " + std::to_string(cut / 64 + 1) + " at byte " +
                         std::to_string(cut / 64 * 64) + ": the trace ends after " +
                         std::to_string(cut % 64) + " of its 64 bytes"),
              std::string::npos)
        << wrong;
  }
  ChampsimTrace trace(stream(folder_.write("t", bytes.substr(0, 100))), kChampsimLayout);
  TraceBlock block;
  ASSERT_TRUE(trace.next(block));
  EXPECT_EQ(block.records.size(), 2u);
  EXPECT_THROW(trace.next(block), InputError);
  EXPECT_THROW(trace.next(block), InputError) << "and again";
}

}  // namespace
}  // namespace mmu::traces
