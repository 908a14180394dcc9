#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sim/process/layout.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

constexpr std::size_t kColumns = 32, kMostRows = 40, kLeftWidth = 60;

std::string space_line(const Layout& layout, const SpaceRow& row) {
  if (row.areas == 0) return fmt::format("  ~ {} not mapped ~", bytes_text(row.range.bytes()));
  constexpr std::size_t kMostOfName = 16;
  return fmt::format("{} {:#014x} {:>9} {:>3} {:>9} {}", layout.owners[row.owner].letter,
                     row.range.start, bytes_text(row.mapped_bytes), row.rights,
                     bytes_text(row.resident_bytes), row.name.substr(0, kMostOfName));
}

std::string frame_line(const Layout& layout, const FrameCells::Row& row) {
  if (row.owners.empty()) return fmt::format("  ~ {} free ~", bytes_text(row.free_bytes));
  std::string line = fmt::format("{:#011x} ", row.start);
  for (const std::size_t owner : row.owners) line += layout.owners[owner].letter;
  return line;
}

std::string legend_line(const Layout& layout, const std::string& letters, std::uint64_t frames,
                        const std::string& whose) {
  return fmt::format("{:>4} {:>14} frames {:>10}  {}\n", letters, grouped(frames),
                     bytes_text(frames * layout.page_bytes), whose);
}

/// The areas with letters are told apart on the left side.
std::string legend(const Layout& layout) {
  std::string text;
  std::uint64_t frames = 0;
  char last = 'a';
  for (const FrameOwner& owner : layout.owners) {
    const bool is_area = std::isalpha(static_cast<unsigned char>(owner.letter)) != 0;
    if (is_area) {
      frames += owner.frames;
      last = owner.letter;
    } else if (owner.frames != 0) {
      text += legend_line(layout, std::string(1, owner.letter), owner.frames, owner.name);
    }
  }
  if (frames == 0) return text;
  return text + legend_line(layout, fmt::format("a-{}", last), frames, "areas, as on the left");
}

}  // namespace

std::string layout_text(const Layout& layout) {
  const FrameCells cells = frame_cells(layout, kColumns, kMostRows);
  std::vector<std::string> left{
      "address space, lowest first",
      fmt::format("  {:<14} {:>9} {:>3} {:>9} {}", "start", "size", "", "in memory", "area")};
  std::vector<std::string> right{"physical memory, lowest first",
                                 fmt::format("each character: {}", bytes_text(cells.cell_bytes))};
  for (const SpaceRow& row : layout.space) left.push_back(space_line(layout, row));
  for (const FrameCells::Row& row : cells.rows) right.push_back(frame_line(layout, row));

  std::string text;
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    std::string line = i < left.size() ? left[i] : "";
    if (i < right.size()) {
      line.resize(std::max(line.size() + 1, kLeftWidth), ' ');
      line += right[i];
    }
    text += line + "\n";
  }
  return text +
         "\nNot to scale: what nobody has is one line. A character stands for whoever has the most "
         "of its frames.\n" +
         legend(layout);
}

}  // namespace mmu
