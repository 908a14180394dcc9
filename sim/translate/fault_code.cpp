#include "sim/translate/fault_code.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mmu {
namespace {

std::string with_spaces(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

// Intel SDM vol. 3A, "Page-Fault Exceptions": P 0, W/R 1, U/S 2, RSVD 3, I/D 4.
std::string describe_x86(const Fault& fault, std::uint64_t code) {
  if (fault.kind == FaultKind::kNonCanonical) return "#GP: the address is not canonical";
  std::string text = fmt::format("#PF, error code {:#x}: ", code);
  text += (code & 1) != 0 ? "present" : "not present";
  text += (code & 2) != 0 ? ", write" : ", read";
  text += (code & 4) != 0 ? ", user mode" : ", supervisor mode";
  if ((code & 8) != 0) text += ", reserved bit";
  if ((code & 16) != 0) text += ", fetch";
  return text;
}

}  // namespace

unsigned arm_level(const Fault& fault) {
  return fault.kind == FaultKind::kNonCanonical ? 0 : 3 - fault.level;
}

std::string fault_result(Family family, const Fault& fault) {
  if (fault.kind == FaultKind::kAccessFault) return "access_fault";
  if (family == Family::kRiscv) return "page_fault";
  if (family == Family::kX86) {
    return fault.kind == FaultKind::kNonCanonical ? "gp_fault" : "page_fault";
  }
  switch (fault.kind) {
    case FaultKind::kAddressSize:
      return "address_size_fault";
    case FaultKind::kNotAccessed:
      return "access_flag_fault";
    case FaultKind::kNoRight:
      return "permission_fault";
    default:
      return "translation_fault";
  }
}

std::uint64_t fault_code(Family family, const Fault& fault, const FaultContext& context) {
  switch (family) {
    case Family::kRiscv: {
      constexpr unsigned kPage[] = {12, 13, 15, 15}, kAccess[] = {1, 5, 7, 7};
      const auto kind = static_cast<unsigned>(context.access);
      return fault.kind == FaultKind::kAccessFault ? kAccess[kind] : kPage[kind];
    }
    case Family::kX86: {
      const bool reserved =
          fault.kind == FaultKind::kMalformed || fault.kind == FaultKind::kMisaligned;
      const bool fetch = context.access == AccessKind::kFetch && context.fetch_in_code;
      return (fault.kind == FaultKind::kNotPresent ? 0u : 1u) | (writes(context.access) ? 2u : 0u) |
             (context.state.has(AccessContext::kSupervisor) ? 0u : 4u) | (reserved ? 8u : 0u) |
             (fetch ? 16u : 0u);
    }
    case Family::kArm:
      break;
  }
  const unsigned base = fault.kind == FaultKind::kAddressSize   ? 0
                        : fault.kind == FaultKind::kNotAccessed ? 8
                        : fault.kind == FaultKind::kNoRight     ? 12
                                                                : 4;
  return base + arm_level(fault);
}

std::string describe_fault(Family family, const Fault& fault, const FaultContext& context) {
  const std::uint64_t code = fault_code(family, fault, context);
  std::string result = with_spaces(fault_result(family, fault));
  switch (family) {
    case Family::kRiscv: {
      constexpr const char* kKinds[] = {"instruction", "load", "store/AMO", "store/AMO"};
      return fmt::format("{} {}, scause {}", kKinds[static_cast<unsigned>(context.access)], result,
                         code);
    }
    case Family::kX86:
      return fault.kind == FaultKind::kAccessFault ? result : describe_x86(fault, code);
    case Family::kArm:
      break;
  }
  if (fault.kind == FaultKind::kAccessFault) return result;
  return fmt::format("{}, level {}: fault status code {:#04x}", result, arm_level(fault), code);
}

}  // namespace mmu
