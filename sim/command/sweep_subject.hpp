// What a sweep is about: an experiment's file, a trace with axes on the command line, or a sweep
// that has begun.
#pragma once

#include "sim/command/commands.hpp"
#include "sim/experiment/sweep_directory.hpp"
#include "sim/experiment/sweep_table.hpp"

namespace mmu {

/// Throws ConfigError for options that do not go together.
SweepDirectory sweep_subject(const SweepCommand& command);

/// Points are run from anywhere: makes paths absolute, and reads the hash of each trace. Throws
/// InputError if one cannot be opened.
void make_absolute(SweepPlan& plan, traces::TraceFormat format);

/// Writes sweep.csv into the directory.
void write_csv(const SweepDirectory& sweep, const std::vector<PointFigures>& figures,
               const std::vector<std::string>& words);

/// How many points run at the same time.
unsigned at_once(const PoolSettings& settings);

/// The last line of a text file that begins with "mmusim: ", what follows explains it; or the last
/// of all. Empty if there is none.
std::string last_line_of(const std::string& path);

/// "3/8": share 3 of 0..7. Throws ConfigError for anything else.
SweepShard read_shard(const std::string& text);

}  // namespace mmu
