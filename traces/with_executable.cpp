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
  WithExecutable(std::unique_ptr<TraceSource> source, ExecutableImage program)
      : source_(std::move(source)), program_(std::move(program)) {
    complete(source_->header());
  }
  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override { return source_->next(block); }

 private:
  void complete(const TraceHeader& own) {
    header_ = own;
    if (header_.brk_start == 0) header_.brk_start = program_.break_start;
    const bool has_stack = std::any_of(own.image.begin(), own.image.end(), is_stack);
    header_.image.clear();
    for (const ImageArea& area : program_.areas) {
      if (!has_stack || !is_stack(area)) header_.image.push_back(area);
    }
    const std::size_t count = header_.image.size();
    for (ImageArea area : own.image) {
      if (is_stack(area)) area.execute = area.execute || program_.executable_stack;
      add_around(header_.image, count, area);
    }
    std::sort(header_.image.begin(), header_.image.end(),
              [](const ImageArea& a, const ImageArea& b) { return a.start < b.start; });
  }

  std::unique_ptr<TraceSource> source_;
  ExecutableImage program_;
  TraceHeader header_;
};

}  // namespace

std::unique_ptr<TraceSource> with_executable(std::unique_ptr<TraceSource> source,
                                             const ExecutableImage& program) {
  return std::make_unique<WithExecutable>(std::move(source), program);
}

}  // namespace mmu::traces
