#include "sim/waves/wave_file.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "hw/arch/errors.hpp"

namespace mmu {

namespace fs = std::filesystem;

namespace {

bool is_fst(const std::string& path) { return fs::path(path).extension() == ".fst"; }

bool is_installed(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace

bool is_wave_path(const std::string& path) {
  return is_fst(path) || fs::path(path).extension() == ".vcd";
}

WaveFile::WaveFile(const std::string& path, CycleWindow window)
    : path_(path), beside_(path + ".new-" + std::to_string(getpid())), dump_(window) {
  if (!is_wave_path(path)) throw ConfigError(path + ": waves go to a .vcd or a .fst file");
  if (is_fst(path) && !is_installed("vcd2fst")) {
    throw ConfigError(path +
                      ": FST is written by vcd2fst, which is not installed (Debian package " +
                      "gtkwave); a .vcd file needs nothing");
  }
  file_ = fs::is_directory(path) ? nullptr : std::fopen(beside_.c_str(), "wb");
  if (file_ == nullptr) throw ConfigError(path + ": cannot be written");
}

WaveFile::~WaveFile() {
  if (file_ != nullptr) std::fclose(file_);
  std::error_code ignored;
  fs::remove(beside_, ignored);
}

void WaveFile::put_in_place(std::uint64_t period_ps, const std::string& comment) {
  dump_.finish();
  const bool written = dump_.write(file_, period_ps, comment);
  const bool closed = std::fclose(file_) == 0;
  file_ = nullptr;
  if (!written || !closed) throw ConfigError(path_ + ": cannot be written");
  if (is_fst(path_)) return convert();
  std::error_code error;
  fs::rename(beside_, path_, error);
  if (error) throw ConfigError(path_ + ": cannot be written");
}

void WaveFile::convert() const {
  std::string program = "vcd2fst", from = beside_, to = path_;
  char* const argv[] = {program.data(), from.data(), to.data(), nullptr};
  pid_t child = 0;
  int status = 0;
  if (posix_spawnp(&child, program.c_str(), nullptr, nullptr, argv, environ) != 0 ||
      waitpid(child, &status, 0) != child || status != 0) {
    throw ConfigError(path_ + ": vcd2fst has failed");
  }
}

}  // namespace mmu
