#include "traces/process_calls.hpp"

#include <gtest/gtest.h>

namespace mmu::traces {
namespace {

constexpr ProcessCalls::Numbers kX86{57, 56, 61};
constexpr std::uint64_t kSigchld = 17, kCloneVm = 0x100, kUntraced = 2, kNoHang = 1;

OsEvent call(std::uint64_t number, std::int64_t result, std::uint64_t first = 0,
             std::uint64_t third = 0) {
  OsEvent event;
  event.number = number;
  event.result = result;
  event.args[0] = first;
  event.args[1] = 0x1ffe'0000;
  event.args[2] = third;
  return event;
}

class ProcessCallsTest : public testing::Test {
 protected:
  OsEventType type(OsEvent event) {
    calls_.recognise(kX86, event);
    last_ = event;
    return event.type;
  }
  ProcessCalls calls_;
  OsEvent last_;
};

TEST_F(ProcessCallsTest, ForkAndCloneOfMemoryMakeAProcess) {
  EXPECT_EQ(type(call(57, 100)), OsEventType::kFork);
  EXPECT_EQ(last_.result, 100);
  EXPECT_EQ(type(call(56, 101, kSigchld)), OsEventType::kFork);
  EXPECT_EQ(last_.args[0], 0u) << "flags are no pid";
  EXPECT_EQ(type(call(57, -11)), OsEventType::kFork);
  EXPECT_TRUE(last_.failed());
}

TEST_F(ProcessCallsTest, WhatSharesMemoryOrIsTheChildsOwnReturnIsNone) {
  EXPECT_EQ(type(call(56, 101, kCloneVm | kSigchld)), OsEventType::kOther);
  EXPECT_EQ(type(call(57, 0)), OsEventType::kOther);
  EXPECT_EQ(type(call(61, 101)), OsEventType::kOther) << "no fork made this child";
}

TEST_F(ProcessCallsTest, AWaitTellsOfTheEndOfItsChildOnce) {
  type(call(57, 100));
  type(call(57, 101));
  EXPECT_EQ(type(call(61, 0, ~std::uint64_t{0}, kNoHang)), OsEventType::kOther);
  EXPECT_EQ(type(call(61, -10, ~std::uint64_t{0})), OsEventType::kOther);
  EXPECT_EQ(type(call(61, 101, ~std::uint64_t{0}, kNoHang)), OsEventType::kExit);
  EXPECT_EQ(last_.args[0], 101u);
  EXPECT_EQ(last_.args[1], 0u);
  EXPECT_EQ(type(call(61, 101)), OsEventType::kOther);
}

TEST_F(ProcessCallsTest, AWaitForStopsDoesNotTell) {
  type(call(57, 100));
  EXPECT_EQ(type(call(61, 100, 100, kUntraced)), OsEventType::kOther);
  EXPECT_EQ(type(call(61, 100, 100)), OsEventType::kExit);
}

TEST_F(ProcessCallsTest, ACallThatAnArchitectureLacksIsNotAnyNumber) {
  ProcessCalls calls;
  OsEvent event = call(57, 100);
  calls.recognise({ProcessCalls::kNone, 220, 260}, event);
  EXPECT_EQ(event.type, OsEventType::kOther);
}

}  // namespace
}  // namespace mmu::traces
