// Initial images from ELF files that the test writes, byte by byte, and from its own program.
#include "traces/elf_image.hpp"

#include <elf.h>
#include <gtest/gtest.h>

#include <functional>

#include "hw/arch/hex.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"
#include "traces/with_executable.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint64_t kPage = 4096;

template <class T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

struct Program {
  Program(std::uint16_t type, std::uint16_t machine) {
    const unsigned char ident[EI_NIDENT] = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1};
    std::copy(std::begin(ident), std::end(ident), header.e_ident);
    header.e_type = type;
    header.e_machine = machine;
    header.e_phoff = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
  }
  Program& load(std::uint32_t flags, std::uint64_t at, std::uint64_t in_file,
                std::uint64_t in_memory) {
    return add({PT_LOAD, flags, at % kPage, at, at, in_file, in_memory, kPage});
  }
  Program& add(const Elf64_Phdr& segment) {
    segments.push_back(segment);
    return *this;
  }
  Program& interpreter(const std::string& path) {
    name = path + '\0';
    return add({PT_INTERP, PF_R, kNameAt, 0, 0, name.size(), name.size(), 1});
  }
  std::string bytes() const {
    Elf64_Ehdr whole = header;
    whole.e_phnum = static_cast<std::uint16_t>(segments.size());
    std::string text = bytes_of(whole);
    for (const Elf64_Phdr& segment : segments) text += bytes_of(segment);
    text.resize(kNameAt);
    text += name;
    text.resize(16 * kPage);
    return text;
  }

  static constexpr std::uint64_t kNameAt = 2048;
  Elf64_Ehdr header{};
  std::vector<Elf64_Phdr> segments;
  std::string name;
};

/// Code, constants, and data of which two pages and a bit are not in the file.
Program usual(std::uint16_t type, std::uint16_t machine, std::uint64_t at) {
  Program program(type, machine);
  program.load(PF_R | PF_X, at, 0x1800, 0x1800)
      .load(PF_R, at + 0x2000, 0x10, 0x10)
      .load(PF_R | PF_W, at + 0x3e00, 0x300, 0x2400);
  return program;
}

std::string text_of(const std::vector<ImageArea>& areas) {
  std::string text;
  for (const ImageArea& area : areas) {
    text += hex(area.start) + "-" + hex(area.start + area.bytes) + " " + (area.read ? "r" : "-") +
            (area.write ? "w" : "-") + (area.execute ? "x " : "- ") + area.name + "\n";
  }
  return text;
}

class ElfImageTest : public ::testing::Test {
 protected:
  ElfImage read(const Program& program, std::optional<std::uint64_t> base = {}) {
    return read_elf(folder_.write("prog", program.bytes()), base);
  }
  void expect_error(const std::string& bytes, const std::string& what,
                    std::optional<std::uint64_t> base = {}) {
    const std::string message = input_error([&] { read_elf(folder_.write("prog", bytes), base); });
    EXPECT_EQ(message.find(folder_.file("prog") + ": "), 0u) << message;
    EXPECT_NE(message.find(what), std::string::npos) << message << " instead of " << what;
  }
  TempFolder folder_;
};

TEST_F(ElfImageTest, SegmentsLieWhereTheyWereLinkedTo) {
  const ElfImage image = read(usual(ET_EXEC, EM_X86_64, 0x400000));
  EXPECT_EQ(text_of(image.areas),
            "0x400000-0x402000 r-x prog\n"
            "0x402000-0x403000 r-- prog\n"
            "0x403000-0x405000 rw- prog\n"
            "0x405000-0x407000 rw- [bss]\n");
  EXPECT_EQ(image.break_start, 0x407000u);
  EXPECT_EQ(image.architecture, "x86-64");
  EXPECT_TRUE(image.interpreter.empty());
  EXPECT_FALSE(image.executable_stack);
}

