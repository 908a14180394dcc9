#include "traces/heap_lines.hpp"

#include <algorithm>
#include <iterator>

#include "hw/arch/hex.hpp"
#include "traces/text_scan.hpp"

namespace mmu::traces {
namespace {

struct Function {
  std::string_view name;
  OsEventType type;
  unsigned arguments;
};
constexpr Function kFunctions[] = {
    {"malloc", OsEventType::kMalloc, 1},     {"calloc", OsEventType::kCalloc, 2},
    {"memalign", OsEventType::kMemalign, 2}, {"aligned_alloc", OsEventType::kMemalign, 2},
    {"realloc", OsEventType::kRealloc, 2},   {"free", OsEventType::kFree, 1},
};

/// Which of them, and the text behind its opening parenthesis.
const Function* function_of(std::string_view line, std::string_view& arguments) {
  const std::size_t open = line.find('(');
  if (open == std::string_view::npos) return nullptr;
  std::string_view name = line.substr(0, open);
  if (const std::size_t arrow = name.rfind("->"); arrow != name.npos) name.remove_prefix(arrow + 2);
  arguments = line.substr(open + 1);
  const auto* const found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                         [=](const Function& f) { return f.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

bool read_number(Scanner& scan, std::uint64_t& value) {
  if (!scan.accept("nil") && !scan.accept("NULL")) return scan.number(value);
  value = 0;
  return true;
}

}  // namespace

bool HeapLines::begins(std::string_view line) {
  std::string_view arguments;
  return function_of(line, arguments) != nullptr;
}

bool HeapLines::read(std::string_view line) {
  std::string_view arguments;
  const Function& function = *function_of(line, arguments);
  event_ = {};
  event_.type = function.type;
  Scanner scan(arguments);
  for (unsigned i = 0; i < function.arguments; ++i) {
    scan.skip_spaces();
    if (i != 0 && !scan.accept(',')) return false;
    scan.skip_spaces();
    if (!read_number(scan, event_.args[i])) return false;
    scan.skip_spaces();
  }
  if (!scan.accept(')')) return false;
  scan.skip_spaces();
  const bool has_result = scan.accept('=');
  scan.skip_spaces();
  std::uint64_t result = 0;
  if (function.type == OsEventType::kFree) {
    if (has_result && !scan.accept("<void>")) return false;
  } else if (!has_result || !read_number(scan, result)) {
    return false;
  }
  scan.skip_spaces();
  event_.result = static_cast<std::int64_t>(result);
  return scan.rest().empty();
}

bool HeapLines::take(std::string_view line) {
  problem_.clear();
  if (!read(line)) return false;
  const auto result = static_cast<std::uint64_t>(event_.result);
  const std::uint64_t old = takes_block(event_.type) ? event_.args[0] : 0;
  std::uint64_t bytes = event_.type == OsEventType::kMalloc ? event_.args[0] : event_.args[1];
  if (event_.type == OsEventType::kCalloc &&
      __builtin_mul_overflow(event_.args[0], event_.args[1], &bytes) && result != 0) {
    problem_ = "calloc gave more bytes than there are addresses";
    return true;
  }
  const bool frees = event_.type == OsEventType::kFree ||
                     (event_.type == OsEventType::kRealloc && old != 0 && bytes == 0);
  if (frees && result != 0) {
    problem_ = "realloc to no bytes gave a block; glibc's frees it and gives none";
    return true;
  }
  const bool fails = !frees && result == 0;
  if (fails) event_.result = -linux_abi::kEnomem;
  if (old != 0) {
    const auto block = blocks_.find(old);
    if (block == blocks_.end()) {
      problem_ = "no block is at " + hex(old) +
                 ": it was freed before, or the log has no call that gave it";
      return true;
    }
    event_.number = std::uint64_t{1} + block->second.handle;
    if (!fails) release(old);
  }
  if (!fails && !frees) make(result, bytes);
  return true;
}

void HeapLines::release(std::uint64_t address) {
  const auto block = blocks_.find(address);
  unused_.push_back(block->second.handle);
  blocks_.erase(block);
}

/// A block of no bytes has an address of its own, too.
void HeapLines::make(std::uint64_t address, std::uint64_t bytes) {
  bytes = std::max<std::uint64_t>(bytes, 1);
  const auto above = blocks_.upper_bound(address);
  const auto below = above == blocks_.begin() ? blocks_.end() : std::prev(above);
  const bool overlaps = (above != blocks_.end() && above->first - address < bytes) ||
                        (below != blocks_.end() && address - below->first < below->second.bytes);
  if (overlaps || address + (bytes - 1) < address) {
    problem_ = "the block at " + hex(address) +
               (overlaps ? " overlaps one that has not been freed" : " passes the last address");
    return;
  }
  if (unused_.empty()) {
    event_.handle = next_++;
  } else {
    event_.handle = unused_.back();
    unused_.pop_back();
  }
  blocks_[address] = {bytes, event_.handle};
}

}  // namespace mmu::traces
