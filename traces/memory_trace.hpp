// A trace that a program has made in its memory, instead of a file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

/// Records without system calls. What they touch is mapped from the beginning: the image is found
/// from them (ImageBuilder), as it is for a file that does not carry one.
class MemoryTrace {
 public:
  /// `name`: what the header gives as the command. Throws ConfigError if there is no record, or one
  /// of no bytes or that goes beyond the last address; names it by its number from 0.
  MemoryTrace(std::vector<TraceRecord> records, const std::string& name);

  const TraceHeader& header() const { return content_->header; }
  /// Reads from the beginning. May outlive this.
  std::unique_ptr<TraceSource> open() const;

 private:
  struct Content {
    std::vector<TraceRecord> records;
    TraceHeader header;
  };
  class Source;

  std::shared_ptr<const Content> content_;
};

}  // namespace mmu::traces
