#include "traces/with_executable.hpp"

#include <algorithm>
#include <utility>

namespace mmu::traces {
namespace {

bool is_stack(const ImageArea& area) { return area.name == "[stack]"; }

/// Adds what of `area` lies in none of the first `count` of `image`, which are in order.
void add_around(std::vector<ImageArea>& image, std::size_t count, ImageArea area) {
  for (std::size_t i = 0; i < count && area.bytes != 0; ++i) {
    const std::uint64_t start = image[i].start, end = start + image[i].bytes;
    if (end <= area.start || start >= area.start + area.bytes) continue;
    if (start > area.start) {
      ImageArea before = area;
      before.bytes = start - area.start;
      image.push_back(before);
    }
    const std::uint64_t area_end = area.start + area.bytes;
    area.bytes = area_end > end ? area_end - end : 0;
    area.start = end;
  }
  if (area.bytes != 0) image.push_back(area);
}

class WithExecutable final : public TraceSource {
 public:
  WithExecutable(std::unique_ptr<TraceSource> source, const ExecutableImage& program)
      : source_(std::move(source)) {
    complete(source_->header(), program);
  }
  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override { return source_->next(block); }

 private:
  void complete(const TraceHeader& own, const ExecutableImage& program) {
    header_ = own;
    if (header_.brk_start == 0) header_.brk_start = program.break_start;
    const bool has_stack = std::any_of(own.image.begin(), own.image.end(), is_stack);
    header_.image.clear();
    for (const ImageArea& area : program.areas) {
      if (!has_stack || !is_stack(area)) header_.image.push_back(area);
    }
    const std::size_t count = header_.image.size();
    for (ImageArea area : own.image) {
      if (is_stack(area)) area.execute = area.execute || program.executable_stack;
      add_around(header_.image, count, area);
    }
    sort_by_address(header_.image);
  }

  std::unique_ptr<TraceSource> source_;
  TraceHeader header_;
};

}  // namespace

std::unique_ptr<TraceSource> with_executable(std::unique_ptr<TraceSource> source,
                                             const ExecutableImage& program) {
  return std::make_unique<WithExecutable>(std::move(source), program);
}

}  // namespace mmu::traces
