#include "sim/process/layout.hpp"

#include <gtest/gtest.h>

#include "testbench/unit/process/hand_made_process.hpp"

namespace mmu {
namespace {

HandMadeProcess two_areas() {
  HandMadeProcess p;
  p.area(0x1000, 0x3000, kReadExecute, "<b>&\"", os::AreaKind::kImage);
  p.area(0x200000, 0x400000, kReadWrite);
  p.page(0x1000, 0x2000, kReadExecute);
  p.page(0x200000, 0x1000, kReadWrite);
  p.page(0x201000, 0x3000, kReadWrite);
  return p;
}

const FrameOwner& owner_of(const Layout& layout, char letter) {
  for (const FrameOwner& owner : layout.owners) {
    if (owner.letter == letter) return owner;
  }
  throw std::runtime_error("nobody has this letter");
}

TEST(Layout, EveryFrameHasOneOwner) {
  const Layout layout = layout_of(two_areas().process());
  EXPECT_EQ(owner_of(layout, '#').frames, 1u);
  EXPECT_EQ(owner_of(layout, 'a').frames, 1u);
  EXPECT_EQ(owner_of(layout, 'b').frames, 2u);
  EXPECT_EQ(owner_of(layout, '0').frames, 2u);
  EXPECT_EQ(owner_of(layout, '2').frames, 1u);
  std::uint64_t all = 0;
  for (const FrameOwner& owner : layout.owners) all += owner.frames;
  EXPECT_EQ(all, (16u << 20) / 4096);
}

TEST(Layout, GapsOfTheAddressSpaceAreRows) {
  const Layout layout = layout_of(two_areas().process());
  ASSERT_EQ(layout.space.size(), 4u);
  EXPECT_EQ(layout.space[0].areas, 0u);
  EXPECT_EQ(layout.space[1].resident_bytes, 0x1000u);
  EXPECT_EQ(layout.space[2].areas, 0u);
  EXPECT_EQ(layout.space[2].range.bytes(), 0x1fd000u);
  EXPECT_EQ(layout.space[3].mapped_bytes, 0x200000u);
}

TEST(Layout, AreasWithoutALetterShareARow) {
  HandMadeProcess p;
  for (std::uint64_t i = 0; i < 60; ++i) {
    p.area(i * 0x2000, i * 0x2000 + 0x1000, kReadWrite);
    if (i < 50 || i >= 58) p.page(i * 0x2000, 0x10000 + i * 0x1000, kReadWrite);
  }
  const Layout layout = layout_of(p.process());
  std::size_t areas = 0, shared_rows = 0;
  for (const SpaceRow& row : layout.space) {
    areas += row.areas;
    if (row.areas > 1) ++shared_rows;
  }
  EXPECT_EQ(areas, 60u);
  EXPECT_EQ(shared_rows, 0u) << "gaps lie between them";
  EXPECT_EQ(owner_of(layout, 'Z').frames, 1u);
}

TEST(FrameCells, GrowUntilAllInUseFits) {
  const Layout layout = layout_of(two_areas().process());
  const FrameCells fine = frame_cells(layout, 4, 10);
  EXPECT_EQ(fine.cell_bytes, 4096u);
  ASSERT_EQ(fine.rows.size(), 4u);  // 4 frames; free; 4 tables; free
  EXPECT_EQ(fine.rows[0].owners.size(), 4u);
  EXPECT_EQ(layout.owners[fine.rows[0].owners[0]].letter, '#');
  EXPECT_EQ(layout.owners[fine.rows[0].owners[1]].letter, 'b');
  EXPECT_EQ(layout.owners[fine.rows[0].owners[2]].letter, 'a');
  EXPECT_EQ(fine.rows[1].free_bytes, (8u << 20) - 0x4000);
  EXPECT_EQ(layout.owners[fine.rows[2].owners[0]].letter, '2');
  const FrameCells coarse = frame_cells(layout, 2, 2);
  EXPECT_EQ(coarse.cell_bytes, 8192u);
  ASSERT_EQ(coarse.rows.size(), 4u);
  EXPECT_EQ(coarse.rows[0].owners.size(), 2u);
}

TEST(LayoutText, DrawsBothSides) {
  const std::string text = layout_text(layout_of(two_areas().process()));
  EXPECT_NE(text.find("a 0x000000001000     8 KiB r-x     4 KiB <b>&\""), std::string::npos)
      << text;
  EXPECT_NE(text.find("0x000000000 #bab\n"), std::string::npos) << text;
  EXPECT_NE(text.find("not mapped"), std::string::npos);
  EXPECT_NE(text.find("page tables of level 2"), std::string::npos);
}

TEST(LayoutHtml, NamesCannotBreakThePage) {
  const std::string html = layout_html(layout_of(two_areas().process()), "a<i>");
  EXPECT_NE(html.find("&lt;b&gt;&amp;&quot;"), std::string::npos);
  EXPECT_EQ(html.find("<b>&\""), std::string::npos);
  EXPECT_NE(html.find("a&lt;i&gt;"), std::string::npos);
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
}

}  // namespace
}  // namespace mmu
