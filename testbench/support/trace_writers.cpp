#include "testbench/support/trace_writers.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>

namespace mmu {
namespace {

template <class Instr>
class ChampsimWriter {
 public:
  void add(const TraceRecord& record) {
    if (record.kind == AccessKind::kFetch) {
      flush();
      instr_ = Instr{};
      instr_.ip = record.address;
      loads_ = stores_ = 0;
      return;
    }
    if (record.kind != AccessKind::kStore) {
      put(instr_.source_memory, loads_++, Instr::kLoads, record.address);
    }
    if (record.kind != AccessKind::kLoad) {
      put(instr_.destination_memory, stores_++, Instr::kStores, record.address);
    }
  }
  std::string finish() {
    flush();
    return text_;
  }

 private:
  static void put(std::uint64_t* addresses, std::size_t at, std::size_t room,
                  std::uint64_t address) {
    if (at == room) throw std::invalid_argument("an instruction has too many accesses");
    addresses[at] = address;
  }
  void flush() {
    if (instr_.ip != 0) text_.append(reinterpret_cast<const char*>(&instr_), sizeof instr_);
  }

  Instr instr_{};
  std::size_t loads_ = 0, stores_ = 0;
  std::string text_;
};

template <class Instr>
std::string written(const TraceBlock& trace) {
  ChampsimWriter<Instr> writer;
  for (const TraceRecord& record : trace.records) writer.add(record);
  return writer.finish();
}

class DrmemtraceWriter {
 public:
  /// A file of one thread has a clock in common with others.
  explicit DrmemtraceWriter(std::uint8_t thread = 0, std::uint64_t* clock = nullptr)
      : thread_(thread), clock_(clock) {
    constexpr std::uint64_t kVersionBranchInfo = 5;
    entry(25, 0, kVersionBranchInfo);
    marker(12, kVersionBranchInfo);
    marker(9, 0x40 | 0x200 | 0x400);  // x86-64, with encodings and system call numbers
    entry(22, 0, 1000u + thread);
    entry(24, 0, 1000);
    marker(10, 64);    // bytes of a cache line
    marker(18, 4096);  // bytes of a page
    marker(20, kChunk);
    time();
  }
  void time() {
    marker(2, 13'000'000'000 + (clock_ != nullptr ? ++*clock_ : entries_.size()));
    marker(3, 1);  // processor
  }
  void add(const TraceRecord& record) {
    if (record.thread != thread_) {
      thread_ = record.thread;
      entry(22, 0, 1000u + thread_);
    }
    if (record.kind == AccessKind::kFetch) return fetch(record);
    if (record.kind != AccessKind::kStore) entry(0, record.bytes, record.address);
    if (record.kind != AccessKind::kLoad) entry(1, record.bytes, record.address);
  }
  void add(const OsEvent& event) {
    time();
    marker(25, event.number);
    marker(4, 0x1'0000'0000 + event.number);
    for (const std::uint64_t argument : event.args) marker(6, argument);
    time();
    marker(4, 0x1'0000'0000 + event.number);
    marker(7, event.failed() ? 0 : 1);
  }
  std::string finish() {
    entry(23, 0, 1000u + thread_);
    entry(26, 0, 0);
    return bytes_of(entries_);
  }

 private:
  static constexpr std::uint64_t kChunk = 1000;

  void entry(unsigned type, unsigned size, std::uint64_t address) {
    entries_.push_back(
        {static_cast<std::uint16_t>(type), static_cast<std::uint16_t>(size), address});
  }
  void marker(unsigned kind, std::uint64_t value) { entry(28, kind, value); }
  void fetch(const TraceRecord& record) {
    if (fetches_ > 0 && fetches_ % kChunk == 0) {
      marker(21, fetches_ / kChunk);
      marker(22, entries_.size());
      time();
    }
    if (fetches_ % 4 == 0) entry(47, 8, 0x1122334455667788);  // encoding
    entry(fetches_ % 3 == 0 ? 48 : 10, record.bytes, record.address);
    ++fetches_;
  }

  std::vector<DrmemtraceEntry> entries_;
  std::uint8_t thread_;
  std::uint64_t* clock_;
  std::uint64_t fetches_ = 0;
};

}  // namespace

std::string champsim_of(const TraceBlock& trace) { return written<ChampsimInstr>(trace); }
std::string cloudsuite_of(const TraceBlock& trace) { return written<CloudsuiteInstr>(trace); }

std::string bytes_of(const std::vector<DrmemtraceEntry>& entries) {
  return {reinterpret_cast<const char*>(entries.data()), entries.size() * sizeof(DrmemtraceEntry)};
}

std::string drmemtrace_of(const TraceBlock& trace) {
  DrmemtraceWriter writer;
  auto event = trace.events.begin();
  for (std::size_t i = 0; i <= trace.records.size(); ++i) {
    for (; event != trace.events.end() && event->before == i; ++event) writer.add(event->event);
    if (i < trace.records.size()) writer.add(trace.records[i]);
  }
  return writer.finish();
}

std::vector<std::string> drmemtrace_threads_of(const TraceBlock& trace) {
  std::uint64_t clock = 0;
  std::map<std::uint8_t, DrmemtraceWriter> writers;
  std::vector<std::uint8_t> order;
  DrmemtraceWriter* now = nullptr;
  const auto of = [&](std::uint8_t thread) -> DrmemtraceWriter& {
    const auto [at, is_new] = writers.try_emplace(thread, thread, &clock);
    if (is_new) order.push_back(thread);
    if (!is_new && now != &at->second) at->second.time();
    now = &at->second;
    return *now;
  };
  auto event = trace.events.begin();
  for (std::size_t i = 0; i <= trace.records.size(); ++i) {
    for (; event != trace.events.end() && event->before == i; ++event) {
      of(event->event.thread).add(event->event);
    }
    if (i < trace.records.size()) of(trace.records[i].thread).add(trace.records[i]);
  }
  std::vector<std::string> files;
  files.reserve(order.size());
  for (const std::uint8_t thread : order) files.push_back(writers.at(thread).finish());
  return files;
}

std::string capture_of(const TraceBlock& trace) {
  constexpr std::uint64_t kBrkToMremap[] = {12, 9, 11, 10, 25};  // x86-64's numbers
  constexpr std::uint64_t kMark = 4ull << 56, kCall = 3ull << 59, kEnd = 5ull << 59;
  std::string bytes = "\x89MMC\r\n\x1a\n";
  std::uint64_t fetches = 0;
  const auto put = [&bytes](std::uint64_t word) {
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  };
  const auto in_word = [](std::uint64_t value, std::uint8_t thread) {
    return (value & 0xffff'ffff'ffff) | std::uint64_t{thread} << 48;
  };
  put(1 | 62ull << 32);
  auto event = trace.events.begin();
  for (std::size_t i = 0; i <= trace.records.size(); ++i) {
    for (; event != trace.events.end() && event->before == i; ++event) {
      const OsEvent& e = event->event;
      const auto type = static_cast<std::size_t>(e.type);
      const std::uint64_t number = e.type == OsEventType::kMadvise ? 28 : e.number;
      put(in_word(type < 5 ? kBrkToMremap[type] : number, e.thread) | kMark | kCall);
      for (const std::uint64_t argument : e.args) put(argument);
      put(static_cast<std::uint64_t>(e.result));
    }
    if (i == trace.records.size()) break;
    const TraceRecord& r = trace.records[i];
    if (r.kind == AccessKind::kFetch) ++fetches;
    for (std::uint64_t done = 0; done < r.bytes; done += 32) {
      const std::uint64_t size = std::min<std::uint64_t>(r.bytes - done, 32) % 32;
      put(in_word(r.address + done, r.thread) | static_cast<std::uint64_t>(r.kind) << 56 |
          size << 59);
    }
  }
  put(fetches | kMark | kEnd);
  return bytes;
}

std::string lackey_of(const TraceBlock& trace) {
  constexpr const char* kPrefix[] = {"I ", " L", " S", " M"};
  std::string text = "==1== Lackey\n==1== Command: sample\n==1== \n";
  for (const TraceRecord& record : trace.records) {
    char line[48];
    std::snprintf(line, sizeof line, "%s %08llx,%u\n",
                  kPrefix[static_cast<std::size_t>(record.kind)],
                  static_cast<unsigned long long>(record.address), unsigned{record.bytes});
    text += line;
  }
  return text;
}

}  // namespace mmu
