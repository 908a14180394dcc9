// What memory is used for, in words: for messages.
#pragma once

#include <string>
#include <vector>

#include "os_model/address_space.hpp"
#include "os_model/frame_allocator.hpp"

namespace mmu::os {

/// Both pools, and what each kind of area holds in all of `spaces`.
std::string describe_memory(const FrameAllocator& frames, const FrameAllocator& tables,
                            const std::vector<const AddressSpace*>& spaces);

}  // namespace mmu::os
