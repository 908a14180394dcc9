#include "sim/probe/chase.hpp"

#include <algorithm>
#include <numeric>

namespace mmu {
namespace {

constexpr std::uint64_t kStart = std::uint64_t{1} << 30;  // any boundary of small pages

OsEvent anonymous_memory(std::uint64_t start, std::uint64_t bytes, bool fetches) {
  using namespace linux_abi;
  OsEvent event;
  event.type = OsEventType::kMmap;
  event.args[0] = start;
  event.args[1] = bytes;
  event.args[2] = kProtRead | (fetches ? kProtExec : kProtWrite);
  event.args[3] = kMapAnonymous | kMapFixed;
  event.result = static_cast<std::int64_t>(start);
  return event;
}

}  // namespace

ChaseTrace::ChaseTrace(const ChaseShape& shape, AccessKind kind, std::uint64_t rounds,
                       std::uint32_t line_bytes) {
  header_.command = "pointer chase";
  const bool fetches = kind == AccessKind::kFetch;
  const std::uint64_t start = std::max(kStart, shape.page_bytes);
  block_.events.push_back(
      {0, anonymous_memory(start, shape.span_pages() * shape.page_bytes, fetches)});
  const std::uint64_t lines = shape.page_bytes / line_bytes;
  block_.records.reserve(rounds * shape.pages());
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (std::uint64_t i = 0; i < shape.pages(); ++i) {
      const std::uint64_t page = i / shape.run * shape.stride + i % shape.run;
      // Frames follow each other: a plain i mod lines would pair each line with a few frames only.
      // And fetches of one line that follow each other would be one access.
      const std::uint64_t line = (i + i / lines + (fetches ? round % 2 : 0)) % lines;
      TraceRecord access;
      access.kind = kind;
      access.address = start + page * shape.page_bytes + line * line_bytes;
      access.bytes = fetches ? 4 : 8;
      access.instructions = 1;
      access.depends_on = fetches || block_.records.empty() ? 0 : 1;
      block_.records.push_back(access);
    }
  }
}

bool ChaseTrace::next(TraceBlock& block) {
  if (given_) return false;
  given_ = true;
  block = block_;
  return !block.records.empty();
}

// The number of sets divides the entries, and leaves at least n / 2 of them to each.
std::uint64_t set_stride(std::uint64_t entries, std::uint64_t n, std::uint64_t run) {
  std::uint64_t stride = 1;
  for (std::uint64_t sets = 1; sets <= entries && sets * n <= 2 * entries; ++sets) {
    if (entries % sets == 0) stride = std::lcm(stride, sets);
  }
  return (std::max<std::uint64_t>(run, 1) + stride - 1) / stride * stride;
}

std::uint64_t knee(const std::function<bool(std::uint64_t)>& fits, std::uint64_t limit) {
  std::uint64_t good = 0;
  std::uint64_t bad = 1;
  while (bad <= limit && fits(bad)) {
    good = bad;
    bad *= 2;
  }
  bad = std::min(bad, limit + 1);
  while (bad - good > 1) {
    const std::uint64_t middle = good + (bad - good) / 2;
    (fits(middle) ? good : bad) = middle;
  }
  return good;
}

}  // namespace mmu
