#include "traces/drmemtrace_trace.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kThreadNames[] = {".trace", ".memtrace", ".drmemtrace"};
constexpr std::string_view kPackedNames[] = {".gz", ".xz", ".bz2", ".zst", ".zip", ".lz4"};

template <std::size_t n>
bool is_one_of(const std::string& name, const std::string_view (&names)[n]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool names_thread(fs::path name) {
  if (is_one_of(name.extension().string(), kPackedNames)) name = name.stem();
  return is_one_of(name.extension().string(), kThreadNames);
}

}  // namespace

DrmemtraceTrace::DrmemtraceTrace(std::unique_ptr<ByteStream> bytes, std::uint32_t records_per_block)
    : reader_(std::move(bytes), ids_), records_per_block_(std::max(records_per_block, 1u)) {
  read_first_block();
  header_.architecture = ids_.architecture;
}

void DrmemtraceTrace::produce(TraceBlock& block) {
  block.records.reserve(records_per_block_ + DrmemtraceReader::kMaxBundle);
  reader_.read(block, records_per_block_);
}

DrmemtraceFolder::DrmemtraceFolder(const std::string& path, std::uint32_t records_per_block)
    : records_per_block_(std::max(records_per_block, 1u)) {
  for (const std::string& file : drmemtrace_files(path)) {
    threads_.push_back(
        std::make_unique<DrmemtraceReader>(std::make_unique<ByteStream>(file), ids_));
    threads_.back()->read_to_first_time();
  }
  read_first_block();
  header_.architecture = ids_.architecture;
}

void DrmemtraceFolder::produce(TraceBlock& block) {
  block.records.reserve(records_per_block_ + DrmemtraceReader::kMaxBundle);
  while (block.records.size() < records_per_block_) {
    if (current_ == nullptr) {
      current_ = first_in_time();
      if (current_ == nullptr) return;
      current_->begin_turn();
    }
    current_->read(block, records_per_block_);
    if (current_->turn_ends() || current_->at_end()) current_ = nullptr;
  }
}

DrmemtraceReader* DrmemtraceFolder::first_in_time() const {
  DrmemtraceReader* first = nullptr;
  for (const auto& thread : threads_) {
    if (thread->at_end()) continue;
    if (first == nullptr || thread->time() < first->time()) first = thread.get();
  }
  return first;
}

std::vector<std::string> drmemtrace_files(const std::string& folder) {
  std::error_code error;
  fs::path path = folder;
  if (fs::is_directory(path / "trace", error)) path /= "trace";
  std::vector<std::string> files;
  bool is_empty = true;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    is_empty = false;
    if (names_thread(at->path().filename()) && !at->is_directory()) files.push_back(at->path());
  }
  if (error) throw InputError(path.string() + ": cannot be read: " + error.message());
  if (files.empty()) {
    throw InputError(path.string() +
                     (is_empty ? ": is an empty folder" : ": is a folder without a thread file") +
                     "; of folders, only those of DynamoRIO's drmemtrace are traces, with files "
                     "named .trace, .memtrace or .drmemtrace, plain, gzip or zip");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace mmu::traces
