#include "sim/process/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace mmu {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Puts a Layout together.
class Builder {
 public:
  Builder(const ProcessMemory& process, const std::vector<ProcessMemory>& others)
      : process_(process), other_processes_(others) {}
  Layout build();

 private:
  void add_owners();
  void add_space();
  void add_frames();
  void add_run(FrameRun run);
  void add_other_processes(std::vector<FrameRun>& to);
  std::size_t add_owner(std::string name, char letter) {
    out_.owners.push_back({std::move(name), letter, 0});
    return out_.owners.size() - 1;
  }

  const ProcessMemory& process_;
  const std::vector<ProcessMemory>& other_processes_;
  Layout out_;
  std::vector<std::size_t> owner_of_area_;
  std::size_t others_ = 0, nobody_ = 0, first_table_ = 0;
};

/// The areas with the most pages get letters, in order of address.
void Builder::add_owners() {
  add_owner("free", '.');
  nobody_ = add_owner("never used: physical address 0", '#');
  others_ = add_owner("other areas", '+');
  std::vector<std::size_t> by_size(process_.areas().size());
  std::iota(by_size.begin(), by_size.end(), 0);
  std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) {
    return process_.resident_bytes(a) > process_.resident_bytes(b);
  });
  if (by_size.size() > kLetters.size()) by_size.resize(kLetters.size());
  std::sort(by_size.begin(), by_size.end());
  owner_of_area_.assign(process_.areas().size(), others_);
  for (std::size_t i = 0; i < by_size.size(); ++i) {
    owner_of_area_[by_size[i]] = add_owner(shown_name(process_.areas()[by_size[i]]), kLetters[i]);
  }
  first_table_ = out_.owners.size();
  for (unsigned level = 0; level < process_.format().depth; ++level) {
    add_owner(fmt::format("page tables of level {}", level), static_cast<char>('0' + level));
  }
}

void Builder::add_space() {
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < process_.areas().size(); ++i) {
    const os::VmArea& area = process_.areas()[i];
    if (area.range.start > end) {
      out_.space.push_back({{end, area.range.start}, 0, Layout::kFree, 0, 0, "", ""});
    }
    end = area.range.end;
    const std::size_t owner = owner_of_area_[i];
    const std::uint64_t resident = process_.resident_bytes(i);
    SpaceRow* last = out_.space.empty() ? nullptr : &out_.space.back();
    if (owner == others_ && last != nullptr && last->areas != 0 && last->owner == others_) {
      last->range.end = end;
      ++last->areas;
      last->mapped_bytes += area.range.bytes();
      last->resident_bytes += resident;
      last->rights = "";
      last->name = fmt::format("{} areas", last->areas);
      continue;
    }
    out_.space.push_back({area.range, 1, owner, area.range.bytes(), resident,
                          rights_text(area.rights), shown_name(area)});
  }
}

void Builder::add_run(FrameRun run) {
  FrameRun* last = out_.runs.empty() ? nullptr : &out_.runs.back();
  if (last != nullptr && run.start < last->end()) return;  // mapped more than once
  out_.owners[run.owner].frames += run.bytes / out_.page_bytes;
  if (last != nullptr && last->owner == run.owner && last->end() == run.start) {
    last->bytes += run.bytes;
  } else {
    out_.runs.push_back(run);
  }
}

void Builder::add_other_processes(std::vector<FrameRun>& to) {
  const std::size_t owner = add_owner("other processes", '*');
  for (const ProcessMemory& other : other_processes_) {
    for (const ProcessMemory::Page& mapped : other.pages()) {
      to.push_back({mapped.frame.value(), mapped.bytes(), owner});
    }
    for (unsigned level = 0; level < other.format().depth; ++level) {
      for (const PhysAddr table : other.tables(level)) {
        to.push_back({table.value(), out_.page_bytes, owner});
      }
    }
  }
}

