// The members of a zip archive, one behind the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

struct zip;
struct zip_file;

namespace mmu::traces {

/// Members come in the order of the archive's directory, which is the order of writing. Members
/// named chunk.0000, chunk.0001 ... (DynamoRIO's) must stand in the order of their numbers, none
/// missing. Folders among them are passed over.
class ZipMembers {
 public:
  /// Throws InputError if `path` is no zip archive, or damaged, or holds no file.
  explicit ZipMembers(std::string path);
  ~ZipMembers();
  ZipMembers(const ZipMembers&) = delete;
  ZipMembers& operator=(const ZipMembers&) = delete;

  /// Up to `bytes` bytes; fewer only at the end or in front of damage.
  std::size_t read(char* to, std::size_t bytes);
  /// What stopped read(), with the member's name; empty: nothing did.
  const std::string& damage() const { return damage_; }

 private:
  bool open_next();
  void check_place(const std::string& name);
  void close_member();

  std::string path_;
  zip* archive_ = nullptr;
  zip_file* member_ = nullptr;
  std::string name_;         // of the member
  std::uint64_t next_ = 0;   // in the directory
  std::uint64_t count_ = 0;  // in the directory
  std::uint64_t chunk_ = 0;  // the number that the next chunk must have
  std::string damage_;
};

}  // namespace mmu::traces
