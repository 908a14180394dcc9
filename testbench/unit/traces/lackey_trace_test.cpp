#include "traces/lackey_trace.hpp"

#include <gtest/gtest.h>

#include "testbench/unit/traces/trace_test_support.hpp"

namespace mmu::traces {
namespace {

class LackeyTraceTest : public ::testing::Test {
 protected:
  TraceBlock read(const std::string& text) {
    LackeyTrace trace(stream(folder_.write("log", text)));
    return read_all(trace);
  }
  /// The one event of a log that has this text between two fetches.
  OsEvent event(const std::string& text) {
    const TraceBlock all = read("I  00001000,4\n" + text + "\nI  00001004,4\n");
    EXPECT_EQ(all.records.size(), 2u);
    EXPECT_EQ(all.events.size(), 1u);
    if (all.events.size() != 1) return {};
    EXPECT_EQ(all.events[0].before, 1u);
    return all.events[0].event;
  }
  std::string error(const std::string& text) {
    return input_error([&] { read(text); });
  }
  bool error_names(const std::string& text, const std::string& place, const std::string& what) {
    const std::string message = error(text);
    const bool both =
        message.find(folder_.file("log") + place) == 0 && message.find(what) != std::string::npos;
    if (!both) ADD_FAILURE() << "message: '" << message << "'";
    return both;
  }

