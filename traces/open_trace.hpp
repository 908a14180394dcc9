// Any trace that this program reads, by its content.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

struct OpenOptions {
  /// A lackey log says neither its image nor its counts: read it once before, as fast as it can be
  /// parsed, to know them. Off: header() lacks image, break, counts and hash (enough to convert).
  bool complete_header = true;
};

/// Own format, or a lackey log (plain or zstd). Throws InputError if the file is neither, and if a
/// header is to be completed of a log that comes from a pipe.
std::unique_ptr<TraceSource> open_trace(const std::string& path, const OpenOptions& options = {});

/// True if the file begins as one of the project's own format.
bool is_own_trace(const std::string& path);

}  // namespace mmu::traces
