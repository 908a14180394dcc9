#include "sim/process/page_list.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "hw/arch/errors.hpp"
#include "testbench/unit/process/hand_made_process.hpp"

namespace mmu {
namespace {

HandMadeProcess three_pages() {
  HandMadeProcess p;
  p.area(0x1000, 0x3000, kReadExecute, "[image]", os::AreaKind::kImage);
  p.area(0x5000, 0x6000, kReadWrite, "[file 3]", os::AreaKind::kFile);
  p.area(0x200000, 0x400000, kReadWrite);
  p.page(0x1000, 0x7000, kReadExecute, true, false);
  p.page(0x5000, 0x9000, kReadWrite, true, true);
  p.page(0x200000, 0x600000, kReadWrite, false, false, 1);
  return p;
}

TEST(PageList, ShowsFrameFlagsRightsAndArea) {
  const std::string text = page_list_text(three_pages().process(), {});
  for (const char* line :
       {"0x0000000000001000  0x0000000000007000  4 KiB    P-A--  r-x     [image]\n",
        "0x0000000000005000  0x0000000000009000  4 KiB    P-AD-  rw-     [file 3]\n",
        "0x0000000000200000  0x0000000000600000  2 MiB    PH---  rw-     anonymous memory\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << text;
  }
}

TEST(PageList, ARangeShowsWhatHasAPartOfIt) {
  const ProcessMemory process = three_pages().process();
  const auto pages = [&](std::uint64_t start, std::uint64_t end) {
    return page_list_json(process, {start, end}).at("pages").size();
  };
  EXPECT_EQ(pages(0x1fff, 0x2000), 1u);
  EXPECT_EQ(pages(0x2000, 0x5000), 0u);
  EXPECT_EQ(pages(0x1fff, 0x5001), 2u);
  EXPECT_EQ(pages(0x3ff000, 0x3ff001), 1u);
}

TEST(PageList, JsonHasTheSame) {
  const Json page = page_list_json(three_pages().process(), {}).at("pages").at(2);
  EXPECT_EQ(page.at("va"), "0x200000");
  EXPECT_EQ(page.at("frame"), 0x600u);
  EXPECT_EQ(page.at("bytes"), 2u << 20);
  EXPECT_EQ(page.at("huge"), true);
  EXPECT_EQ(page.at("accessed"), false);
  EXPECT_EQ(page.at("group"), false);
}

// Documentation/admin-guide/mm/pagemap.rst: bit 63 present, 61 file or shared, 56 mapped once.
TEST(Pagemap, EntriesAreTheKernels) {
  HandMadeProcess p = three_pages();
  p.page(0x2000, 0x7000, kReadExecute);
  const ProcessMemory process = p.process();
  const auto entry = [&](std::size_t i) {
    return pagemap_entry(process, process.pages()[i], process.pages()[i].frame);
  };
  EXPECT_EQ(entry(0), 0x8000000000000007u);  // its frame is mapped twice
  EXPECT_EQ(entry(2), 0xa100000000000009u);
  EXPECT_EQ(entry(3), 0x8100000000000600u);
}

class PagemapFile : public ::testing::Test {
 protected:
  ~PagemapFile() override { std::remove(path_.c_str()); }
  std::vector<std::uint64_t> written(std::optional<AddressRange> range) {
    write_pagemap(path_, three_pages().process(), range);
    std::ifstream in(path_, std::ios::binary);
    std::vector<std::uint64_t> entries;
    for (std::uint64_t e = 0; in.read(reinterpret_cast<char*>(&e), sizeof e);) entries.push_back(e);
    return entries;
  }
  std::string path_ = ::testing::TempDir() + "mmusim_pagemap";
};

TEST_F(PagemapFile, EachEntryIsAtItsPlace) {
  const auto entries = written(std::nullopt);
  ASSERT_EQ(entries.size(), 0x400u);
  EXPECT_EQ(entries[0], 0u);
  EXPECT_EQ(entries[1], 0x8100000000000007u);
  EXPECT_EQ(entries[2], 0u);
  EXPECT_EQ(entries[5], 0xa100000000000009u);
  EXPECT_EQ(entries[0x200], 0x8100000000000600u);
  EXPECT_EQ(entries[0x3ff], 0x81000000000007ffu);  // the last base page of the large one
}

TEST_F(PagemapFile, ARangeIsThereAlone) {
  EXPECT_EQ(written(AddressRange{0x5000, 0x8000}),
            (std::vector<std::uint64_t>{0xa100000000000009u, 0, 0}));
  EXPECT_EQ(written(AddressRange{0x3fe800, 0x400800}),
            (std::vector<std::uint64_t>{0x81000000000007feu, 0x81000000000007ffu, 0}));
}

TEST_F(PagemapFile, AFileThatCannotBeWrittenIsAnError) {
  EXPECT_THROW(write_pagemap("/nowhere/p", three_pages().process(), std::nullopt), ConfigError);
}

}  // namespace
}  // namespace mmu
