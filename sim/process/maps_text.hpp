// The areas of a process in the style of /proc/PID/maps and /proc/PID/smaps (proc(5)).
#pragma once

#include <string>

#include "sim/process/process_memory.hpp"

namespace mmu {

/// One line for each area, with the columns of the kernel (fs/proc/task_mmu.c). Device and inode
/// are 0: the OS model has no files.
std::string maps_text(const ProcessMemory& process);

/// The same, each line followed by what of the area is in memory, in kB of 1024 bytes.
std::string smaps_text(const ProcessMemory& process);

}  // namespace mmu
