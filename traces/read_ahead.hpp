// Decoding in a thread of its own, so that simulation does not wait for it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

/// Delivers exactly what `source` delivers, in the same blocks. At most `blocks_ahead` blocks are
/// decoded and not taken; their memory is used again. An error of the source is thrown by the call
/// that would have met it: the blocks before it are delivered first.
class ReadAhead final : public TraceSource {
 public:
  /// Requires blocks_ahead >= 1.
  explicit ReadAhead(std::unique_ptr<TraceSource> source, std::size_t blocks_ahead = 4);
  /// May be called in the middle of a trace.
  ~ReadAhead() override;
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override;

 private:
  void decode();  // the thread

  std::unique_ptr<TraceSource> source_;
  TraceHeader header_;  // a copy: the source belongs to the thread
  std::mutex mutex_;
  std::condition_variable filled_, freed_;
  std::vector<TraceBlock> ring_;
  std::size_t taken_ = 0;    // blocks delivered so far
  std::size_t decoded_ = 0;  // blocks decoded so far
  bool ended_ = false;
  bool stop_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace mmu::traces
