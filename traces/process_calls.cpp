#include "traces/process_calls.hpp"

#include <algorithm>
#include <iterator>

namespace mmu::traces {
namespace {

constexpr std::uint64_t kCloneVm = 0x100;  // clone(2)
// wait4(2): WUNTRACED and WCONTINUED. With either, a result does not say that the child has ended.
constexpr std::uint64_t kReportsMore = 2 | 8;

}  // namespace

void ProcessCalls::recognise(const Numbers& numbers, OsEvent& event) {
  if (event.number == numbers.fork ||
      (event.number == numbers.clone && (event.args[0] & kCloneVm) == 0)) {
    forked(event);
  } else if (event.number == numbers.wait4) {
    waited(event.args[2], event);
  }
}

/// A result of 0 is the child's own: it has no place in the trace of its parent.
void ProcessCalls::forked(OsEvent& event) {
  if (event.result == 0) return;
  event.type = OsEventType::kFork;
  std::fill(std::begin(event.args), std::end(event.args), 0);
  if (!event.failed()) children_.insert(event.result);
}

void ProcessCalls::waited(std::uint64_t options, OsEvent& event) {
  if ((options & kReportsMore) != 0 || children_.erase(event.result) == 0) return;
  event.type = OsEventType::kExit;
  std::fill(std::begin(event.args), std::end(event.args), 0);
  event.args[0] = static_cast<std::uint64_t>(event.result);
}

}  // namespace mmu::traces
