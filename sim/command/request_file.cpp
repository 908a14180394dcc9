#include "sim/command/request_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <string_view>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

constexpr std::string_view kReads[] = {"READ", "read", "R", "r", "LD", "P_MEM_RD", "P_FETCH"};
constexpr std::string_view kWrites[] = {"WRITE", "write", "W", "w", "ST", "P_MEM_WR", "BOFF"};

template <std::size_t n>
bool is_one_of(const std::string_view (&words)[n], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  const bool hex = text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X";
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, hex ? 16 : 10);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

constexpr std::size_t kMostLineBytes = 4096;
constexpr std::uint64_t kMostCycle = std::uint64_t{1} << 62;  // nothing behind it may overflow

/// Words are short: a search for each of their ends costs more than a look at each character.
std::string_view take_word(std::string_view& text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  std::size_t from = 0;
  while (from != text.size() && is_blank(text[from])) ++from;
  std::size_t to = from;
  while (to != text.size() && !is_blank(text[to])) ++to;
  const std::string_view word = text.substr(from, to - from);
  text.remove_prefix(to);
  return word;
}

}  // namespace

void RequestFile::fail(const std::string& why) const {
  throw InputError(bytes_.path() + ": line " + std::to_string(number_) + ": " + why);
}

bool RequestFile::read_line() {
  line_.clear();
  for (;;) {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = bytes_.read(buffer_.data(), buffer_.size());
      if (end_ == 0) break;
    }
    const auto* const from = buffer_.data() + begin_;
    const auto* const to = buffer_.data() + end_;
    const auto* const at = std::find(from, to, '\n');
    line_.append(from, at);
    if (line_.size() > kMostLineBytes) {
      ++number_;
      fail("more than " + std::to_string(kMostLineBytes) + " characters");
    }
    begin_ += static_cast<std::size_t>(at - from);
    if (at != to) {
      ++begin_;
      ++number_;
      return true;
    }
  }
  if (!line_.empty()) ++number_;
  return !line_.empty();
}

RequestLine RequestFile::parse() {
  std::string_view rest = line_;
  const std::string_view address = take_word(rest);
  const std::string_view kind = take_word(rest);
  const std::string_view cycle = take_word(rest);
  RequestLine request;
  const auto at = number_of(address);
  if (!at) fail("\"" + std::string(address) + "\" is no address");
  request.address = *at;
  request.write = is_one_of(kWrites, kind);
  if (!request.write && !is_one_of(kReads, kind)) {
    fail("\"" + std::string(kind) + "\" is no command; READ, WRITE, R or W");
  }
  if (!has_cycles_) has_cycles_ = !cycle.empty();
  if (*has_cycles_ == cycle.empty()) {
    fail(cycle.empty() ? "the cycle is missing" : "a cycle, and the lines before have none");
  }
  if (*has_cycles_) {
    const auto when = number_of(cycle);
    // DRAMsim3 takes it for hexadecimal in any case, Ramulator for decimal.
    if (address.substr(0, 2) != "0x" && address.substr(0, 2) != "0X") {
      fail("address " + std::string(address) + " does not begin with 0x");
    }
    if (!when || *when > kMostCycle) fail("\"" + std::string(cycle) + "\" is no cycle");
    if (*when < cycle_) {
      fail("cycle " + std::to_string(*when) + " after cycle " + std::to_string(cycle_));
    }
    request.cycle = cycle_ = *when;
  }
  if (!take_word(rest).empty()) fail("more than ADDRESS READ|WRITE CYCLE");
  return request;
}

std::optional<RequestLine> RequestFile::next() {
  while (read_line()) {
    std::string_view rest = line_;
    const std::string_view word = take_word(rest);
    if (!word.empty() && word[0] != '#') return parse();
  }
  return std::nullopt;
}

}  // namespace mmu
