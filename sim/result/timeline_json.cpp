#include "sim/result/timeline_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "hw/arch/access.hpp"

namespace mmu {
namespace {

// Lines of the picture; walkers follow.
constexpr unsigned kTraps = 1, kFences = 2, kFirstWalker = 10;

/// Appends events, with what stands between them. Each has "ts": speedscope demands it of all,
/// Perfetto of all but "M". Line 0 is none: Perfetto takes tid 0 for the number of the process.
class Writer {
 public:
  Writer() { text_ = R"({"displayTimeUnit":"ns","traceEvents":[)"; }
  void name_process(const std::string& name) {
    add(R"({{"ph":"M","pid":1,"tid":0,"ts":0,"name":"process_name","args":{{"name":"{}"}}}})",
        name);
  }
  void name_line(unsigned line, const std::string& name) {
    add(R"({{"ph":"M","pid":1,"tid":{},"ts":0,"name":"thread_name","args":{{"name":"{}"}}}})", line,
        name);
    add(R"({{"ph":"M","pid":1,"tid":{},"ts":0,"name":"thread_sort_index",)"
        R"("args":{{"sort_index":{}}}}})",
        line, line);
  }
  void slice(unsigned line, const char* category, const std::string& name, Cycle begin, Cycle end,
             const std::string& args) {
    add(R"({{"ph":"X","pid":1,"tid":{},"ts":{},"dur":{},"cat":"{}","name":"{}","args":{{{}}}}})",
        line, begin, end - begin, category, name, args);
  }
  void instant(unsigned line, const char* category, const std::string& name, Cycle at,
               const std::string& args) {
    add(R"({{"ph":"i","s":"t","pid":1,"tid":{},"ts":{},"cat":"{}","name":"{}","args":{{{}}}}})",
        line, at, category, name, args);
  }
  std::string finish() { return std::move(text_) + "\n]}\n"; }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    text_ += is_first_ ? "\n" : ",\n";
    is_first_ = false;
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }
  std::string text_;
  bool is_first_ = true;
};

void add_walk(Writer& to, const RecordedWalk& walk) {
  const unsigned line = kFirstWalker + walk.walker;
  std::string args =
      fmt::format(R"("va":"{:#x}","asid":{},"access":"{}","prefetch":{},"fault":{})",
                  walk.va.value(), walk.asid, name_of(walk.kind), walk.prefetch, walk.faulted);
  if (walk.pc != TranslateRequest::kNoPc) args += fmt::format(R"(,"pc":"{:#x}")", walk.pc);
  to.slice(line, "walk",
           fmt::format("{} {:#x}", walk.prefetch ? "prefetch" : "walk", walk.va.value()),
           walk.accepted, walk.ended, args);
  Cycle begin = walk.accepted;
  for (const Segment& part : walk.story) {
    const Cycle end = std::min(part.end, walk.ended);
    if (end > begin) to.slice(line, "part", name_of(part.part), begin, end, "");
    begin = std::max(begin, end);
  }
}

void add_trap(Writer& to, const RecordedTrap& trap) {
  if (!trap.page_fault) {
    return to.slice(kTraps, "trap", std::string(name_of(trap.call)), trap.at, trap.at + trap.cycles,
                    "");
  }
  to.slice(
      kTraps, "trap", "page fault", trap.at, trap.at + trap.cycles,
      fmt::format(R"("va":"{:#x}","cause":"{}")", trap.fault.va.value(), name_of(trap.fault.kind)));
}

void add_fence(Writer& to, const RecordedFence& fence) {
  std::string args = fmt::format(R"("leaf_only":{})", fence.scope.leaf_only);
  if (fence.scope.asid) args += fmt::format(R"(,"asid":{})", *fence.scope.asid);
  if (fence.scope.va) args += fmt::format(R"(,"va":"{:#x}")", fence.scope.va->value());
  to.instant(kFences, "fence", "fence", fence.at, args);
}

}  // namespace

std::string timeline_json(const Timeline& timeline) {
  Writer writer;
  writer.name_process("mmusim");
  writer.name_line(kTraps, "operating system");
  writer.name_line(kFences, "fences");
  std::uint32_t walkers = 0;
  for (const RecordedWalk& walk : timeline.walks) walkers = std::max(walkers, walk.walker + 1);
  for (std::uint32_t i = 0; i < walkers; ++i) {
    writer.name_line(kFirstWalker + i, fmt::format("walker {}", i));
  }
  for (const RecordedWalk& walk : timeline.walks) add_walk(writer, walk);
  for (const RecordedTrap& trap : timeline.traps) add_trap(writer, trap);
  for (const RecordedFence& fence : timeline.fences) add_fence(writer, fence);
  return writer.finish();
}

}  // namespace mmu
