#include "sim/process/maps_text.hpp"

#include <gtest/gtest.h>

#include "testbench/unit/process/hand_made_process.hpp"

namespace mmu {
namespace {

// proc(5): address, perms, offset, dev, inode, pathname; the kernel pads names to column 73.
TEST(MapsText, HasTheColumnsOfTheKernel) {
  HandMadeProcess p;
  p.area(0x400000, 0x452000, kReadExecute, "[image]", os::AreaKind::kImage);
  p.area(0x3fffe00000, 0x3fffe21000, kReadWrite);
  p.area(0x3ffff00000, 0x3ffff01000, kReadOnly, "[file 3]", os::AreaKind::kFile, true, 0x21000);
  EXPECT_EQ(maps_text(p.process()),
            "00400000-00452000 r-xp 00000000 00:00 0                                  [image]\n"
            "3fffe00000-3fffe21000 rw-p 00000000 00:00 0 \n"
            "3ffff00000-3ffff01000 r--s 00021000 00:00 0                              [file 3]\n");
}

TEST(SmapsText, SumsUpWhatThePageTableSays) {
  HandMadeProcess p;
  p.area(0x200000, 0x600000, kReadWrite, "[heap]", os::AreaKind::kHeap);
  p.page(0x200000, 0x5000, kReadWrite, true, true);
  p.page(0x201000, 0x6000, kReadWrite, true, false);
  p.page(0x202000, 0x7000, kReadWrite, false, false);
  p.page(0x203000, 0x8000, kReadWrite, true, true);
  p.page(0x204000, 0x8000, kReadWrite, true, false);  // the same frame
  p.page(0x400000, 0x200000, kReadWrite, true, true, 1);
  EXPECT_EQ(smaps_text(p.process()),
            "00200000-00600000 rw-p 00000000 00:00 0                                  [heap]\n"
            "Size:               4096 kB\n"
            "KernelPageSize:        4 kB\n"
            "MMUPageSize:           4 kB\n"
            "Rss:                2068 kB\n"
            "Pss:                2064 kB\n"
            "Pss_Dirty:          2054 kB\n"
            "Shared_Clean:          4 kB\n"
            "Shared_Dirty:          4 kB\n"
            "Private_Clean:         8 kB\n"
            "Private_Dirty:      2052 kB\n"
            "Referenced:         2064 kB\n"
            "Anonymous:          2068 kB\n"
            "AnonHugePages:      2048 kB\n"
            "VmFlags: rd wr\n");
}

TEST(SmapsText, PagesOfFilesAndSharedOnesAreNotAnonymous) {
  HandMadeProcess p;
  p.area(0x1000, 0x2000, kReadOnly, "[file 3]", os::AreaKind::kFile);
  p.area(0x2000, 0x3000, kReadWrite, "", os::AreaKind::kAnonymous, true);
  p.page(0x1000, 0x5000, kReadOnly);
  p.page(0x2000, 0x6000, kReadWrite);
  const std::string text = smaps_text(p.process());
  EXPECT_EQ(text.find("Anonymous:             4 kB"), std::string::npos) << text;
  EXPECT_NE(text.find("Rss:                   4 kB"), std::string::npos) << text;
  EXPECT_NE(text.find("VmFlags: rd wr sh\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace mmu
