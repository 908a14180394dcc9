#include "traces/byte_stream.hpp"

#include <algorithm>
#include <cstring>

#include "hw/arch/errors.hpp"
#include "traces/byte_codec.hpp"

namespace mmu::traces {
namespace {

constexpr std::size_t kInputBytes = std::size_t{1} << 18;

bool is_zip(std::string_view start) {  // of a member, or the end of an archive without any
  const std::string_view magic = start.substr(0, 4);
  return magic == "PK\x03\x04" || magic == "PK\x05\x06";
}

}  // namespace

ByteStream::ByteStream(const std::string& path) : file_(path), input_(kInputBytes) {
  refill();
  if (end_ == 0) throw InputError(path + ": is empty; a trace holds at least one record");
  if (is_zip({input_.data(), end_})) {
    if (!is_regular()) {
      throw InputError(path + ": a zip archive cannot be read from a pipe: its list is at its end");
    }
    archive_ = std::make_unique<ZipMembers>(path);
    return;
  }
  try {
    decompressor_ = make_decompressor({input_.data(), end_});
  } catch (const BadBytes& bad) {
    throw InputError(path + ": " + bad.what());
  }
}

ByteStream::~ByteStream() = default;

void ByteStream::refill() {
  before_ += end_;
  begin_ = 0;
  end_ = file_.read(input_.data(), input_.size());
}

std::size_t ByteStream::read(char* to, std::size_t bytes) {
  if (peeked_begin_ == peeked_.size()) return take(to, bytes);
  const std::size_t part = std::min(bytes, peeked_.size() - peeked_begin_);
  std::memcpy(to, peeked_.data() + peeked_begin_, part);
  peeked_begin_ += part;
  return part;
}

std::string_view ByteStream::peek(std::size_t bytes) {
  peeked_.erase(peeked_.begin(), peeked_.begin() + static_cast<std::ptrdiff_t>(peeked_begin_));
  peeked_begin_ = 0;
  const std::size_t had = peeked_.size();
  if (had < bytes) {
    peeked_.resize(bytes);
    // What is damaged behind some good bytes is told when it is read.
    const std::size_t got = had > 0 && !damage_.empty() ? 0 : take(&peeked_[had], bytes - had);
    peeked_.resize(had + got);
  }
  return {peeked_.data(), std::min(bytes, peeked_.size())};
}

std::size_t ByteStream::take(char* to, std::size_t bytes) {
  if (archive_) return take_archived(to, bytes);
  return decompressor_ ? take_compressed(to, bytes) : take_plain(to, bytes);
}

std::size_t ByteStream::take_archived(char* to, std::size_t bytes) {
  const std::size_t made = archive_->read(to, bytes);
  damage_ = archive_->damage();
  if (made == 0 && !damage_.empty()) throw InputError(path() + ": " + damage_);
  return made;
}

std::size_t ByteStream::take_plain(char* to, std::size_t bytes) {
  const std::size_t part = std::min(bytes, end_ - begin_);
  std::memcpy(to, input_.data() + begin_, part);
  begin_ += part;
  return part + file_.read(to + part, bytes - part);
}

std::size_t ByteStream::take_compressed(char* to, std::size_t bytes) {
  Decompressor::Pieces pieces{nullptr, 0, to, bytes};
  while (damage_.empty() && pieces.out_bytes > 0) {
    if (begin_ == end_) refill();
    const bool at_end = begin_ == end_;
    if (at_end && !decompressor_->inside_frame()) break;
    pieces.in = input_.data() + begin_;
    pieces.in_bytes = end_ - begin_;
    const std::size_t room = pieces.out_bytes;
    // Called at the end of the input too: it may still hold decompressed bytes.
    try {
      decompressor_->step(pieces);
    } catch (const BadBytes& bad) {
      damage_ = bad.what();
    }
    begin_ = end_ - pieces.in_bytes;
    if (damage_.empty() && at_end && decompressor_->inside_frame() && pieces.out_bytes == room) {
      damage_ = "the file ends inside of a compressed frame";
    }
  }
  const std::size_t made = bytes - pieces.out_bytes;
  if (made == 0 && !damage_.empty()) {
    throw InputError(path() + ": byte " + std::to_string(before_ + begin_) +
                     ": damaged or truncated " + decompressor_->name() + " data: " + damage_);
  }
  return made;
}

}  // namespace mmu::traces