  TempFolder folder_;
};

TEST_F(LackeyTraceTest, FourKindsOfAccessesAreRead) {
  const TraceBlock all = read(
      "I  0401ab70,3\n"
      " S 1fff000698,8\n"
      " L 1ffeffc908,512\n"
      " M 00000000,1\n");
  ASSERT_EQ(all.records.size(), 4u);
  EXPECT_EQ(all.records[0].kind, AccessKind::kFetch);
  EXPECT_EQ(all.records[0].address, 0x401ab70u);
  EXPECT_EQ(all.records[0].bytes, 3u);
  EXPECT_EQ(all.records[0].instructions, 1u);
  EXPECT_EQ(all.records[1].kind, AccessKind::kStore);
  EXPECT_EQ(all.records[1].address, 0x1fff000698u);
  EXPECT_EQ(all.records[1].instructions, 0u);
  EXPECT_EQ(all.records[2].kind, AccessKind::kLoad);
  EXPECT_EQ(all.records[2].bytes, 512u);
  EXPECT_EQ(all.records[3].kind, AccessKind::kModify);
  EXPECT_EQ(all.records[3].address, 0u);
}

TEST_F(LackeyTraceTest, LargestAddressAndSizeAreRead) {
  const TraceBlock all = read(" L ffffffffffffffff,1\n S 0000,65535\n");
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[0].address, ~std::uint64_t{0});
  EXPECT_EQ(all.records[1].bytes, 65535u);
}

TEST_F(LackeyTraceTest, ValgrindsOwnLinesAreSkippedAndNameTheCommand) {
  LackeyTrace trace(stream(folder_.write("log",
                                         "==71== Lackey, an example Valgrind tool\n"
                                         "==71== Command: ./a.out -x 1\n"
                                         "==71== \n"
                                         "I  00001000,4\n"
                                         "--71-- WARNING: unhandled syscall\n"
                                         "I  00001004,4\n"
                                         "SCHEDSETJMP(line 1211) tid 1, jumped=1476724588\n"
                                         "==71== Exit code:       0\n")));
  EXPECT_EQ(trace.header().command, "./a.out -x 1");
  EXPECT_EQ(trace.header().architecture, "x86-64");
  EXPECT_EQ(read_all(trace).records.size(), 2u);
}

TEST_F(LackeyTraceTest, MmapHasItsSixArgumentsAndADescriptorOfMinusOne) {
  const OsEvent mmap = event(
      "SYSCALL[7196,1](9) sys_mmap ( 0x0, 8192, 3, 34, 4294967295, 0 ) --> [pre-success] "
      "Success(0x4835000) ");
  EXPECT_EQ(mmap.type, OsEventType::kMmap);
  EXPECT_EQ(mmap.number, 9u);
  EXPECT_EQ(mmap.args[0], 0u);
  EXPECT_EQ(mmap.args[1], 8192u);
  EXPECT_EQ(mmap.args[2], 3u);
  EXPECT_EQ(mmap.args[3], 34u);
  EXPECT_EQ(static_cast<std::int64_t>(mmap.args[4]), -1);
  EXPECT_EQ(mmap.args[5], 0u);
  EXPECT_EQ(mmap.result, 0x4835000);
  EXPECT_EQ(mmap.thread, 0u);
}

TEST_F(LackeyTraceTest, OtherMappingCallsHaveTheirArguments) {
  const OsEvent brk =
      event("SYSCALL[1,1](12) sys_brk ( 0x4056000 ) --> [pre-success] Success(0x4056000) ");
  EXPECT_EQ(brk.type, OsEventType::kBrk);
  EXPECT_EQ(brk.args[0], 0x4056000u);
  const OsEvent munmap =
      event("SYSCALL[1,1](11) sys_munmap ( 0x483c000, 50567 )[sync] --> Success(0x0) ");
  EXPECT_EQ(munmap.type, OsEventType::kMunmap);
  EXPECT_EQ(munmap.args[1], 50567u);
  const OsEvent mprotect =
      event("SYSCALL[1,1](10) sys_mprotect ( 0x4a18000, 16384, 1 )[sync] --> Success(0x0) ");
  EXPECT_EQ(mprotect.type, OsEventType::kMprotect);
  EXPECT_EQ(mprotect.args[2], 1u);
  const OsEvent mremap = event(
      "SYSCALL[1,1](25) sys_mremap ( 0x622f000, 1052672, 4198400, 0x1 ) --> [pre-success] "
      "Success(0x6330000) ");
  EXPECT_EQ(mremap.type, OsEventType::kMremap);
  EXPECT_EQ(mremap.args[3], 1u);
  EXPECT_EQ(mremap.args[4], 0u);
  EXPECT_EQ(mremap.result, 0x6330000);
}

TEST_F(LackeyTraceTest, FailedCallHasMinusErrno) {
  const OsEvent mmap =
      event("SYSCALL[1,1](9) sys_mmap ( 0x0, -1, 3, 34, -1, 0 ) --> [pre-fail] Failure(0xc) ");
  EXPECT_EQ(mmap.result, -12);
  EXPECT_TRUE(mmap.failed());
  EXPECT_EQ(mmap.args[1], ~std::uint64_t{0});
  EXPECT_EQ(static_cast<std::int64_t>(mmap.args[4]), -1);
}

TEST_F(LackeyTraceTest, OtherCallsKeepTheirNumber) {
  const OsEvent call = event("SYSCALL[1,1](231) exit_group( 0 ) --> [pre-success] Success(0x0) ");
  EXPECT_EQ(call.type, OsEventType::kOther);
  EXPECT_EQ(call.number, 231u);
  EXPECT_EQ(event("SYSCALL[1,1](15) sys_rt_sigreturn ( ) --> [pre-success] NoWriteResult").result,
            0);
}

TEST_F(LackeyTraceTest, AForkAndTheWaitForItsChildAreKnown) {
  const TraceBlock all = read(
      "SYSCALL[7,1](56) sys_clone ( 1200011, 0x0, 0x0, 0x4c2fa10, 0x0 )   clone(fork): process 7 "
      "created child 9\n --> [pre-success] Success(0x9)\n"
      "SYSCALL[7,1](56) sys_clone ( 3d0f00, 0x581, 0x4c, 0x4c, 0x4c ) --> [pre-success] "
      "Success(0xa)\n"
      "SYSCALL[7,1](61) sys_wait4 ( -1, 0x1ffeffe1ac, 0, 0x0 ) --> [async] ... \n"
      "SYSCALL[7,1](61) ... [async] --> Success(0x9) \n"
      "SYSCALL[7,1](61) sys_wait4 ( -1, 0x1ffeffe1ac, 0, 0x0 ) --> [async] ... \n"
      "SYSCALL[7,1](61) ... [async] --> Success(0xa) \n"
      "I  00001008,4\n");
  ASSERT_EQ(all.events.size(), 4u);
  EXPECT_EQ(all.events[0].event.type, OsEventType::kFork);
  EXPECT_EQ(all.events[0].event.result, 9);
  EXPECT_EQ(all.events[1].event.type, OsEventType::kOther) << "a thread";
  EXPECT_EQ(all.events[2].event.type, OsEventType::kExit);
  EXPECT_EQ(all.events[2].event.args[0], 9u);
  EXPECT_EQ(all.events[3].event.type, OsEventType::kOther) << "no child of a fork";
}

TEST_F(LackeyTraceTest, AsynchronousCallStandsWhereItsResultIs) {
  const TraceBlock all = read(
      "I  00001000,4\n"
      "SYSCALL[7,1](0) sys_read ( 3, 0x1ffeffed48, 832 ) --> [async] ... \n"
      "I  00001004,4\n"
      "SYSCALL[7,1](0) ... [async] --> Success(0x340) \n"
      "I  00001008,4\n");
  ASSERT_EQ(all.records.size(), 3u);
  ASSERT_EQ(all.events.size(), 1u);
  EXPECT_EQ(all.events[0].before, 2u);
  EXPECT_EQ(all.events[0].event.result, 0x340);
}

TEST_F(LackeyTraceTest, AsynchronousCallsOfTwoThreadsAreKeptApart) {
  const TraceBlock all = read(
      "SYSCALL[7,1](9) sys_mmap ( 0x1000, 1, 3, 34, -1, 0 ) --> [async] ... \n"
      "SYSCALL[7,2](11) sys_munmap ( 0x2000, 2 ) --> [async] ... \n"
      "I  00001000,4\n"
      "SYSCALL[7,1](9) ... [async] --> Success(0x1000) \n"
      "SYSCALL[7,2](11) ... [async] --> Success(0x0) \n");
  ASSERT_EQ(all.events.size(), 2u);
  EXPECT_EQ(all.events[0].event.type, OsEventType::kMmap);
  EXPECT_EQ(all.events[0].event.args[0], 0x1000u);
  EXPECT_EQ(all.events[1].event.type, OsEventType::kMunmap);
  EXPECT_EQ(all.events[1].event.args[1], 2u);
}

TEST_F(LackeyTraceTest, FileNamesWithCommasParenthesesAndArrowsDoNotConfuse) {
  EXPECT_EQ(event("SYSCALL[7,1](257) sys_openat ( 4294967196, 0x1f(/a,b(c)) --> d/sys_brk ( 0x1 "
                  "), 524288 )[sync] --> Failure(0x2) ")
                .result,
            -2);
}

TEST_F(LackeyTraceTest, FileNameWithALineBreakIsOneCall) {
  const OsEvent call = event(
      "SYSCALL[7,1](257) sys_openat ( 4294967196, 0x10a00e(/tmp/nl\nfile), 0 )[sync] --> "
      "Success(0x3) ");
  EXPECT_EQ(call.number, 257u);
  EXPECT_EQ(call.result, 3);
}

TEST_F(LackeyTraceTest, UnimplementedCallBreaksOverTwoLines) {
  const OsEvent call = event(
      "SYSCALL[7,1](334) unimplemented (by the kernel) syscall: 334! (ni_syscall)\n"
      " --> [pre-fail] Failure(0x26) ");
  EXPECT_EQ(call.type, OsEventType::kOther);
  EXPECT_EQ(call.number, 334u);
  EXPECT_EQ(call.result, -38);
}

TEST_F(LackeyTraceTest, MessagesMayStandInsideOfABrokenCall) {
  EXPECT_EQ(event("SYSCALL[7,1](999) unhandled\n--7-- WARNING: unhandled syscall: 999\n"
                  " --> [pre-fail] Failure(0x26) ")
                .number,
            999u);
}

TEST_F(LackeyTraceTest, AfterCloneTheNextLineStandsOnTheSameOne) {
  const std::string clone =
      "SYSCALL[7,1](56) sys_clone ( 3d0f00, 0x52 ) --> [pre-success] Success(0x174a) ";
  const TraceBlock fetch = read(clone + "I  04951b42,3\n");
  ASSERT_EQ(fetch.records.size(), 1u);
  EXPECT_EQ(fetch.records[0].address, 0x4951b42u);
  ASSERT_EQ(fetch.events.size(), 1u);
  EXPECT_EQ(fetch.events[0].before, 0u);

  const TraceBlock store = read(clone + " S 04951b48,8\nI  00001000,1\n");
  ASSERT_EQ(store.records.size(), 2u);
  EXPECT_EQ(store.records[0].kind, AccessKind::kStore);

  const TraceBlock call =
      read(clone + "SYSCALL[7,2](230) ... [async] --> Success(0x5) \n" + "\nI  00001000,1\n");
  ASSERT_EQ(call.events.size(), 2u);
  EXPECT_EQ(call.events[1].event.number, 230u);
  EXPECT_EQ(call.events[1].event.thread, 1u);
  EXPECT_EQ(call.records.size(), 1u) << "the line break that clone left out comes later, alone";

  EXPECT_EQ(read(clone + "--7--   SCHED[1]: releasing lock\nI  00001000,1\n").records.size(), 1u);
}

TEST_F(LackeyTraceTest, ForkIsOneCallOverTwoLines) {
  const OsEvent fork = event(
      "SYSCALL[7,1](56) sys_clone ( 1200011, 0x0 )   clone(fork): process 7 created child 9\n"
      " --> [pre-success] Success(0x9) ");
  EXPECT_EQ(fork.number, 56u);
  EXPECT_EQ(fork.result, 9);
}

TEST_F(LackeyTraceTest, ThreadsAreThoseOfTheLastCallOrSwitch) {
  const TraceBlock all = read(
      "I  00001000,4\n"
      "SYSCALL[7,3](273) sys_set_robust_list ( 0x1, 24 )[sync] --> Success(0x0) \n"
      "I  00001004,4\n"
      "--7--   SCHED[2]:  acquired lock (VG_(client_syscall)[async])\n"
      "I  00001008,4\n"
      "--7--   SCHED[4]: releasing lock (VG_(scheduler):timeslice) -> VgTs_Yielding\n"
      "I  0000100c,4\n");
  ASSERT_EQ(all.records.size(), 4u);
  EXPECT_EQ(all.records[0].thread, 0u);
  EXPECT_EQ(all.records[1].thread, 2u);
  EXPECT_EQ(all.records[2].thread, 1u);
  EXPECT_EQ(all.records[3].thread, 1u);
  EXPECT_EQ(all.events[0].event.thread, 2u);
}

TEST_F(LackeyTraceTest, ExecveThatSucceedsEndsTheLogWithoutALineBreak) {
  EXPECT_EQ(read("I  00001000,4\nSYSCALL[7,1](59) sys_execve ( 0x10a004(/bin/true), 0x1, 0x2 )")
                .records.size(),
            1u);
}

TEST_F(LackeyTraceTest, CompressedLogReadsLikeThePlainOne) {
  const std::string text =
      "I  00001000,4\nSYSCALL[7,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4035000) \n"
      " L 00002000,8\n";
  const TraceBlock plain = read(text);
  EXPECT_TRUE(same(read(zstd_of(text)), plain));
  EXPECT_TRUE(same(read(zstd_of(text.substr(0, 20)) + zstd_of(text.substr(20))), plain))
      << "two frames, cut inside of a line";
}

TEST_F(LackeyTraceTest, BlocksAndBuffersOfAnySizeGiveTheSame) {
  // 3 MB: three times the reader's buffer, so that lines and calls are cut by its ends.
  std::string text;
  TraceBlock expected;
  for (std::uint32_t i = 0; text.size() < 3'000'000; ++i) {
    char line[64];
    std::snprintf(line, sizeof line, " L %08x,%u\n", i * 0x1237, i % 600 + 1);
    text += line;
    TraceRecord record;
    record.address = i * 0x1237;
    record.bytes = static_cast<std::uint16_t>(i % 600 + 1);
    expected.records.push_back(record);
    if (i % 50 == 0) {
      text += "SYSCALL[7,1](12) sys_brk ( 0x5 ) --> [pre-success] Success(0x6) \n";
      OsEvent event;
      event.type = OsEventType::kBrk;
      event.number = 12;
      event.args[0] = 5;
      event.result = 6;
      expected.events.push_back({i + 1, event});
    }
  }
  for (const std::uint32_t block : {7u, 1000u, 65536u}) {
    LackeyTrace plain(stream(folder_.write("log", text)), block);
    EXPECT_TRUE(same(read_all(plain), expected)) << block;
    LackeyTrace packed(stream(folder_.write("log.zst", zstd_of(text))), block);
    EXPECT_TRUE(same(read_all(packed), expected)) << block;
  }
}

TEST_F(LackeyTraceTest, LineLongerThanTheBufferIsRead) {
  const std::string name(3 << 20, 'x');
  EXPECT_EQ(
      event("SYSCALL[7,1](2) sys_open ( 0x1(" + name + "), 0 )[sync] --> Success(0x4) ").result, 4);
}

TEST_F(LackeyTraceTest, LineThatIsNotUnderstoodIsNamed) {
  error_names("I  00001000,4\nhello\n", ":2: ", "'hello'");
  error_names("I  00001000,4\nI  1000,4x\n", ":2: ", "unexpected line");
  error_names("I  00001000,4\nI  00001000,0\n", ":2: ", "unexpected line");
  error_names("I  00001000,4\nI  00001000,65536\n", ":2: ", "unexpected line");
  error_names("I  00001000,4\n L 00000000000001000,4\n", ":2: ", "unexpected line");
  error_names("I  00001000,4\n L ffffffffffffffff,2\n", ":2: ", "unexpected line");
  error_names("I  00001000,4\n L ,2\n", ":2: ", "unexpected line");
  error_names("I  00001000,4\n X 1000,2\n", ":2: ", "unexpected line");
  error_names("I  00001000,4\nSYSCALL[x,1](9) sys_mmap\n", ":2: ", "unexpected line");
  error_names("I  00001000,4\nSYSCALL[1,1](9) sys_mmap ( 0x0, 4 )[sync] --> Success(0x0) \n",
              ":2: ", "unexpected line");
}

TEST_F(LackeyTraceTest, RecordsBeforeAnErrorAreDeliveredFirst) {
  LackeyTrace trace(
      stream(folder_.write("log", "I  00001000,4\nI  00001004,4\nhello\nI  00001008,4\n")));
  TraceBlock block;
  ASSERT_TRUE(trace.next(block));
  EXPECT_EQ(block.records.size(), 2u);
  EXPECT_THROW(trace.next(block), InputError);
  EXPECT_THROW(trace.next(block), InputError) << "and again";
}

TEST_F(LackeyTraceTest, LogThatEndsInTheMiddleIsAnError) {
  error_names("I  00001000,4\nI  0000100", ":2: ", "ends in the middle of a line");
  error_names("I  00001000,4\nI  00001004,1", ":2: ", "ends in the middle of a line");
  error_names("I  00001000,4\nSYSCALL[7,1](12) sys_br", ":2: ", "ends in the middle of a line");
  error_names("I  00001000,4\nSYSCALL[7,1](12) sys_brk ( 0x0 )\n", ":2: ", "system call");
  const std::string packed = zstd_of("I  00001000,4\nI  00001004,4\n");
  error_names(packed.substr(0, packed.size() - 1), ": byte ", "truncated zstd");
}

TEST_F(LackeyTraceTest, EveryCutOfALogIsAnErrorOrAPrefix) {
  const std::string text =
      "==7== Lackey\nI  00001000,4\nSYSCALL[7,1](9) sys_mmap ( 0x0, 8192, 3, 34, 4294967295, 0 ) "
      "--> [pre-success] Success(0x4835000) \n L 04835000,8\n";
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    const bool at_line_end = cut >= 27 && text[cut - 1] == '\n';
    EXPECT_EQ(error(text.substr(0, cut)).empty(), at_line_end) << cut;
  }
}

