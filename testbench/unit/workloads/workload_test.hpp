// What the suites of workloads share: a whole trace as one list, its data accesses, messages.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hw/arch/errors.hpp"
#include "traces/content_hash.hpp"
#include "traces/workloads/workload.hpp"

namespace mmu::traces {

struct Generated {
  TraceHeader header;
  std::vector<TraceRecord> records;
  std::vector<TraceBlock::Event> events;  // by the number of the record behind them
};

inline Generated generated(const std::string& text) {
  const auto source = generate_workload(text);
  Generated all{source->header(), {}, {}};
  TraceBlock block;
  while (source->next(block)) {
    const auto base = static_cast<std::uint32_t>(all.records.size());
    all.records.insert(all.records.end(), block.records.begin(), block.records.end());
    for (const TraceBlock::Event& at : block.events) {
      all.events.push_back({base + at.before, at.event});
    }
  }
  return all;
}

/// A data record, and the address of the instruction that it belongs to.
struct DataAccess {
  std::uint64_t pc = 0;
  TraceRecord record;
};

inline std::vector<DataAccess> data_of(const Generated& all) {
  std::vector<DataAccess> data;
  std::uint64_t pc = 0;
  for (const TraceRecord& record : all.records) {
    if (record.kind == AccessKind::kFetch) {
      pc = record.address;
    } else {
      data.push_back({pc, record});
    }
  }
  return data;
}

/// Where the i-th area lies that mmap has made before the first record.
inline std::uint64_t area(const Generated& all, std::size_t i) {
  return static_cast<std::uint64_t>(all.events.at(i).event.result);
}

inline std::uint64_t hash_of(const std::string& text) {
  const auto source = generate_workload(text);
  ContentHash hash;
  TraceBlock block;
  while (source->next(block)) hash.add(block);
  return hash.value();
}

/// The message of the ConfigError that `text` leads to; "" if it leads to none.
inline std::string config_error(const std::string& text) {
  try {
    generate_workload(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

/// Of counts against expected ones, sum of (count - expected)^2 / expected.
inline double chi_square(const std::vector<double>& counts, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    sum += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
  }
  return sum;
}

}  // namespace mmu::traces
