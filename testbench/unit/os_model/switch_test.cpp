// Another process gets the core and gives it back; and which ASIDs there are for that.
#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

OsEvent switch_event() {
  OsEvent event;
  event.type = OsEventType::kSwitch;
  return event;
}

TEST(Switch, TheOtherProcessHasATableAndAnAsidOfItsOwn) {
  OsMachine m;
  const TranslationControl own = m.kernel.control();
  const std::uint64_t tables = m.kernel.stats().table_pages;
  const TrapWork work = m.call(switch_event());
  ASSERT_EQ(work.spaces.size(), 2u);
  EXPECT_NE(work.spaces[0].root, own.root);
  EXPECT_NE(work.spaces[0].asid, own.asid);
  EXPECT_EQ(work.spaces[1].root, own.root);
  EXPECT_EQ(work.spaces[1].asid, own.asid);
  EXPECT_TRUE(work.fences.empty());
  EXPECT_EQ(m.kernel.stats().switches, 1u);
  EXPECT_EQ(m.kernel.stats().table_pages, tables) << "the map of a program does not depend on it";
}

TEST(Switch, WhereThereAreNoAsidsAllHaveZero) {
  OsSetup setup;
  setup.asid_bits = 0;
  OsMachine m(setup);
  EXPECT_EQ(m.kernel.control().asid, 0u);
  const TrapWork work = m.call(switch_event());
  EXPECT_EQ(work.spaces.at(0).asid, 0u);
  EXPECT_EQ(work.spaces.at(1).asid, 0u);
}

TEST(Switch, FencesAreOfTheAsidThatTheProcessHas) {
  for (const unsigned bits : {0U, 1U}) {
    OsSetup setup;
    setup.asid_bits = bits;
    OsMachine m(setup);
    m.mmap(0x1000'0000, kPage);
    m.access(0x1000'0000);
    const TrapWork work = m.munmap(0x1000'0000, kPage);
    ASSERT_FALSE(work.fences.empty());
    EXPECT_EQ(work.fences[0].asid, m.kernel.control().asid);
  }
}

}  // namespace
}  // namespace mmu::test
