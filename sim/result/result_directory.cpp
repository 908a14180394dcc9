#include "sim/result/result_directory.hpp"

#include <unistd.h>

#include <system_error>

#include "hw/arch/errors.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_file.hpp"

namespace mmu {
namespace fs = std::filesystem;

ResultDirectory::ResultDirectory(const std::string& path) {
  std::error_code error;
  path_ = fs::absolute(path).lexically_normal();
  if (!path_.has_filename()) path_ = path_.parent_path();  // "out/" is "out"
  if (fs::exists(path_)) {
    if (!fs::is_directory(path_)) throw ConfigError(path + ": is a file, not a directory");
    replaces_ = !fs::is_empty(path_);
    if (replaces_ && !is_result_directory(path_.string())) {
      throw ConfigError(path + ": exists, is not empty and holds no result; choose another -o");
    }
  }
  beside_ = path_.parent_path() /
            ("." + path_.filename().string() + ".partial-" + std::to_string(getpid()));
  fs::remove_all(beside_, error);
  fs::create_directories(beside_, error);
  if (error) throw ConfigError(path + ": cannot be made: " + error.message());
}

ResultDirectory::~ResultDirectory() {
  std::error_code ignored;
  if (!placed_) fs::remove_all(beside_, ignored);
}

void ResultDirectory::write(std::string_view name, std::string_view text) const {
  write_text(file(name), text);
}

void ResultDirectory::put_in_place() {
  const fs::path old = beside_.string() + ".old";
  if (fs::exists(path_)) fs::rename(path_, old);
  fs::rename(beside_, path_);
  placed_ = true;
  fs::remove_all(old);
}

}  // namespace mmu