TEST_F(LackeyTraceTest, FileThatIsNoTraceSaysSo) {
  EXPECT_NE(error("").find("is empty"), std::string::npos);
  error_names("#!/bin/sh\necho\n", ":1: ", "not a lackey log");
  error_names(std::string("\x7f"
                          "ELF\0\0\1\n",
                          8),
              ":1: ", "not a lackey log: found '?ELF");
  error_names("==7== Memcheck, a memory error detector\n==7== \n", ":2: ", "--trace-mem=yes");
  error_names(zstd_of(""), ":0: ", "no access");
  EXPECT_NE(input_error([] { stream("/nonexistent/log"); }).find("/nonexistent/log"),
            std::string::npos);
  EXPECT_NE(input_error([this] { stream(folder_.file("")); }).find("folder"), std::string::npos);
}

TEST_F(LackeyTraceTest, TwoProcessesInOneLogAreAnError) {
  error_names(
      "I  00001000,4\nSYSCALL[7,1](12) sys_brk ( 0x0 )[sync] --> Success(0x1) \n"
      "SYSCALL[8,1](12) sys_brk ( 0x0 )[sync] --> Success(0x1) \n",
      ":3: ", "second process");
  error_names("I  00001000,4\n --> [pre-success] Success(0x0) \n", ":2: ", "two processes");
  error_names("I  00001000,4\nSYSCALL[7,1](59) sys_execve ( 0x1(/x) )\nI  00001000,4\n",
              ":3: ", "one program");
}

}  // namespace
}  // namespace mmu::traces
