#include "traces/trace_info.hpp"

#include <algorithm>
#include <bitset>
#include <iomanip>
#include <iterator>
#include <numeric>
#include <ostream>
#include <sstream>
#include <unordered_set>

#include "hw/arch/errors.hpp"
#include "hw/arch/hex.hpp"
#include "hw/arch/page_table_format.hpp"
#include "traces/content_hash.hpp"
#include "traces/highest_address.hpp"
#include "traces/open_trace.hpp"
#include "traces/own_trace.hpp"

namespace mmu::traces {
namespace {

constexpr unsigned kPageShift = 12;

/// Distinct pages; a small table in front takes nearly all of the look-ups.
class PageCounter {
 public:
  PageCounter() { recent_.fill(~std::uint64_t{0}); }
  void touch(const TraceRecord& record) {
    const std::uint64_t last = (record.address + record.bytes - 1) >> kPageShift;
    for (std::uint64_t page = record.address >> kPageShift; page <= last; ++page) {
      std::uint64_t& recent = recent_[page % recent_.size()];
      if (recent == page) continue;
      recent = page;
      pages_.insert(page);
    }
  }
  /// Of 4 KiB, 64 KiB, 2 MiB and 1 GiB.
  std::array<std::uint64_t, 4> counts() const {
    std::array<std::uint64_t, 4> counts{pages_.size()};
    constexpr unsigned kShifts[] = {0, 4, 9, 18};
    for (std::size_t i = 1; i < counts.size(); ++i) {
      std::unordered_set<std::uint64_t> larger;
      for (const std::uint64_t page : pages_) larger.insert(page >> kShifts[i]);
      counts[i] = larger.size();
    }
    return counts;
  }

 private:
  std::array<std::uint64_t, 1024> recent_{};
  std::unordered_set<std::uint64_t> pages_;
};

/// Handles are made by events and used by later records.
class HandleCheck {
 public:
  /// Throws InputError if `record` uses a handle that no event has made.
  void use(const TraceRecord& record, std::uint64_t number, const std::string& path) const {
    if (record.handle == TraceRecord::kNoHandle || made_.count(record.handle) != 0) return;
    throw InputError(path + ": record " + std::to_string(number) + ": handle " +
                     std::to_string(record.handle) + " is used before an event makes it");
  }
  void make(const OsEvent& event) {
    if (event.handle != TraceRecord::kNoHandle) made_.insert(event.handle);
  }
  void take(const TraceBlock& block, std::uint64_t first, const std::string& path) {
    auto event = block.events.begin();
    for (std::size_t i = 0; i < block.records.size(); ++i) {
      for (; event != block.events.end() && event->before == i; ++event) make(event->event);
      use(block.records[i], first + i, path);
    }
    for (; event != block.events.end(); ++event) make(event->event);
  }

 private:
  std::unordered_set<std::uint32_t> made_;
};

/// Gathers a summary block by block.
class Summarizer {
 public:
  void add(const TraceBlock& block) {
    for (const TraceRecord& record : block.records) {
      ++summary_.records[static_cast<std::size_t>(record.kind)];
      summary_.instructions += record.instructions;
      summary_.dependent += record.depends_on != 0 ? 1u : 0u;
      threads_.set(record.thread);
      if (record.handle != TraceRecord::kNoHandle) {
        ++summary_.with_handle;
      } else {
        pages_.touch(record);
      }
    }
    for (const TraceBlock::Event& at : block.events) {
      ++summary_.events[static_cast<std::size_t>(at.event.type)];
      summary_.failed_events += at.event.failed() ? 1u : 0u;
    }
    highest_.add(block);
    hash_.add(block);
  }
  TraceSummary finish(const TraceHeader& header) {
    summary_.header = header;
    summary_.pages = pages_.counts();
    summary_.threads = threads_.count();
    highest_.add(header);
    summary_.highest_address = highest_.value();
    summary_.hash = hash_.value();
    return summary_;
  }

