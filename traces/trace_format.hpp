// Which format a trace has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mmu::traces {

enum class TraceFormat : std::uint8_t {
  kAuto,  ///< found by looking
  kOwn,
  kLackey,
  kChampsim,
  kCloudsuite,
  kDrmemtrace,
  kCapture
};
inline constexpr std::string_view kTraceFormatNames[] = {
    "auto", "own", "lackey", "champsim", "cloudsuite", "drmemtrace", "capture"};

constexpr std::string_view name_of(TraceFormat format) {
  return kTraceFormatNames[static_cast<unsigned>(format)];
}
/// The format of this name; nothing if there is none.
std::optional<TraceFormat> format_of_name(std::string_view name);

/// So much of a file is enough to recognize it.
inline constexpr std::size_t kRecognizedBytes = 16384;

/// The format of the file `path` that begins with `start` (decompressed; all of it, if it is
/// shorter than kRecognizedBytes). By the header, where there is one; text is a lackey log; else
/// by what is plausible, then by the name. Never kAuto. Throws InputError if it is none of them;
/// of a trace of physical addresses it says why that cannot be replayed.
TraceFormat recognize(std::string_view start, const std::string& path);

}  // namespace mmu::traces
