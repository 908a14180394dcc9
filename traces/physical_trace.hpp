// Traces of physical addresses, in order to refuse them: memory simulators read these.
#pragma once

#include <string_view>

namespace mmu::traces {

/// Of a text that begins with `start`: whose format it is ("DRAMsim3" ...) if its first line that
/// is no comment is a request of a memory controller; else "".
///
///     0x1A2B3C40 READ 100           DRAMsim3: address, command, cycle
///     0x1A2B3C40 R                  Ramulator (DRAM trace)
///     LD 0x1A2B3C40, ST 439041101   Ramulator 2, load and store
///     R 0,0,3,1200,8                Ramulator 2: channel, rank, bank, row, column
///     31: read 0x400140             DRAMSys (.stl, .rstl), also 31: (64) write 0x400140 data
std::string_view physical_format(std::string_view start);

}  // namespace mmu::traces
