#include "hw/common/ports.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

TEST(Ports, ServeTheirNumberInACycleAndTheRestLater) {
  Ports ports(2);
  EXPECT_EQ(ports.take(5), 5u);
  EXPECT_EQ(ports.take(5), 5u);
  EXPECT_EQ(ports.take(5), 6u);
  EXPECT_EQ(ports.take(6), 6u) << "one of 6 is used by the request before";
  EXPECT_EQ(ports.take(6), 7u);
  EXPECT_EQ(ports.take(9), 9u);
}

TEST(Ports, ZeroMeansNoLimit) {
  Ports ports(0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ports.take(3), 3u);
}

TEST(Ports, LaterRequestDoesNotOvertakeABacklog) {
  Ports ports(1);
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_EQ(ports.take(1), 1 + i);
  EXPECT_EQ(ports.take(3), 5u);
}

}  // namespace
}  // namespace mmu