 private:
  TraceSummary summary_;
  PageCounter pages_;
  std::bitset<256> threads_;
  HighestAddress highest_;
  ContentHash hash_;
};

void compare(const std::string& path, const char* what, std::uint64_t header,
             std::uint64_t content) {
  if (header == content) return;
  throw InputError(path + ": " + what + ": the header says " + std::to_string(header) +
                   ", the content is " + std::to_string(content));
}

void print_event(const OsEvent& event, std::ostream& out) {
  out << "      -- " << describe(event) << "\n";
}

void print_record(std::uint64_t number, const TraceRecord& record, std::ostream& out) {
  out << std::setw(9) << number << "  " << std::left << std::setw(6) << name_of(record.kind)
      << std::right << "  ";
  if (record.handle != TraceRecord::kNoHandle) out << "handle " << record.handle << " + ";
  out << hex(record.address) << " " << record.bytes;
  if (record.thread != 0) out << "  thread " << unsigned{record.thread};
  if (record.depends_on != 0) out << "  depends on -" << record.depends_on;
  out << "\n";
}

}  // namespace

std::uint64_t TraceSummary::record_count() const {
  return std::accumulate(records.begin(), records.end(), std::uint64_t{0});
}

std::uint64_t TraceSummary::event_count() const {
  return std::accumulate(events.begin(), events.end(), std::uint64_t{0});
}

TraceSummary summarize(TraceSource& source, const std::function<bool(const TraceBlock&)>& also) {
  Summarizer summarizer;
  TraceBlock block;
  while (source.next(block)) {
    summarizer.add(block);
    if (also && !also(block)) break;
  }
  return summarizer.finish(source.header());
}

std::string describe(const OsEvent& event) {
  constexpr unsigned kArguments[] = {1, 6, 2, 3, 5, 0, 0, 0,
                                     1, 1, 3, 1, 2, 2, 2, 1};  // by OsEventType
  static_assert(std::size(kArguments) == kOsEventTypes);
  std::ostringstream out;
  if (event.type == OsEventType::kOther) {
    out << "system call " << event.number << "(..)";
  } else {
    out << name_of(event.type) << "(";
    for (unsigned i = 0; i < kArguments[static_cast<unsigned>(event.type)]; ++i) {
      out << (i != 0 ? ", " : "");
      const auto value = static_cast<std::int64_t>(event.args[i]);
      if (value < 0 || value > 0xffff) {
        out << (value == -1 ? "-1" : hex(event.args[i]));
      } else {
        out << value;
      }
    }
    out << ")";
  }
  if (event.failed()) {
    out << " = error " << -event.result;
  } else {
    out << " = " << hex(static_cast<std::uint64_t>(event.result));
  }
  if (takes_block(event.type) && event.number != 0) out << "  of handle " << event.number - 1;
  if (event.handle != TraceRecord::kNoHandle) out << "  makes handle " << event.handle;
  if (event.thread != 0) out << "  thread " << unsigned{event.thread};
  return out.str();
}

void print_summary(const TraceSummary& summary, std::ostream& out) {
  const TraceHeader& header = summary.header;
  const auto line = [&out](const char* name) -> std::ostream& {
    return out << std::left << std::setw(14) << name << std::right;
  };
  line("command") << (header.command.empty() ? "(unknown)" : header.command) << "\n";
  line("architecture") << (header.architecture.empty() ? "(unknown)" : header.architecture)
                       << ", pages of " << header.page_bytes << " bytes\n";
  line("instructions") << summary.instructions << "\n";
  line("records") << summary.record_count() << ":";
  for (std::size_t kind = 0; kind < summary.records.size(); ++kind) {
    out << " " << summary.records[kind] << " " << name_of(static_cast<AccessKind>(kind));
  }
  out << "\n";
  line("pages") << summary.pages[0] << " of 4 KiB touched, " << summary.pages[1] << " of 64 KiB, "
                << summary.pages[2] << " of 2 MiB, " << summary.pages[3] << " of 1 GiB\n";
  line("addresses") << "up to " << hex(summary.highest_address)
                    << "; formats that fit: " << formats_that_fit(VirtAddr(summary.highest_address))
                    << "\n";
  line("threads") << summary.threads << "\n";
  line("events") << summary.event_count() << ":";
  for (std::size_t type = 0; type < summary.events.size(); ++type) {
    out << " " << summary.events[type] << " " << name_of(static_cast<OsEventType>(type));
  }
  out << "; " << summary.failed_events << " failed\n";
  if (summary.with_handle != 0) line("handles") << "in " << summary.with_handle << " records\n";
  if (summary.dependent != 0) line("dependences") << "in " << summary.dependent << " records\n";
  line("hash") << hex(summary.hash) << "\n";
  line("break") << (header.brk_start != 0 ? hex(header.brk_start) : "(unknown)") << "\n";
  if (!header.carries_mappings) line("image") << "none: the trace carries no mappings\n";
  for (const ImageArea& area : header.image) {
    line("image") << hex(area.start) << "-" << hex(area.start + area.bytes) << " "
                  << (area.read ? "r" : "-") << (area.write ? "w" : "-")
                  << (area.execute ? "x" : "-") << "  " << area.name << "\n";
  }
}

void print_head(TraceSource& source, std::uint64_t records, std::ostream& out) {
  TraceBlock block;
  std::uint64_t number = 0;
  while (number < records && source.next(block)) {
    auto event = block.events.begin();
    for (std::size_t i = 0; i < block.records.size() && number < records; ++i, ++number) {
      for (; event != block.events.end() && event->before == i; ++event) {
        print_event(event->event, out);
      }
      print_record(number, block.records[i], out);
    }
    if (number == records) return;
    for (; event != block.events.end(); ++event) print_event(event->event, out);
  }
}

CheckResult check_trace(const std::string& path, TraceFormat format) {
  CheckResult result;
  OpenOptions options;
  options.complete_header = false;
  options.format = format_of(path, format);
  const std::unique_ptr<TraceSource> source = open_trace(path, options);
  Summarizer summarizer;
  HandleCheck handles;
  TraceBlock block;
  std::uint64_t records = 0;
  while (source->next(block)) {
    summarizer.add(block);
    handles.take(block, records, path);
    records += block.records.size();
  }
  result.summary = summarizer.finish(source->header());
  if (options.format != TraceFormat::kOwn) return result;

  result.blocks = OwnTraceFile(path).index().size();
  const TraceHeader& header = source->header();
  compare(path, "records", header.records, result.summary.record_count());
  compare(path, "instructions", header.instructions, result.summary.instructions);
  compare(path, "events", header.events, result.summary.event_count());
  compare(path, "content hash", header.hash, result.summary.hash);
  return result;
}

}  // namespace mmu::traces
