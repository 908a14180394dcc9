// Where waves go: a file, by its suffix a value change dump or, through vcd2fst, an FST.
#pragma once

#include <cstdint>
#include <string>

#include "sim/waves/wave_dump.hpp"

namespace mmu {

/// Written to the side, and put in place when complete. An FST is made by GTKWave's own vcd2fst,
/// so it is what the GTKWave that is installed reads.
class WaveFile {
 public:
  /// Throws ConfigError unless `path` ends with ".vcd" or ".fst" and can be written; for ".fst"
  /// also if there is no vcd2fst.
  WaveFile(const std::string& path, CycleWindow window);
  /// Removes what lies at the side.
  ~WaveFile();
  WaveFile(const WaveFile&) = delete;
  WaveFile& operator=(const WaveFile&) = delete;

  WaveDump& dump() { return dump_; }

  /// After the run. Throws ConfigError if the file cannot be written.
  void put_in_place(std::uint64_t period_ps, const std::string& comment);

 private:
  void convert() const;

  std::string path_, beside_;
  std::FILE* file_ = nullptr;
  WaveDump dump_;
};

/// True for a path that WaveFile knows what to do with.
bool is_wave_path(const std::string& path);

}  // namespace mmu