// As /proc/PID/maps shows it on each of them with randomization off.
TEST_F(ElfImageTest, ProgramsThatMayLieAnywhereLieWhereLinuxPutsThem) {
  const auto first = [&](std::uint16_t machine, std::uint64_t align) {
    Program program = usual(ET_DYN, machine, 0);
    for (Elf64_Phdr& segment : program.segments) segment.p_align = align;
    return read(program.interpreter("/no/such/loader")).areas[0].start;
  };
  EXPECT_EQ(first(EM_X86_64, kPage), 0x555555554000u);
  EXPECT_EQ(first(EM_RISCV, kPage), 0x2aaaaaa000u);
  EXPECT_EQ(first(EM_AARCH64, 0x10000), 0xaaaaaaaa0000u);
  EXPECT_EQ(read(usual(ET_DYN, EM_X86_64, 0)).areas[0].start, 0x7ffff7fff000u - 0x7000)
      << "without an interpreter as high as one";
  const ElfImage moved = read(usual(ET_DYN, EM_RISCV, 0x10000), 0x108000);
  EXPECT_EQ(moved.areas[0].start, 0x108000u);
  EXPECT_EQ(moved.break_start, 0x10f000u);
}

TEST_F(ElfImageTest, OfAPageOfTwoSegmentsTheLaterHasAll) {
  Program program(ET_EXEC, EM_RISCV);
  program.load(PF_R | PF_X, 0x10000, 0x1100, 0x1100).load(PF_R | PF_W, 0x11800, 0x100, 0x100);
  EXPECT_EQ(text_of(read(program).areas), "0x10000-0x11000 r-x prog\n0x11000-0x12000 rw- prog\n");
}

TEST_F(ElfImageTest, TheStackMayBeExecutedIfTheFileSaysSo) {
  Program program = usual(ET_EXEC, EM_AARCH64, 0x400000);
  program.add({PT_GNU_STACK, PF_R | PF_W | PF_X, 0, 0, 0, 0, 0, 16});
  EXPECT_TRUE(read(program).executable_stack);
  const ExecutableImage all = read_executable(folder_.file("prog"));
  EXPECT_EQ(text_of({all.areas.back()}), "0xfffffffdf000-0x1000000000000 rwx [stack]\n");
}

TEST_F(ElfImageTest, AnInterpreterIsMappedIfItCanBeRead) {
  const std::string loader = folder_.write("ld.so", usual(ET_DYN, EM_X86_64, 0).bytes());
  folder_.write("prog", usual(ET_DYN, EM_X86_64, 0).interpreter(loader).bytes());
  ExecutableImage all = read_executable(folder_.file("prog"));
  EXPECT_EQ(all.areas.size(), 4u + 4 + 1);
  EXPECT_EQ(text_of({all.areas[4]}), "0x7ffff7ff8000-0x7ffff7ffa000 r-x ld.so\n");
  EXPECT_EQ(all.break_start, 0x55555555b000u);
  EXPECT_TRUE(all.missing_interpreter.empty());
  // One for another machine is none.
  folder_.write("ld.so", usual(ET_DYN, EM_RISCV, 0).bytes());
  EXPECT_EQ(read_executable(folder_.file("prog")).missing_interpreter, loader);
  folder_.write("ld.so", "text");
  all = read_executable(folder_.file("prog"));
  EXPECT_EQ(all.missing_interpreter, loader);
  EXPECT_EQ(all.areas.size(), 4u + 1);
}

TEST_F(ElfImageTest, BadFilesSayWhatIsWrong) {
  const std::string good = usual(ET_EXEC, EM_X86_64, 0x400000).bytes();
  expect_error("", "not an ELF file: it is too short");
  expect_error("#!/bin/sh\necho no program\n", "not an ELF file: it does not begin with");
  expect_error(good.substr(0, 63), "truncated: its ELF header takes 64 bytes");
  expect_error(good.substr(0, 64 + 2 * 56 + 55), "truncated: its program headers lie behind");
  expect_error(good.substr(0, 0x1000), "truncated: segment 0 lies behind its end");
  std::string other = good;
  other[EI_CLASS] = ELFCLASS32;
  other[EI_DATA] = ELFDATA2MSB;
  expect_error(other, "a 32-bit program");
  other[EI_CLASS] = ELFCLASS64;
  expect_error(other, "a big-endian program");
  expect_error(usual(ET_EXEC, EM_PPC64, 0).bytes(), "a program for machine 21 (e_machine)");
  expect_error(usual(ET_REL, EM_X86_64, 0).bytes(), "not a program: e_type is 1");
  expect_error(Program(ET_EXEC, EM_X86_64).bytes(), "has no program headers");
  expect_error(good, "lies where it was linked to", 0x10000);
  expect_error(usual(ET_DYN, EM_X86_64, 0).bytes(), "cannot lie at 0x10001", 0x10001);
  expect_error(usual(ET_DYN, EM_X86_64, 0).bytes(), "passes the last address",
               ~std::uint64_t{0xfff});
}

