// What the trace suites share: files that vanish, and traces as one flat list.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hw/arch/errors.hpp"
#include "hw/arch/trace.hpp"
#include "testbench/unit/traces/packers.hpp"
#include "traces/byte_stream.hpp"

namespace mmu::traces {

/// A folder that is gone at the end of the test.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mmu-traces-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(file(name), std::ios::binary) << content;
    return file(name);
  }
  std::size_t count() const {
    const std::filesystem::directory_iterator files(path_);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// All of a trace in one block: records, and events by the number of the record behind them.
inline TraceBlock read_all(TraceSource& source) {
  TraceBlock all;
  TraceBlock block;
  while (source.next(block)) {
    const auto base = static_cast<std::uint32_t>(all.records.size());
    all.records.insert(all.records.end(), block.records.begin(), block.records.end());
    for (const TraceBlock::Event& event : block.events) {
      all.events.push_back({base + event.before, event.event});
    }
  }
  return all;
}

/// What `source` begins with: so many instructions with all their accesses.
inline TraceBlock first_instructions(TraceSource& source, std::uint64_t count) {
  TraceBlock all = read_all(source);
  std::size_t keep = 0;
  for (std::uint64_t begun = 0; keep < all.records.size(); ++keep) {
    begun += all.records[keep].instructions;
    if (begun > count) break;
  }
  all.records.resize(keep);
  while (!all.events.empty() && all.events.back().before >= keep) all.events.pop_back();
  return all;
}

/// An open file, as readers take it.
inline std::unique_ptr<ByteStream> stream(const std::string& path) {
  return std::make_unique<ByteStream>(path);
}

/// Delivers blocks that are given, then throws `error` if there is one.
class FakeTrace final : public TraceSource {
 public:
  FakeTrace(TraceHeader header, std::vector<TraceBlock> blocks, std::string error = {})
      : header_(std::move(header)), blocks_(std::move(blocks)), error_(std::move(error)) {}
  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override {
    if (next_ < blocks_.size()) {
      block = blocks_[next_++];
      return true;
    }
    if (!error_.empty()) throw InputError(error_);
    block.clear();
    return false;
  }

 private:
  TraceHeader header_;
  std::vector<TraceBlock> blocks_;
  std::string error_;
  std::size_t next_ = 0;
};

/// The message of the InputError that fn() throws; "" if it throws none.
template <class Fn>
std::string input_error(Fn&& fn) {
  try {
    fn();
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

inline auto fields(const TraceRecord& r) {
  return std::make_tuple(r.address, r.handle, r.depends_on, r.bytes, r.instructions, r.kind,
                         r.thread);
}
inline auto fields(const TraceBlock::Event& at) {
  const OsEvent& e = at.event;
  return std::make_tuple(at.before, e.type, e.thread, e.handle, e.number, e.args[0], e.args[1],
                         e.args[2], e.args[3], e.args[4], e.args[5], e.result);
}
inline auto fields(const ImageArea& a) {
  return std::make_tuple(a.start, a.bytes, a.read, a.write, a.execute, a.name);
}
template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (fields(a[i]) != fields(b[i])) return false;
  }
  return true;
}
inline bool same(const TraceBlock& a, const TraceBlock& b) {
  return same(a.records, b.records) && same(a.events, b.events);
}

}  // namespace mmu::traces
