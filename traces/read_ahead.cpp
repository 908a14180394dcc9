#include "traces/read_ahead.hpp"

#include <algorithm>
#include <utility>

namespace mmu::traces {

ReadAhead::ReadAhead(std::unique_ptr<TraceSource> source, std::size_t blocks_ahead)
    : source_(std::move(source)),
      header_(source_->header()),
      ring_(std::max<std::size_t>(blocks_ahead, 1)),
      thread_([this] { decode(); }) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  freed_.notify_one();
  thread_.join();
}

bool ReadAhead::next(TraceBlock& block) {
  std::unique_lock<std::mutex> lock(mutex_);
  filled_.wait(lock, [this] { return taken_ < decoded_ || ended_; });
  if (taken_ == decoded_) {
    if (error_) std::rethrow_exception(error_);
    block.clear();
    return false;
  }
  std::swap(block, ring_[taken_ % ring_.size()]);
  ++taken_;
  lock.unlock();
  freed_.notify_one();
  return true;
}

void ReadAhead::decode() {
  while (true) {
    TraceBlock* slot = nullptr;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      freed_.wait(lock, [this] { return decoded_ - taken_ < ring_.size() || stop_; });
      if (stop_) return;
      slot = &ring_[decoded_ % ring_.size()];
    }
    bool more = false;
    std::exception_ptr error;
    try {
      more = source_->next(*slot);
    } catch (...) {
      error = std::current_exception();
    }
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (more) {
        ++decoded_;
      } else {
        ended_ = true;
        error_ = error;
      }
    }
    filled_.notify_one();
    if (!more) return;
  }
}

}  // namespace mmu::traces
