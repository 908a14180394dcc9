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

template <class Row, class Is>
Row* Prefetches::find_row(Set<Row>& set, Is is) {
  const auto found = std::find_if(set.begin(), set.end(), is);
  if (found == set.end()) return nullptr;
  set.splice(set.begin(), set, found);
  return &set.front();
}

template <class Row>
void Prefetches::add_row(Set<Row>& set, const Row& row) {
  if (set.size() == params_.table_entries / sets()) set.pop_back();
  set.push_front(row);
}

std::int64_t Prefetches::stride_of_side(const TranslateRequest& request) {
  const bool fetch = request.kind == AccessKind::kFetch;
  const auto page = static_cast<std::int64_t>(request.va.value()) >> shift_;
  const auto before = past_.find(fetch);
  const bool comparable = before != past_.end() && before->second.asid == request.asid;
  const std::int64_t now = comparable ? page - before->second.page : 0;
  const bool again = comparable && now == before->second.stride;
  past_[fetch] = {request.asid, page, now, comparable};
  return again ? now : 0;
}

std::int64_t Prefetches::stride_of_instruction(const TranslateRequest& request) {
  const auto page = static_cast<std::int64_t>(request.va.value()) >> shift_;
  auto& set = instructions_[request.pc.value_or(~std::uint64_t{0}) / 4 % sets()];
  Instruction* row = find_row(set, [&](const Instruction& r) { return r.pc == request.pc; });
  if (row == nullptr || row->asid != request.asid) {
    const Instruction fresh{request.pc, request.asid, page, 0, Instruction::kInitial};
    row == nullptr ? add_row(set, fresh) : void(*row = fresh);
    return 0;
  }
  const bool right = page - row->page == row->stride;
  const std::int64_t now = page - row->page;
  row->page = page;
  switch (row->state) {
    case Instruction::kInitial:
      row->state = right ? Instruction::kSteady : Instruction::kTransient;
      row->stride = now;
      break;
    case Instruction::kTransient:
      row->state = right ? Instruction::kSteady : Instruction::kNoPrediction;
      row->stride = now;
      break;
    case Instruction::kSteady:
      if (!right) row->state = Instruction::kInitial;
      break;
    case Instruction::kNoPrediction:
      if (right) row->state = Instruction::kTransient;
      row->stride = now;
      break;
  }
  return row->state == Instruction::kSteady ? row->stride : 0;
}

std::vector<std::int64_t> Prefetches::distances(const TranslateRequest& request) {
  const bool fetch = request.kind == AccessKind::kFetch;
  const auto page = static_cast<std::int64_t>(request.va.value()) >> shift_;
  const auto set_of = [this](std::int64_t distance) -> Set<Distance>& {
    return distances_[static_cast<std::uint64_t>(distance) % sets()];
  };
  const auto row_of = [&](std::int64_t distance) {
    return find_row(set_of(distance), [&](const Distance& r) { return r.from == distance; });
  };
  const auto before = past_.find(fetch);
  if (before == past_.end() || before->second.asid != request.asid) {
    past_[fetch] = {request.asid, page, 0, false};
    return {};
  }
  const Past past = before->second;
  const std::int64_t now = page - past.page;
  std::vector<std::int64_t> found;
  if (const Distance* row = row_of(now)) found.assign(row->then.begin(), row->then.end());
  if (past.has_stride) {
    if (row_of(past.stride) == nullptr) add_row(set_of(past.stride), Distance{past.stride, {}});
    std::deque<std::int64_t>& then = row_of(past.stride)->then;
    then.erase(std::remove(then.begin(), then.end(), now), then.end());
    then.push_front(now);
    if (then.size() > params_.degree) then.pop_back();
  }
  past_[fetch] = {request.asid, page, now, true};
  return found;
}

/// How many pages from the one asked for the wanted ones lie.
std::vector<std::int64_t> Prefetches::steps(const TranslateRequest& request) {
  if (params_.kind == PrefetchParams::Kind::kDistance) return distances(request);
  std::int64_t stride = 1;
  if (params_.kind == PrefetchParams::Kind::kStride) stride = stride_of_side(request);
  if (params_.kind == PrefetchParams::Kind::kArbitraryStride) {
    stride = stride_of_instruction(request);
  }
  if (stride == 0) return {};
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
