#include "traces/open_trace.hpp"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "hw/arch/errors.hpp"
#include "traces/content_hash.hpp"
#include "traces/initial_image.hpp"
#include "traces/lackey_trace.hpp"
#include "traces/own_trace.hpp"

namespace mmu::traces {
namespace {

/// A source with a header that was found by reading it before.
class WithHeader final : public TraceSource {
 public:
  WithHeader(TraceHeader header, std::unique_ptr<TraceSource> source)
      : header_(std::move(header)), source_(std::move(source)) {}
  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override { return source_->next(block); }

 private:
  TraceHeader header_;
  std::unique_ptr<TraceSource> source_;
};

TraceHeader completed_header(TraceSource& source) {
  ImageBuilder image;
  ContentHash hash;
  TraceHeader header = source.header();
  TraceBlock block;
  while (source.next(block)) {
    image.add(block);
    hash.add(block);
    header.records += block.records.size();
    header.events += block.events.size();
    for (const TraceRecord& record : block.records) header.instructions += record.instructions;
  }
  header.command = source.header().command;
  header.brk_start = image.brk_start();
  header.image = image.areas();
  header.hash = hash.value();
  return header;
}

}  // namespace

bool is_own_trace(const std::string& path) {
  std::error_code error;
  // A pipe must not be opened to look: closing it again would end the one who writes.
  if (!std::filesystem::is_regular_file(path, error)) return false;
  InputFile file(path);
  char start[kOwnMagic.size()];
  const std::size_t got = file.read(start, sizeof start);
  return got > 0 && std::string_view(start, got) == kOwnMagic.substr(0, got);
}

std::unique_ptr<TraceSource> open_trace(const std::string& path, const OpenOptions& options) {
  if (is_own_trace(path)) return std::make_unique<OwnTrace>(path);
  auto log = std::make_unique<LackeyTrace>(path);
  if (!options.complete_header) return log;
  if (!log->is_regular()) {
    throw InputError(path + ": a lackey log from a pipe cannot be read twice; convert it first");
  }
  TraceHeader header = completed_header(*log);
  return std::make_unique<WithHeader>(std::move(header), std::make_unique<LackeyTrace>(path));
}

}  // namespace mmu::traces
