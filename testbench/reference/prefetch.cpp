#include "testbench/reference/prefetch.hpp"

#include <algorithm>

namespace mmu::reference {

Prefetches::Held* Prefetches::held(Asid asid, VirtAddr va) {
  for (Held& entry : buffer_) {
    if (entry.covers(asid, va)) return &entry;
  }
  return nullptr;
}

void Prefetches::remove(const Held* gone) {
  buffer_.erase(std::find_if(buffer_.begin(), buffer_.end(),
                             [gone](const Held& entry) { return &entry == gone; }));
}

/// How many pages from the one asked for the wanted ones lie.
std::vector<std::int64_t> Prefetches::steps(const TranslateRequest& request) {
  std::int64_t stride = 1;
  if (params_.kind == PrefetchParams::Kind::kStride) {
    const bool fetch = request.kind == AccessKind::kFetch;
    const auto page = static_cast<std::int64_t>(request.va.value()) >> shift_;
    const auto before = past_.find(fetch);
    const bool comparable = before != past_.end() && before->second.asid == request.asid;
    const std::int64_t now = comparable ? page - before->second.page : 0;
    const bool again = comparable && now == before->second.stride;
    past_[fetch] = {request.asid, page, now};
    if (!again || now == 0) return {};
    stride = now;
  }
  std::vector<std::int64_t> steps;
  for (std::uint32_t i = 0; i < params_.degree; ++i) {
    steps.push_back(stride * static_cast<std::int64_t>(params_.distance + i));
  }
  return steps;
}

void Prefetches::trigger(const TranslateRequest& request, Cycle arrival, const Known& known) {
  ++stats.triggers;
  const std::uint64_t page = request.va.aligned_down(shift_).value();
  for (const std::int64_t step : steps(request)) {
    ++stats.proposed;
    const VirtAddr va(page + (static_cast<std::uint64_t>(step) << shift_));
    const bool waits = std::any_of(waiting.begin(), waiting.end(), [&](const Waiting& other) {
      return other.request.asid == request.asid && same_page(other.request.va, va);
    });
    if (!is_canonical(format_, va) || waits || held(request.asid, va) != nullptr ||
        known(request.asid, va)) {
      ++stats.filtered;
      continue;
    }
    if (waiting.size() == params_.queue_entries) {
      ++stats.refused;
      continue;
    }
    waiting.push_back({arrival, {va, request.asid, request.kind, false, false, request.context}});
  }
}

void Prefetches::overtaken(const TranslateRequest& request) {
  for (auto it = waiting.begin(); it != waiting.end(); ++it) {
    if (it->request.asid != request.asid || !same_page(it->request.va, request.va)) continue;
    waiting.erase(it);
    ++stats.withdrawn;
    break;
  }
  if (const Held* entry = held(request.asid, request.va)) {
    remove(entry);
    ++stats.displaced;
  }
}

void Prefetches::hold(const Held& found) {
  buffer_.push_back(found);
  if (buffer_.size() <= params_.buffer_entries) return;
  buffer_.pop_front();
  ++stats.displaced;
}

void Prefetches::fence(const FenceScope& scope) {
  std::deque<Held> rest;
  for (const Held& entry : buffer_) {
    const bool gone = scope.covers(entry.asid, entry.va, entry.to.page_shift, entry.to.global);
    gone ? void(++stats.fenced) : rest.push_back(entry);
  }
  buffer_ = rest;
}

}  // namespace mmu::reference
