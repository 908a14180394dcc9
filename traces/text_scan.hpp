// Reading pieces off the front of a line.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace mmu::traces {

/// Value of a hexadecimal digit; 16 or more if it is none.
constexpr unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return 16;
}

/// Each call takes what it names off the front, or returns false (and may have taken a part).
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::string_view rest() const { return text_; }

  bool accept(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool accept(std::string_view word) {
    if (text_.substr(0, word.size()) != word) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  void skip_spaces() {
    while (accept(' ')) {
    }
  }
  /// Takes everything up to and including `c`.
  bool skip_past(char c) {
    const std::size_t at = text_.find(c);
    if (at == std::string_view::npos) return false;
    text_.remove_prefix(at + 1);
    return true;
  }
  /// Decimal, or hexadecimal after 0x; with a minus sign the two's complement. False if there is
  /// no digit or the value needs more than 64 bits.
  bool number(std::uint64_t& value) {
    const bool negative = accept('-');
    const unsigned base = accept("0x") ? 16 : 10;
    if (!digits(base, value)) return false;
    if (negative) value = 0 - value;
    return true;
  }
  bool digits(unsigned base, std::uint64_t& value) {
    value = 0;
    std::size_t count = 0;
    for (; count < text_.size(); ++count) {
      const unsigned digit = hex_digit(text_[count]);
      if (digit >= base) break;
      if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / base) return false;
      value = value * base + digit;
    }
    text_.remove_prefix(count);
    return count > 0;
  }

 private:
  std::string_view text_;
};

}  // namespace mmu::traces