TEST_F(ElfImageTest, BadSegmentsAreNamed) {
  const auto with = [](const std::function<void(Program&)>& change) {
    Program program = usual(ET_EXEC, EM_X86_64, 0x400000);
    change(program);
    return program.bytes();
  };
  expect_error(with([](Program& p) { p.segments[2].p_flags = PF_R | PF_W | PF_X; }),
               "segment 2 at 0x403e00 may be both written and executed (W^X)");
  expect_error(with([](Program& p) { p.segments[0].p_memsz = 0x2001; }),
               "segments 0 and 1 overlap");
  expect_error(with([](Program& p) { std::swap(p.segments[0], p.segments[1]); }),
               "segments 0 and 1 are not in the order of their addresses");
  expect_error(with([](Program& p) { p.segments[1].p_filesz = 0x11; }),
               "segment 1 has more bytes in the file than in memory");
  expect_error(with([](Program& p) { p.segments[1].p_offset += 8; }),
               "segment 1: address and place in the file differ within a page");
  expect_error(with([](Program& p) { p.segments[1].p_align = 3; }), "no power of two");
  expect_error(with([](Program& p) { p.segments[2].p_memsz = ~std::uint64_t{0} - 0x403fff; }),
               "segment 2 passes the last address");
  expect_error(with([](Program& p) { p.segments[2].p_vaddr |= ~std::uint64_t{0} - 0xfff; }),
               "segment 2 passes the last address");
  expect_error(with([](Program& p) { p.interpreter("").segments.back().p_filesz = 9999; }),
               "the interpreter's name is not in the file");
  expect_error(with([](Program& p) {
                 for (Elf64_Phdr& segment : p.segments) segment.p_type = PT_NOTE;
               }),
               "has no segment to load");
}

TEST_F(ElfImageTest, TheTestItselfIsAProgram) {
  const ExecutableImage all = read_executable("/proc/self/exe");
  unsigned code = 0;
  for (const ImageArea& area : all.areas) {
    EXPECT_EQ((area.start | area.bytes) % kPage, 0u);
    EXPECT_FALSE(area.write && area.execute);
    if (area.execute && area.name == "exe") ++code;
  }
  EXPECT_EQ(code, 1u);
  EXPECT_EQ(all.areas.back().name, "[stack]");
  EXPECT_EQ(all.break_start % kPage, 0u);
}

class Empty final : public TraceSource {
 public:
  explicit Empty(TraceHeader header) : header_(std::move(header)) {}
  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& /*block*/) override { return false; }

 private:
  TraceHeader header_;
};

TEST(WithExecutable, TheTraceKeepsWhatTheProgramHasNot) {
  ExecutableImage program;
  program.areas = {{0x400000, 2 * kPage, true, false, true, "prog"},
                   {0x404000, kPage, true, true, false, "prog"},
                   {0x7f0000, kPage, true, true, true, "[stack]"}};
  program.break_start = 0x405000;
  program.executable_stack = true;
  TraceHeader header;
  header.image = {{0x3ff000, 7 * kPage, true, true, false, "[image]"},
                  {0x500000, kPage, true, true, false, "[stack]"}};
  const auto trace = with_executable(std::make_unique<Empty>(header), program);
  EXPECT_EQ(text_of(trace->header().image),
            "0x3ff000-0x400000 rw- [image]\n"
            "0x400000-0x402000 r-x prog\n"
            "0x402000-0x404000 rw- [image]\n"
            "0x404000-0x405000 rw- prog\n"
            "0x405000-0x406000 rw- [image]\n"
            "0x500000-0x501000 rwx [stack]\n");
  EXPECT_EQ(trace->header().brk_start, 0x405000u);
}

}  // namespace
}  // namespace mmu::traces
