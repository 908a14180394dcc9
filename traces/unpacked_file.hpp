// Files that are read in any order, even if they are compressed.
#pragma once

#include <string>

#include "traces/input_file.hpp"

namespace mmu::traces {

/// `path`; or, if it is compressed (see ByteStream), an unnamed temporary file with what it holds.
/// Throws InputError, in which offsets count in the decompressed bytes.
InputFile open_unpacked(const std::string& path);

}  // namespace mmu::traces
