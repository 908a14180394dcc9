#include "traces/champsim_trace.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace mmu::traces {
namespace {

constexpr std::size_t kBranchAt = 8, kTakenAt = 9;

std::uint64_t word(const char* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}
std::uint8_t byte(const char* at) { return static_cast<std::uint8_t>(*at); }
const std::uint8_t* registers(const char* at) { return reinterpret_cast<const std::uint8_t*>(at); }

/// What is impossible in a record, or null.
const char* fault(const char* entry) {
  if (word(entry) == 0) return "the instruction has the address 0";
  if (byte(entry + kBranchAt) > 1) return "is_branch is neither 0 nor 1";
  if (byte(entry + kTakenAt) > 1) return "branch_taken is neither 0 nor 1";
  return nullptr;
}

/// Sign-extended from 57 bits, the longest of today's virtual addresses.
bool canonical(std::uint64_t address) {
  const std::uint64_t top = address >> 56;
  return top == 0 || top == 0xff;
}
bool canonical_all(const char* at, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!canonical(word(at + 8 * i))) return false;
  }
  return true;
}

TraceRecord access(AccessKind kind, std::uint64_t address, std::uint64_t bytes) {
  TraceRecord record;
  record.address = address;
  record.bytes = static_cast<std::uint16_t>(
      std::min(bytes, ChampsimTrace::kLineBytes - address % ChampsimTrace::kLineBytes));
  record.instructions = kind == AccessKind::kFetch ? 1 : 0;
  record.kind = kind;
  return record;
}

}  // namespace

ChampsimTrace::ChampsimTrace(std::unique_ptr<ByteStream> bytes, const ChampsimLayout& layout,
                             std::uint32_t records_per_block)
    : entries_(std::move(bytes), layout.bytes),
      cloudsuite_(layout.bytes == kCloudsuiteLayout.bytes),
      records_per_block_(std::max(records_per_block, 1u)) {
  read_first_block();
}

bool ChampsimTrace::plausible(std::string_view start, bool all_of_it,
                              const ChampsimLayout& layout) {
  const std::size_t count = start.size() / layout.bytes;
  if (count == 0 || (all_of_it && start.size() % layout.bytes != 0)) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const char* const entry = start.data() + i * layout.bytes;
    if (fault(entry) != nullptr || !canonical(word(entry)) ||
        !canonical_all(entry + layout.loads_at, layout.loads) ||
        !canonical_all(entry + layout.stores_at, layout.stores)) {
      return false;
    }
  }
  return true;
}

void ChampsimTrace::produce(TraceBlock& block) {
  block.records.reserve(records_per_block_ + 16);
  if (cloudsuite_) {
    take<kCloudsuiteLayout>(block);
  } else {
    take<kChampsimLayout>(block);
  }
}

template <const ChampsimLayout& layout>
void ChampsimTrace::take(TraceBlock& block) {
  while (block.records.size() < records_per_block_) {
    const std::string_view entries = entries_.at_hand();
    if (entries.empty()) return;
    std::size_t done = 0;
    for (; done * layout.bytes < entries.size() && block.records.size() < records_per_block_;
         ++done) {
      const char* const entry = entries.data() + done * layout.bytes;
      if (const char* const wrong = fault(entry)) entries_.fail(done, wrong);
      take<layout>(entry, block);
    }
    entries_.take(done);
  }
}

template <const ChampsimLayout& layout>
inline void ChampsimTrace::take(const char* entry, TraceBlock& block) {
  block.records.push_back(access(AccessKind::kFetch, word(entry), kFetchBytes));
  const std::uint64_t source = registers_.youngest(registers(entry + layout.read_at), layout.read);
  const auto data = [&](AccessKind kind, std::size_t at, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t address = word(entry + at + 8 * i);
      if (address == 0) continue;
      TraceRecord record = access(kind, address, kDataBytes);
      record.depends_on = RegisterLoads::distance(++accesses_, source);
      block.records.push_back(record);
    }
  };
  const std::uint64_t before = accesses_;
  data(AccessKind::kLoad, layout.loads_at, layout.loads);
  const bool loads = accesses_ != before;
  registers_.write(registers(entry + layout.written_at), layout.written,
                   loads ? accesses_ : source);
  data(AccessKind::kStore, layout.stores_at, layout.stores);
}

}  // namespace mmu::traces
