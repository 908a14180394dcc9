#include "traces/forward_source.hpp"

#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

bool is_empty(const TraceBlock& block) { return block.records.empty() && block.events.empty(); }

}  // namespace

void ForwardSource::read_first_block() { first_waits_ = fill(first_); }

bool ForwardSource::next(TraceBlock& block) {
  if (!first_waits_) return fill(block);
  first_waits_ = false;
  std::swap(block, first_);
  first_ = TraceBlock{};
  return true;
}

bool ForwardSource::fill(TraceBlock& block) {
  block.clear();
  if (!error_.empty()) throw InputError(error_);
  try {
    produce(block);
  } catch (const InputError& error) {
    error_ = error.what();
    if (is_empty(block)) throw;
  }
  return !is_empty(block);
}

}  // namespace mmu::traces
