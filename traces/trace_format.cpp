#include "traces/trace_format.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "hw/arch/errors.hpp"
#include "traces/capture_trace.hpp"
#include "traces/champsim_trace.hpp"
#include "traces/drmemtrace_trace.hpp"
#include "traces/own_layout.hpp"
#include "traces/physical_trace.hpp"

namespace mmu::traces {
namespace {

struct Suffix {
  std::string_view text;
  TraceFormat format;
};
constexpr Suffix kSuffixes[] = {{".mmt", TraceFormat::kOwn},
                                {".lackey", TraceFormat::kLackey},
                                {".champsim", TraceFormat::kChampsim},
                                {".champsimtrace", TraceFormat::kChampsim},
                                {".trace", TraceFormat::kChampsim},
                                {".cloudsuite", TraceFormat::kCloudsuite},
                                {".drmemtrace", TraceFormat::kDrmemtrace},
                                {".memtrace", TraceFormat::kDrmemtrace},
                                {".capture", TraceFormat::kCapture}};
constexpr std::string_view kPackedSuffixes[] = {".gz", ".xz", ".bz2", ".zst", ".zip"};

TraceFormat by_name(const std::string& path) {
  std::filesystem::path name = std::filesystem::path(path).filename();
  const auto packed =
      std::find(std::begin(kPackedSuffixes), std::end(kPackedSuffixes), name.extension().string());
  if (packed != std::end(kPackedSuffixes)) name = name.stem();
  // DynamoRIO's own names: drmemtrace.PROGRAM.PROCESS.NUMBER.trace
  if (name.string().rfind("drmemtrace.", 0) == 0) return TraceFormat::kDrmemtrace;
  for (const Suffix& suffix : kSuffixes) {
    if (name.extension() == suffix.text) return suffix.format;
  }
  return TraceFormat::kAuto;
}

}  // namespace

std::optional<TraceFormat> format_of_name(std::string_view name) {
  const auto* const end = std::end(kTraceFormatNames);
  const auto* const found = std::find(std::begin(kTraceFormatNames), end, name);
  if (found == end) return std::nullopt;
  return static_cast<TraceFormat>(found - std::begin(kTraceFormatNames));
}

TraceFormat recognize(std::string_view start, const std::string& path) {
  const bool all_of_it = start.size() < kRecognizedBytes;
  if (!start.empty() && start.substr(0, kOwnMagic.size()) == kOwnMagic.substr(0, start.size())) {
    return TraceFormat::kOwn;
  }
  if (CaptureTrace::begins(start)) return TraceFormat::kCapture;
  if (DrmemtraceTrace::begins(start)) return TraceFormat::kDrmemtrace;

  const TraceFormat named = by_name(path);
  const bool champsim = ChampsimTrace::plausible(start, all_of_it, kChampsimLayout);
  const bool cloudsuite = ChampsimTrace::plausible(start, all_of_it, kCloudsuiteLayout);
  if (champsim && cloudsuite && named == TraceFormat::kCloudsuite) return named;
  if (champsim) return TraceFormat::kChampsim;
  if (cloudsuite) return TraceFormat::kCloudsuite;

  if (start.find('\0') == std::string_view::npos) {
    const std::string_view whose = physical_format(start);
    if (whose.empty()) return TraceFormat::kLackey;  // whose reader says what it misses
    throw InputError(path + ": is a trace of physical addresses (format of " + std::string(whose) +
                     "): there is nothing to translate, so it cannot be replayed through an MMU");
  }
  if (named != TraceFormat::kAuto) return named;
  throw InputError(path +
                   ": is no trace that can be recognized: neither mmusim's own format, a lackey "
                   "log, a stream of "
                   "the capture plugin, nor DynamoRIO's drmemtrace, and its start cannot be "
                   "records of ChampSim; --format says what it "
                   "is meant to be");
}

}  // namespace mmu::traces
