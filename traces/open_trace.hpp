// Any trace that this program reads.
#pragma once

#include <memory>
#include <string>

#include "hw/arch/trace.hpp"
#include "traces/trace_format.hpp"

namespace mmu::traces {

struct OpenOptions {
  /// Only the own format says its image and counts: read another trace once before, as fast as it
  /// can be parsed, to know them. Off: header() lacks image, break, counts and hash (enough to
  /// convert).
  bool complete_header = true;
  TraceFormat format = TraceFormat::kAuto;
};

/// True if `path` means a synthetic workload (docs/workloads.md) and no file. With a format other
/// than kAuto it is always a file.
bool is_workload(const std::string& path, TraceFormat format = TraceFormat::kAuto);

/// True if `path` is a folder that holds files of drmemtrace's threads.
bool is_trace_folder(const std::string& path);

/// Opens `path`, plain or compressed, a folder of drmemtrace's threads, or the workload that it
/// names. Throws ConfigError if the workload's text is wrong; InputError if the file has not that
/// format or, with kAuto, none, and if a header is to be completed of a trace that comes from a
/// pipe.
std::unique_ptr<TraceSource> open_trace(const std::string& path, const OpenOptions& options = {});

/// `wanted`, or with kAuto what the file is (see recognize()). Still kAuto if it is a pipe: what it
/// gives to one who looks is gone for the one who reads.
TraceFormat format_of(const std::string& path, TraceFormat wanted = TraceFormat::kAuto);

}  // namespace mmu::traces
