#include "traces/content_hash.hpp"

#include <xxhash.h>

#include <algorithm>
#include <new>

namespace mmu::traces {

// The canonical form is little-endian words; they are hashed as they lie in memory.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

struct ContentHash::States {
  States() : records(XXH64_createState()), events(XXH64_createState()) {
    if (records == nullptr || events == nullptr) throw std::bad_alloc();
    XXH64_reset(records, 0);
    XXH64_reset(events, 0);
  }
  ~States() {
    XXH64_freeState(records);
    XXH64_freeState(events);
  }
  States(const States&) = delete;
  States& operator=(const States&) = delete;

  XXH64_state_t* records;
  XXH64_state_t* events;
};

ContentHash::ContentHash() : states_(std::make_unique<States>()) {}
ContentHash::~ContentHash() = default;

void ContentHash::add(const TraceBlock& block) {
  constexpr std::size_t kAtOnce = 512;
  std::array<std::uint64_t, 3 * kAtOnce> words;
  for (std::size_t first = 0; first < block.records.size(); first += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, block.records.size() - first);
    std::size_t w = 0;
    for (std::size_t i = first; i < first + count; ++i) {
      const TraceRecord& r = block.records[i];
      words[w++] = r.address;
      words[w++] = r.handle | std::uint64_t{r.depends_on} << 32 | std::uint64_t{r.bytes} << 48;
      words[w++] =
          r.instructions | static_cast<std::uint64_t>(r.kind) << 16 | std::uint64_t{r.thread} << 24;
    }
    XXH64_update(states_->records, words.data(), w * sizeof(std::uint64_t));
  }
  for (const TraceBlock::Event& at : block.events) {
    const OsEvent& e = at.event;
    const std::uint64_t event[] = {records_ + at.before,
                                   static_cast<std::uint64_t>(e.type) |
                                       std::uint64_t{e.thread} << 8 | std::uint64_t{e.handle} << 32,
                                   e.number,
                                   e.args[0],
                                   e.args[1],
                                   e.args[2],
                                   e.args[3],
                                   e.args[4],
                                   e.args[5],
                                   static_cast<std::uint64_t>(e.result)};
    XXH64_update(states_->events, event, sizeof event);
  }
  records_ += block.records.size();
  events_ += block.events.size();
}

std::uint64_t ContentHash::value() const {
  const std::uint64_t parts[] = {XXH64_digest(states_->records), XXH64_digest(states_->events),
                                 records_, events_};
  const std::uint64_t hash = XXH64(parts, sizeof parts, 0);
  return hash != 0 ? hash : 1;
}

}  // namespace mmu::traces
