// Compresses a string in each of the ways that traces may be compressed.
#pragma once

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <stdexcept>
#include <string>

namespace mmu::traces {

/// With a checksum, as the program zstd writes them.
inline std::string zstd_of(const std::string& text) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress2(context, packed.data(), packed.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return packed;
}

/// `window_bits` as for deflateInit2(): they say what stands around the stream.
inline std::string deflate_of(const std::string& text, int window_bits) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<unsigned>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<unsigned>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("deflate");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline std::string gzip_of(const std::string& text) { return deflate_of(text, 16 + MAX_WBITS); }

inline std::string bzip2_of(const std::string& text) {
  auto bytes = static_cast<unsigned>(text.size() + text.size() / 100 + 600);
  std::string packed(bytes, '\0');
  if (BZ2_bzBuffToBuffCompress(packed.data(), &bytes, const_cast<char*>(text.data()),
                               static_cast<unsigned>(text.size()), 1, 0, 0) != BZ_OK) {
    throw std::runtime_error("BZ2_bzBuffToBuffCompress");
  }
  packed.resize(bytes);
  return packed;
}

inline std::string xz_of(const std::string& text) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t bytes = 0;
  if (lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr,
                              reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                              reinterpret_cast<std::uint8_t*>(packed.data()), &bytes,
                              packed.size()) != LZMA_OK) {
    throw std::runtime_error("lzma_easy_buffer_encode");
  }
  packed.resize(bytes);
  return packed;
}

struct Packer {
  const char* name;
  std::string (*pack)(const std::string& text);
};
inline constexpr Packer kPackers[] = {
    {"gzip", gzip_of}, {"xz", xz_of}, {"bzip2", bzip2_of}, {"zstd", zstd_of}};

}  // namespace mmu::traces
