// Bytes of the project's own trace format: little-endian numbers, LEB128 variable-length numbers,
// strings. Reading never trusts what it reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mmu::traces {

/// What is wrong with some bytes; the one who knows file and place makes an InputError of it.
class BadBytes : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Signed differences as small unsigned numbers: 0, -1, 1, -2 become 0, 1, 2, 3.
constexpr std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1) ^ (0 - (difference >> 63));
}
constexpr std::uint64_t unzigzag(std::uint64_t code) { return (code >> 1) ^ (0 - (code & 1)); }

class ByteWriter {
 public:
  template <class T>
  void number(T value) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof value);
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }
  void low_bytes(std::uint64_t value, unsigned count) {
    char all[sizeof value];
    std::memcpy(all, &value, sizeof value);
    bytes_.insert(bytes_.end(), all, all + count);
  }
  void string(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    append(text.data(), text.size());
  }
  void append(const char* data, std::size_t size) {
    bytes_.insert(bytes_.end(), data, data + size);
  }
  void append(const ByteWriter& other) { append(other.bytes_.data(), other.bytes_.size()); }

  void clear() { bytes_.clear(); }
  std::size_t size() const { return bytes_.size(); }
  const char* data() const { return bytes_.data(); }

 private:
  std::vector<char> bytes_;
};

/// Throws BadBytes at the first thing that does not fit.
class ByteReader {
 public:
  ByteReader(const char* data, std::size_t size) : at_(data), end_(data + size) {}

  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  const char* position() const { return at_; }

  template <class T>
  T number() {
    T value{};
    std::memcpy(&value, take(sizeof value), sizeof value);
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*take(1));
      if (shift == 63 && byte > 1) break;
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    throw BadBytes("a number has more than 64 bits");
  }
  std::string string() {
    const auto size = number<std::uint32_t>();
    return {take(size), size};
  }
  /// The next `size` bytes.
  const char* take(std::size_t size) {
    if (size > left()) {
      throw BadBytes("a field of " + std::to_string(size) + " bytes where " +
                     std::to_string(left()) + " are left");
    }
    const char* const taken = at_;
    at_ += size;
    return taken;
  }
  void expect_end() const {
    if (left() != 0) throw BadBytes(std::to_string(left()) + " bytes too many");
  }

 private:
  const char* at_;
  const char* end_;
};

}  // namespace mmu::traces
