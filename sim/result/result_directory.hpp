// Where a run leaves its files: written to the side, and put in place when complete.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mmu {

class ResultDirectory {
 public:
  /// Makes the directory beside. Throws ConfigError if `path` is a file, a directory that holds
  /// something other than a result, or cannot be made.
  explicit ResultDirectory(const std::string& path);
  /// Removes the directory beside unless put in place.
  ~ResultDirectory();
  ResultDirectory(const ResultDirectory&) = delete;
  ResultDirectory& operator=(const ResultDirectory&) = delete;

  /// True if there is an earlier result, which put_in_place() replaces.
  bool replaces() const { return replaces_; }
  /// Where a file of the result goes until then.
  std::string file(std::string_view name) const { return (beside_ / name).string(); }
  void write(std::string_view name, std::string_view text) const;
  void put_in_place();

 private:
  std::filesystem::path path_;
  std::filesystem::path beside_;
  bool replaces_ = false;
  bool placed_ = false;
};

}  // namespace mmu
