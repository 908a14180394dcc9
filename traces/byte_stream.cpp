#include "traces/byte_stream.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

constexpr std::size_t kInputBytes = std::size_t{1} << 18;

struct Packing {
  std::string_view magic;
  const char* name;
};
// RFC 1952; the .xz file format 1.0.4; bzip2's "BZh"; LZ4 frame format 1.6.
constexpr Packing kOtherPackings[] = {{"\x1f\x8b", "gzip"},
                                      {"\xfd"
                                       "7zXZ",
                                       "xz"},
                                      {"BZh", "bzip2"},
                                      {"\x04\x22\x4d\x18", "lz4"}};
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";  // RFC 8878

}  // namespace

struct ByteStream::Decompressor {
  Decompressor() : context(ZSTD_createDCtx()) {
    if (context == nullptr) throw std::bad_alloc();
  }
  ~Decompressor() { ZSTD_freeDCtx(context); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  ZSTD_DCtx* context;
};

ByteStream::ByteStream(const std::string& path) : file_(path), input_(kInputBytes) {
  refill();
  if (end_ == 0) throw InputError(path + ": is empty; a trace holds at least one record");
  const std::string_view start(input_.data(), end_);
  for (const Packing& other : kOtherPackings) {
    if (start.substr(0, other.magic.size()) == other.magic) {
      throw InputError(path + ": is compressed with " + other.name +
                       "; traces may be plain or compressed with zstd");
    }
  }
  if (start.substr(0, kZstdMagic.size()) == kZstdMagic) zstd_ = std::make_unique<Decompressor>();
}

ByteStream::~ByteStream() = default;

void ByteStream::refill() {
  before_ += end_;
  begin_ = 0;
  end_ = file_.read(input_.data(), input_.size());
}

std::size_t ByteStream::read(char* to, std::size_t bytes) {
  if (zstd_) return read_compressed(to, bytes);
  std::size_t done = 0;
  while (done < bytes) {
    if (begin_ == end_) refill();
    if (begin_ == end_) break;
    const std::size_t part = std::min(bytes - done, end_ - begin_);
    std::memcpy(to + done, input_.data() + begin_, part);
    begin_ += part;
    done += part;
  }
  return done;
}

std::size_t ByteStream::read_compressed(char* to, std::size_t bytes) {
  ZSTD_outBuffer out{to, bytes, 0};
  while (damage_.empty() && out.pos < out.size) {
    if (begin_ == end_) refill();
    const bool at_end = begin_ == end_;
    if (at_end && !inside_frame_) break;
    ZSTD_inBuffer in{input_.data(), end_, begin_};
    const std::size_t out_before = out.pos;
    // Called at the end of the input too: zstd may still hold decompressed bytes.
    const std::size_t state = ZSTD_decompressStream(zstd_->context, &out, &in);
    begin_ = in.pos;
    inside_frame_ = state != 0;
    if (ZSTD_isError(state) != 0) {
      damage_ = ZSTD_getErrorName(state);
    } else if (at_end && inside_frame_ && out.pos == out_before) {
      damage_ = "the file ends inside of a compressed frame";
    }
  }
  if (out.pos == 0 && !damage_.empty()) {
    throw InputError(path() + ": byte " + std::to_string(before_ + begin_) +
                     ": damaged or truncated zstd data: " + damage_);
  }
  return out.pos;
}

}  // namespace mmu::traces