void Builder::add_frames() {
  const std::uint64_t page = out_.page_bytes;
  std::vector<FrameRun> all{{0, page, nobody_}};
  for (const ProcessMemory::Page& mapped : process_.pages()) {
    const std::size_t owner = mapped.area ? owner_of_area_[*mapped.area] : others_;
    all.push_back({mapped.frame.value(), mapped.bytes(), owner});
  }
  for (unsigned level = 0; level < process_.format().depth; ++level) {
    for (const PhysAddr table : process_.tables(level)) {
      all.push_back({table.value(), page, first_table_ + level});
    }
  }
  if (!other_processes_.empty()) add_other_processes(all);
  std::stable_sort(all.begin(), all.end(),
                   [](const FrameRun& a, const FrameRun& b) { return a.start < b.start; });
  for (const FrameRun& run : all) add_run(run);
  std::uint64_t used = 0;
  for (const FrameRun& run : out_.runs) used += run.bytes;
  out_.owners[Layout::kFree].frames = (out_.memory_bytes - used) / page;
}

Layout Builder::build() {
  out_.page_bytes = process_.format().page_bytes();
  out_.memory_bytes = process_.memory_bytes();
  add_owners();
  add_space();
  add_frames();
  return std::move(out_);
}

/// Runs with less than a row's worth of free memory between them are drawn together.
struct Span {
  std::uint64_t start = 0, end = 0;
};

std::vector<Span> spans_of(const Layout& layout, std::uint64_t cell, std::size_t columns) {
  std::vector<Span> spans;
  for (const FrameRun& run : layout.runs) {
    if (spans.empty() || run.start - spans.back().end >= cell * columns) {
      spans.push_back({run.start / cell * cell, run.end()});
    }
    spans.back().end = run.end();
  }
  return spans;
}

std::size_t rows_of(const std::vector<Span>& spans, std::uint64_t row_bytes) {
  std::size_t rows = 0;
  for (const Span& span : spans) rows += (span.end - span.start + row_bytes - 1) / row_bytes;
  return rows;
}

/// Of [start, end); `run` is the first that may reach into it, and moves on.
std::size_t main_owner(const Layout& layout, std::uint64_t start, std::uint64_t end,
                       std::size_t& run) {
  std::map<std::size_t, std::uint64_t> bytes;
  while (run < layout.runs.size() && layout.runs[run].end() <= start) ++run;
  for (std::size_t i = run; i < layout.runs.size() && layout.runs[i].start < end; ++i) {
    const FrameRun& at = layout.runs[i];
    bytes[at.owner] += std::min(at.end(), end) - std::max(at.start, start);
  }
  const auto most = std::max_element(
      bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == bytes.end() ? Layout::kFree : most->first;
}

}  // namespace

Layout layout_of(const ProcessMemory& process, const std::vector<ProcessMemory>& others) {
  return Builder(process, others).build();
}

FrameCells frame_cells(const Layout& layout, std::size_t columns, std::size_t most_rows) {
  FrameCells cells;
  cells.cell_bytes = layout.page_bytes;
  std::vector<Span> spans = spans_of(layout, cells.cell_bytes, columns);
  while (rows_of(spans, cells.cell_bytes * columns) > most_rows) {
    cells.cell_bytes *= 2;
    spans = spans_of(layout, cells.cell_bytes, columns);
  }
  std::uint64_t end = 0;
  std::size_t run = 0;
  const auto add_gap = [&](std::uint64_t to) {
    if (to > end) cells.rows.push_back({end, {}, to - end});
  };
  for (const Span& span : spans) {
    add_gap(span.start);
    for (std::uint64_t row = span.start; row < span.end; row += cells.cell_bytes * columns) {
      cells.rows.push_back({row, {}, 0});
      for (std::size_t i = 0; i < columns; ++i) {
        const std::uint64_t at = row + i * cells.cell_bytes;
        if (at >= span.end) break;
        cells.rows.back().owners.push_back(main_owner(layout, at, at + cells.cell_bytes, run));
      }
    }
    end = span.end;
  }
  add_gap(layout.memory_bytes);
  return cells;
}

}  // namespace mmu
