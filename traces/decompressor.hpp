// Compressed data, fed piece by piece: gzip, xz, bzip2, zstd.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace mmu::traces {

class Decompressor {
 public:
  virtual ~Decompressor() = default;

  struct Pieces {
    const char* in;
    std::size_t in_bytes;
    char* out;
    std::size_t out_bytes;
  };
  /// Decompresses from `in` to `out` and moves both on; may stop before either is used up, but
  /// takes or makes something if it can. Frames may follow each other (as `cat a.gz b.gz` makes
  /// them). Throws BadBytes if the data is damaged.
  virtual void step(Pieces& pieces) = 0;
  /// A frame has begun and not ended.
  virtual bool inside_frame() const = 0;
  /// "gzip" ...
  virtual const char* name() const = 0;
};

/// By the magic number that `start`, the start of a file, begins with; null: not compressed.
/// Throws BadBytes if it is compressed with something that cannot be read.
std::unique_ptr<Decompressor> make_decompressor(std::string_view start);

}  // namespace mmu::traces
