#include "traces/entry_stream.hpp"

#include <cstring>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {

EntryStream::EntryStream(std::unique_ptr<ByteStream> bytes, std::size_t entry_bytes)
    : bytes_(std::move(bytes)), entry_bytes_(entry_bytes), buffer_(std::size_t{1} << 18) {}

std::string_view EntryStream::at_hand(std::size_t least) {
  const std::size_t needed = least * entry_bytes_;
  if (needed > buffer_.size()) buffer_.resize(needed);
  while (end_ - begin_ < needed) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    const std::size_t got = bytes_->read(buffer_.data() + end_, buffer_.size() - end_);
    end_ += got;
    if (got > 0) continue;
    if (end_ > 0) {
      fail(0, "the trace ends after " + std::to_string(end_) + " of its " + std::to_string(needed) +
                  " bytes");
    }
    return {};
  }
  return {buffer_.data() + begin_, (end_ - begin_) / entry_bytes_ * entry_bytes_};
}

void EntryStream::take(std::size_t entries) {
  begin_ += entries * entry_bytes_;
  taken_ += entries;
}

void EntryStream::fail(std::size_t behind, const std::string& what) const {
  const std::uint64_t number = taken_ + behind;
  throw InputError(bytes_->path() + ": record " + std::to_string(number + 1) + " at byte " +
                   std::to_string(number * entry_bytes_) +
                   (bytes_->is_compressed() ? " (decompressed): " : ": ") + what);
}

}  // namespace mmu::traces
