#include "traces/decompressor.hpp"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <new>
#include <string>

#include "traces/byte_codec.hpp"

namespace mmu::traces {
namespace {

constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";  // RFC 8878
constexpr std::string_view kGzipMagic = "\x1f\x8b";          // RFC 1952
constexpr std::string_view kXzMagic{
    "\xfd"
    "7zXZ\0",
    6};  // the .xz file format 1.0.4
constexpr std::string_view kBzip2Magic = "BZh";
constexpr std::string_view kLz4Magic = "\x04\x22\x4d\x18";  // LZ4 frame format 1.6

bool begins(std::string_view text, std::string_view magic) {
  return text.substr(0, magic.size()) == magic;
}

/// The libraries count in 32 bits, and take input that they do not change through pointers that
/// could.
template <class Stream>
void lend(Stream& stream, const Decompressor::Pieces& pieces) {
  constexpr std::size_t kMost = std::numeric_limits<unsigned>::max();
  using In = decltype(stream.next_in);
  using Out = decltype(stream.next_out);
  stream.next_in = reinterpret_cast<In>(const_cast<char*>(pieces.in));
  stream.next_out = reinterpret_cast<Out>(pieces.out);
  stream.avail_in = static_cast<unsigned>(std::min(pieces.in_bytes, kMost));
  stream.avail_out = static_cast<unsigned>(std::min(pieces.out_bytes, kMost));
}
template <class Stream>
void take_back(const Stream& stream, Decompressor::Pieces& pieces) {
  const auto taken =
      static_cast<std::size_t>(reinterpret_cast<const char*>(stream.next_in) - pieces.in);
  const auto made =
      static_cast<std::size_t>(reinterpret_cast<const char*>(stream.next_out) - pieces.out);
  pieces.in += taken;
  pieces.in_bytes -= taken;
  pieces.out += made;
  pieces.out_bytes -= made;
}

/// Zeros may stand behind a frame, to fill up a block of a tape or of the .xz format.
void skip_padding(Decompressor::Pieces& pieces) {
  while (pieces.in_bytes > 0 && *pieces.in == 0) {
    ++pieces.in;
    --pieces.in_bytes;
  }
}

class Zstd final : public Decompressor {
 public:
  Zstd() : context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
  }
  ~Zstd() override { ZSTD_freeDCtx(context_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  void step(Pieces& pieces) override {
    ZSTD_outBuffer out{pieces.out, pieces.out_bytes, 0};
    ZSTD_inBuffer in{pieces.in, pieces.in_bytes, 0};
    const std::size_t state = ZSTD_decompressStream(context_, &out, &in);
    inside_ = state != 0;
    pieces = {pieces.in + in.pos, pieces.in_bytes - in.pos, pieces.out + out.pos,
              pieces.out_bytes - out.pos};
    if (ZSTD_isError(state) != 0) throw BadBytes(ZSTD_getErrorName(state));
  }
  bool inside_frame() const override { return inside_; }
  const char* name() const override { return "zstd"; }

 private:
  ZSTD_DCtx* context_;
  bool inside_ = false;
};

class Gzip final : public Decompressor {
 public:
  Gzip() {
    constexpr int kGzipOnly = 16;  // added to the logarithm of the window
    if (inflateInit2(&stream_, MAX_WBITS + kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  void step(Pieces& pieces) override {
    if (!inside_) {
      skip_padding(pieces);
      if (pieces.in_bytes == 0) return;
      inflateReset(&stream_);
      inside_ = true;
    }
    lend(stream_, pieces);
    const int state = inflate(&stream_, Z_NO_FLUSH);
    take_back(stream_, pieces);
    if (state == Z_STREAM_END) inside_ = false;
    // Z_BUF_ERROR: nothing to do for want of input or room.
    if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) {
      throw BadBytes(stream_.msg != nullptr ? stream_.msg : zError(state));
    }
  }
  bool inside_frame() const override { return inside_; }
  const char* name() const override { return "gzip"; }

 private:
  z_stream stream_{};
  bool inside_ = false;
};

class Bzip2 final : public Decompressor {
 public:
  Bzip2() = default;
  ~Bzip2() override { end(); }
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;

  void step(Pieces& pieces) override {
    if (!inside_) {
      if (pieces.in_bytes == 0) return;
      if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
      inside_ = true;
    }
    lend(stream_, pieces);
    const int state = BZ2_bzDecompress(&stream_);
    take_back(stream_, pieces);
    if (state == BZ_STREAM_END) end();
    if (state == BZ_DATA_ERROR_MAGIC) throw BadBytes("no bzip2 header where one should be");
    if (state != BZ_OK && state != BZ_STREAM_END) throw BadBytes("a checksum or code is wrong");
  }
  bool inside_frame() const override { return inside_; }
  const char* name() const override { return "bzip2"; }

 private:
  void end() {
    if (inside_) BZ2_bzDecompressEnd(&stream_);
    inside_ = false;
  }

  bz_stream stream_{};
  bool inside_ = false;
};

class Xz final : public Decompressor {
 public:
  Xz() = default;
  ~Xz() override { lzma_end(&stream_); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;

  void step(Pieces& pieces) override {
    if (!inside_) {
      skip_padding(pieces);
      if (pieces.in_bytes == 0) return;
      constexpr std::uint64_t kNoMemoryLimit = std::numeric_limits<std::uint64_t>::max();
      if (lzma_stream_decoder(&stream_, kNoMemoryLimit, 0) != LZMA_OK) throw std::bad_alloc();
      inside_ = true;
    }
    lend(stream_, pieces);
    const lzma_ret state = lzma_code(&stream_, LZMA_RUN);
    take_back(stream_, pieces);
    if (state == LZMA_STREAM_END) inside_ = false;
    if (state == LZMA_MEM_ERROR) throw std::bad_alloc();
    // LZMA_BUF_ERROR: nothing to do for want of input or room.
    if (state != LZMA_OK && state != LZMA_STREAM_END && state != LZMA_BUF_ERROR) {
      throw BadBytes(meaning(state));
    }
  }
  bool inside_frame() const override { return inside_; }
  const char* name() const override { return "xz"; }

 private:
  static const char* meaning(lzma_ret state) {
    switch (state) {
      case LZMA_FORMAT_ERROR:
        return "no xz header where one should be";
      case LZMA_OPTIONS_ERROR:
        return "an option that this version of liblzma does not know";
      default:
        return "a checksum or code is wrong";
    }
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool inside_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> make_decompressor(std::string_view start) {
  if (begins(start, kZstdMagic)) return std::make_unique<Zstd>();
  if (begins(start, kGzipMagic)) return std::make_unique<Gzip>();
  if (begins(start, kXzMagic)) return std::make_unique<Xz>();
  if (begins(start, kBzip2Magic)) return std::make_unique<Bzip2>();
  if (begins(start, kLz4Magic)) {
    throw BadBytes(
        "is compressed with lz4; traces may be plain, compressed with gzip, xz, bzip2 or zstd, or "
        "in "
        "a zip archive");
  }
  return nullptr;
}

}  // namespace mmu::traces
