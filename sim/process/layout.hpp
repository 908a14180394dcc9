// An address space beside physical memory, ready to be drawn: what lies where, and who owns which
// frames. Not to scale: what is not in use is one line, however large.
#pragma once

#include <string>
#include <vector>

#include "sim/process/process_memory.hpp"

namespace mmu {

/// Whom frames belong to.
struct FrameOwner {
  std::string name;
  char letter = '.';
  std::uint64_t frames = 0;
};

/// What is drawn of the address space, from the lowest address on.
struct SpaceRow {
  os::Range range;
  std::size_t areas = 0;  ///< 0: a gap; more than 1: neighbours too small for rows of their own
  std::size_t owner = 0;  ///< of the frames
  std::uint64_t mapped_bytes = 0, resident_bytes = 0;
  std::string rights, name;
};

/// Neighbouring frames of one owner.
struct FrameRun {
  std::uint64_t start = 0, bytes = 0;
  std::size_t owner = 0;

  std::uint64_t end() const { return start + bytes; }
};

struct Layout {
  static constexpr std::size_t kFree = 0;  ///< the first of `owners`

  std::uint64_t page_bytes = 0, memory_bytes = 0;
  std::vector<FrameOwner> owners;
  std::vector<SpaceRow> space;
  std::vector<FrameRun> runs;  ///< of frames in use, by address
};

/// Of one process; the frames of `others` are theirs.
Layout layout_of(const ProcessMemory& process, const std::vector<ProcessMemory>& others = {});

/// Physical memory as rows of cells of equal size.
struct FrameCells {
  struct Row {
    std::uint64_t start = 0;
    std::vector<std::size_t> owners;  ///< of each cell: who has the most of it; kFree if nobody has
    std::uint64_t free_bytes = 0;     ///< a row without cells: so much that nobody has
  };
  std::uint64_t cell_bytes = 0;
  std::vector<Row> rows;
};

/// With the smallest cells of which `most_rows` rows of `columns` hold all that is in use.
FrameCells frame_cells(const Layout& layout, std::size_t columns, std::size_t most_rows);

/// Both sides next to each other, with a legend; for a terminal of 100 columns.
std::string layout_text(const Layout& layout);
/// A page that needs no network; `title` says of what.
std::string layout_html(const Layout& layout, const std::string& title);

}  // namespace mmu
