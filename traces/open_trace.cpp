#include "traces/open_trace.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "hw/arch/errors.hpp"
#include "traces/byte_stream.hpp"
#include "traces/capture_trace.hpp"
#include "traces/champsim_trace.hpp"
#include "traces/content_hash.hpp"
#include "traces/drmemtrace_trace.hpp"
#include "traces/initial_image.hpp"
#include "traces/lackey_trace.hpp"
#include "traces/own_trace.hpp"
#include "traces/workloads/workload.hpp"

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

void count(const TraceBlock& block, ContentHash& hash, TraceHeader& header) {
  hash.add(block);
  header.records += block.records.size();
  header.events += block.events.size();
  for (const TraceRecord& record : block.records) header.instructions += record.instructions;
}

TraceHeader completed_header(TraceSource& source) {
  ImageBuilder image;
  ContentHash hash;
  TraceHeader header = source.header();
  TraceBlock block;
  while (source.next(block)) {
    image.add(block);
    count(block, hash, header);
  }
  header.command = source.header().command;
  header.brk_start = image.brk_start();
  if (header.image.empty()) header.image = image.areas();
  header.hash = hash.value();
  return header;
}

/// A workload knows its image; it is run through once before for its counts and its hash, so that
/// it has the hash of the trace that `trace convert` makes of it.
std::unique_ptr<TraceSource> open_workload(const std::string& text, bool complete_header) {
  std::unique_ptr<TraceSource> source = generate_workload(text);
  if (!complete_header) return source;
  TraceHeader header = source->header();
  ContentHash hash;
  TraceBlock block;
  while (source->next(block)) count(block, hash, header);
  header.hash = hash.value();
  return std::make_unique<WithHeader>(std::move(header), generate_workload(text));
}

struct Opened {
  std::unique_ptr<TraceSource> source;
  bool header_is_complete = false;
  bool is_regular = true;
};

bool is_folder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

Opened open_folder(const std::string& path, TraceFormat format) {
  if (format != TraceFormat::kAuto && format != TraceFormat::kDrmemtrace) {
    throw InputError(path + ": is a folder; a trace of the format " + std::string(name_of(format)) +
                     " is a file");
  }
  return {std::make_unique<DrmemtraceFolder>(path), false, true};
}

Opened open_once(const std::string& path, TraceFormat format) {
  if (is_folder(path)) return open_folder(path, format);
  auto bytes = std::make_unique<ByteStream>(path);
  const bool regular = bytes->is_regular();
  if (format == TraceFormat::kAuto) format = recognize(bytes->peek(kRecognizedBytes), path);
  switch (format) {
    case TraceFormat::kOwn:
      if (!regular) throw InputError(path + ": a trace of mmusim's own format must be a file");
      return {std::make_unique<OwnTrace>(path), true, regular};
    case TraceFormat::kChampsim:
      return {std::make_unique<ChampsimTrace>(std::move(bytes), kChampsimLayout), false, regular};
    case TraceFormat::kCloudsuite:
      return {std::make_unique<ChampsimTrace>(std::move(bytes), kCloudsuiteLayout), false, regular};
    case TraceFormat::kCapture:
      return {std::make_unique<CaptureTrace>(std::move(bytes)), false, regular};
    case TraceFormat::kDrmemtrace:
      return {std::make_unique<DrmemtraceTrace>(std::move(bytes)), false, regular};
    default:
      return {std::make_unique<LackeyTrace>(std::move(bytes)), false, regular};
  }
}

}  // namespace

bool is_workload(const std::string& path, TraceFormat format) {
  return format == TraceFormat::kAuto && names_workload(path);
}

bool is_trace_folder(const std::string& path) {
  try {
    return is_folder(path) && !drmemtrace_files(path).empty();
  } catch (const InputError&) {
    return false;
  }
}

std::unique_ptr<TraceSource> open_trace(const std::string& path, const OpenOptions& options) {
  if (is_workload(path, options.format)) return open_workload(path, options.complete_header);
  Opened trace = open_once(path, options.format);
  if (trace.header_is_complete || !options.complete_header) return std::move(trace.source);
  if (!trace.is_regular) {
    throw InputError(path + ": a trace from a pipe cannot be read twice; convert it first");
  }
  TraceHeader header = completed_header(*trace.source);
  return std::make_unique<WithHeader>(std::move(header), open_once(path, options.format).source);
}

TraceFormat format_of(const std::string& path, TraceFormat wanted) {
  std::error_code error;
  if (wanted == TraceFormat::kAuto && is_folder(path)) return TraceFormat::kDrmemtrace;
  if (wanted != TraceFormat::kAuto || !std::filesystem::is_regular_file(path, error)) return wanted;
  return recognize(ByteStream(path).peek(kRecognizedBytes), path);
}

}  // namespace mmu::traces
