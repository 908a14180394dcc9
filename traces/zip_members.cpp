#include "traces/zip_members.hpp"

#include <zip.h>

#include <charconv>
#include <string_view>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

constexpr std::string_view kChunk = "chunk.";

std::string meaning(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

bool is_folder(std::string_view name) { return !name.empty() && name.back() == '/'; }

}  // namespace

ZipMembers::ZipMembers(std::string path) : path_(std::move(path)) {
  int code = 0;
  archive_ = zip_open(path_.c_str(), ZIP_RDONLY, &code);
  if (archive_ == nullptr) {
    throw InputError(path_ + ": damaged or truncated zip archive: " + meaning(code));
  }
  count_ = static_cast<std::uint64_t>(zip_get_num_entries(archive_, 0));
  if (!open_next() && damage_.empty()) {
    zip_discard(archive_);
    throw InputError(path_ + ": the zip archive holds no file");
  }
}

ZipMembers::~ZipMembers() {
  close_member();
  zip_discard(archive_);
}

std::size_t ZipMembers::read(char* to, std::size_t bytes) {
  std::size_t made = 0;
  while (made < bytes && damage_.empty()) {
    if (member_ == nullptr && !open_next()) break;
    const zip_int64_t got = zip_fread(member_, to + made, bytes - made);
    if (got < 0) {
      damage_ = "member " + name_ + ": damaged: " + zip_file_strerror(member_);
    } else if (got == 0) {
      close_member();
    }
    if (got > 0) made += static_cast<std::size_t>(got);
  }
  return made;
}

/// False at the end, and with damage_ set.
bool ZipMembers::open_next() {
  while (next_ < count_) {
    const char* const name = zip_get_name(archive_, next_, ZIP_FL_ENC_RAW);
    name_ = name != nullptr ? name : "number " + std::to_string(next_ + 1);
    if (!is_folder(name_)) break;
    ++next_;
  }
  if (next_ == count_) return false;
  check_place(name_);
  if (!damage_.empty()) return false;
  member_ = zip_fopen_index(archive_, next_++, 0);
  if (member_ == nullptr) {
    damage_ = "member " + name_ + ": cannot be read: " + zip_strerror(archive_);
  }
  return member_ != nullptr;
}

void ZipMembers::check_place(const std::string& name) {
  if (name.compare(0, kChunk.size(), kChunk) != 0) return;
  std::uint64_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + kChunk.size(), end, number);
  if (error != std::errc() || stop != end) return;
  if (number != chunk_) {
    damage_ = "member " + name + ": stands where chunk number " + std::to_string(chunk_) +
              " should; the archive's chunks are not whole or not in order";
  }
  ++chunk_;
}

void ZipMembers::close_member() {
  if (member_ != nullptr) zip_fclose(member_);
  member_ = nullptr;
}

}  // namespace mmu::traces
