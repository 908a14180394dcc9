// Files of memory requests as DRAMsim3 ("0xADDRESS READ|WRITE CYCLE") and Ramulator
// ("0xADDRESS R|W", no cycles) read them; plain or compressed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "traces/byte_stream.hpp"

namespace mmu {

struct RequestLine {
  std::uint64_t address = 0;
  std::uint64_t cycle = 0;  ///< 0 in a file without cycles: as soon as it is taken
  bool write = false;
};

class RequestFile {
 public:
  explicit RequestFile(const std::string& path) : bytes_(path), buffer_(1 << 16) {}

  /// The next one; nothing at the end. Throws InputError with the number of the line.
  std::optional<RequestLine> next();
  /// Of the requests so far; true before the first.
  bool has_cycles() const { return has_cycles_.value_or(true); }
  [[noreturn]] void fail(const std::string& why) const;  ///< of the line last read

 private:
  bool read_line();
  RequestLine parse();

  traces::ByteStream bytes_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::string line_;
  std::uint64_t number_ = 0, cycle_ = 0;
  std::optional<bool> has_cycles_;  ///< as the first request
};

}  // namespace mmu
