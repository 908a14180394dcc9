#include "hw/mmu/prefetch_unit.hpp"

#include <algorithm>

namespace mmu {
PrefetchUnit::PrefetchUnit(const PrefetchParams& params, const PageTableFormat& format)
    : params_(params), format_(format), page_shift_(format.levels[0].lsb) {
  const MakePrefetcher make = kPrefetchers[static_cast<unsigned>(params.kind)];
  if (make != nullptr) prefetcher_ = make(params, page_shift_);
}

std::deque<PrefetchUnit::Entry>::const_iterator PrefetchUnit::position(Asid asid,
                                                                       VirtAddr va) const {
  return std::find_if(buffer_.begin(), buffer_.end(),
                      [&](const Entry& entry) { return entry.covers(asid, va); });
}

bool PrefetchUnit::holds(Asid asid, VirtAddr va) const {
  return position(asid, va) != buffer_.end();
}

const Translation* PrefetchUnit::find(const TranslateRequest& request, AdUpdate ad) const {
  const auto found = position(request.asid, request.va);
  if (found == buffer_.end()) return nullptr;
  const Verdict verdict =
      judge(found->to, request.kind, ad, request.may_set_dirty, request.context);
  return verdict == Verdict::kNeedsWalk ? nullptr : &found->to;
}

void PrefetchUnit::take(const TranslateRequest& request) {
  buffer_.erase(position(request.asid, request.va));
  ++stats.hits;
}

bool PrefetchUnit::waits(Asid asid, VirtAddr va) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const TranslateRequest& request) { return is_for(request, asid, va); });
}

void PrefetchUnit::observe(const TranslateRequest& request,
                           const std::function<bool(Asid, VirtAddr)>& is_known) {
  ++stats.triggers;
  pages_.clear();
  prefetcher_->observe({request.va, request.asid, request.kind, request.pc}, pages_);
  for (const VirtAddr address : pages_) {
    const VirtAddr page = address.aligned_down(page_shift_);
    ++stats.proposed;
    if (!is_canonical(format_, page) || holds(request.asid, page) || waits(request.asid, page) ||
        is_known(request.asid, page)) {
      ++stats.filtered;
    } else if (waiting_.size() >= params_.queue_entries) {
      ++stats.refused;
    } else {
      TranslateRequest wanted = request;
      wanted.va = page;
      wanted.may_set_dirty = false;
      waiting_.push_back(wanted);
    }
  }
}

void PrefetchUnit::give_up(Asid asid, VirtAddr va) {
  const auto waits =
      std::find_if(waiting_.begin(), waiting_.end(),
                   [&](const TranslateRequest& request) { return is_for(request, asid, va); });
  if (waits != waiting_.end()) {
    waiting_.erase(waits);
    ++stats.withdrawn;
  }
  const auto held = position(asid, va);
  if (held != buffer_.end()) {
    buffer_.erase(held);
    ++stats.displaced;
  }
}

std::optional<TranslateRequest> PrefetchUnit::next(Cycle now, Asid current) {
  while (!waiting_.empty() && waiting_.front().at <= now) {
    const TranslateRequest first = waiting_.front();
    waiting_.pop_front();
    if (first.asid == current) return first;
    ++stats.withdrawn;
  }
  return std::nullopt;
}

void PrefetchUnit::fill(Asid asid, VirtAddr va, const Translation& to) {
  if (buffer_.size() == params_.buffer_entries) {
    buffer_.pop_front();
    ++stats.displaced;
  }
  buffer_.push_back({asid, va, to});
}

std::vector<HeldPage> PrefetchUnit::held() const {
  std::vector<HeldPage> pages;
  for (const Entry& entry : buffer_) pages.push_back({entry.va, entry.asid, entry.to, 0, {}});
  return pages;
}

void PrefetchUnit::fence(const FenceScope& scope) {
  const auto gone = std::remove_if(buffer_.begin(), buffer_.end(), [&](const Entry& entry) {
    return scope.covers(entry.asid, entry.va, entry.to.page_shift, entry.to.global);
  });
  stats.fenced += static_cast<std::uint64_t>(buffer_.end() - gone);
  buffer_.erase(gone, buffer_.end());
}

}  // namespace mmu
