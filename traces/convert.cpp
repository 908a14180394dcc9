#include "traces/convert.hpp"

#include <algorithm>
#include <limits>

#include "hw/arch/errors.hpp"
#include "traces/highest_address.hpp"
#include "traces/initial_image.hpp"

namespace mmu::traces {
namespace {

/// Cuts `block` to what the limits leave; true if it was cut.
bool cut(TraceBlock& block, std::uint64_t records, std::uint64_t instructions) {
  std::size_t keep = 0;
  for (; keep < block.records.size() && records > 0; ++keep, --records) {
    const std::uint64_t needed = block.records[keep].instructions;
    // Data accesses of the last instruction still belong to it.
    if (needed > instructions) break;
    instructions -= needed;
  }
  if (keep == block.records.size() && records > 0) return false;
  block.records.resize(keep);
  block.events.erase(std::remove_if(block.events.begin(), block.events.end(),
                                    [keep](const auto& event) { return event.before >= keep; }),
                     block.events.end());
  return true;
}

std::uint64_t limit(std::uint64_t option) {
  return option != 0 ? option : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

ConvertResult convert(TraceSource& source, const std::string& path, const ConvertOptions& options) {
  OwnTraceWriter writer(path, options.writer);
  const bool find_image = source.header().carries_mappings && source.header().image.empty();
  ImageBuilder image;
  std::uint64_t first_brk = source.header().brk_start;
  HighestAddress highest;
  ConvertResult result;
  TraceBlock block;
  bool last = false;
  while (!last) {
    try {
      if (!source.next(block)) break;
    } catch (const InputError& error) {
      if (!options.keep_partial || writer.records() == 0) throw;
      result.source_error = error.what();
      break;
    }
    last = cut(block, limit(options.max_records) - writer.records(),
               limit(options.max_instructions) - writer.instructions());
    if (find_image) image.add(block);
    if (first_brk == 0) first_brk = first_break(block);
    highest.add(block);
    writer.add(block);
    if (options.progress && !options.progress(writer.records(), writer.instructions())) {
      return result;
    }
  }
  TraceHeader header = source.header();
  if (find_image) header.image = image.areas();
  header.brk_start = first_brk;
  result.header = writer.finish(std::move(header));
  highest.add(result.header);
  result.highest_address = highest.value();
  result.written = true;
  return result;
}

}  // namespace mmu::traces
