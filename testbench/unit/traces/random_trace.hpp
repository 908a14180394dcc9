// Random traces with everything that a record and an event can hold.
#pragma once

#include <algorithm>
#include <random>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

/// Any values in all members; addresses mostly near each other, so that every length of a
/// difference occurs.
inline TraceRecord random_record(std::mt19937_64& random) {
  const auto pick = [&random](std::uint64_t below) { return random() % below; };
  TraceRecord r;
  r.kind = static_cast<AccessKind>(pick(4));
  r.address = 0x40'0000 + pick(std::uint64_t{1} << (1 + pick(46)));
  if (pick(20) == 0) r.address = random();
  r.bytes = static_cast<std::uint16_t>(pick(10) == 0 ? 1 + pick(65535) : 1 + pick(16));
  if (pick(30) == 0) {
    r.handle = static_cast<std::uint32_t>(pick(8) == 0 ? 0xffff'fffe : pick(1000));
  } else if (r.address + r.bytes < r.address) {
    r.address -= r.bytes;
  }
  r.depends_on = static_cast<std::uint16_t>(pick(20) == 0 ? pick(65536) : 0);
  r.instructions = r.kind == AccessKind::kFetch ? 1 : 0;
  if (pick(20) == 0) r.instructions = static_cast<std::uint16_t>(pick(65536));
  r.thread = static_cast<std::uint8_t>(pick(40) == 0 ? pick(256) : 0);
  return r;
}

inline OsEvent random_event(std::mt19937_64& random) {
  OsEvent e;
  e.type = static_cast<OsEventType>(random() % kOsEventTypes);
  e.thread = static_cast<std::uint8_t>(random());
  if (random() % 2 == 0) e.handle = static_cast<std::uint32_t>(random());
  e.number = random() >> (random() % 64);
  for (std::uint64_t& argument : e.args) argument = random() >> (random() % 64);
  e.result = static_cast<std::int64_t>(random() >> (random() % 64));
  if (random() % 3 == 0) e.result = -e.result;
  return e;
}

inline TraceBlock random_block(std::mt19937_64& random, std::uint32_t records,
                               std::uint32_t events) {
  TraceBlock block;
  for (std::uint32_t i = 0; i < records; ++i) block.records.push_back(random_record(random));
  for (std::uint32_t i = 0; i < events; ++i) {
    block.events.push_back(
        {static_cast<std::uint32_t>(random() % (records + 1)), random_event(random)});
  }
  std::stable_sort(block.events.begin(), block.events.end(),
                   [](const auto& a, const auto& b) { return a.before < b.before; });
  return block;
}

}  // namespace mmu::traces
