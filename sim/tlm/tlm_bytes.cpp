#include "sim/tlm/tlm_bytes.hpp"

#include <array>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {

// Page-table entries are little-endian in every format here.
bool TlmBytes::move(tlm::tlm_command command, PhysAddr address, unsigned bytes,
                    std::uint64_t& value) const {
  if (address.value() + bytes > size_bytes_) return false;
  std::array<unsigned char, 8> data{};
  for (unsigned i = 0; i < bytes; ++i) data[i] = static_cast<unsigned char>(value >> 8 * i);
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address.value());
  payload.set_data_ptr(data.data());
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  if (transport_(payload) != bytes) return false;
  value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= std::uint64_t{data[i]} << 8 * i;
  return true;
}

std::uint64_t TlmBytes::load(PhysAddr address, unsigned bytes) const {
  std::uint64_t value = 0;
  if (move(tlm::TLM_READ_COMMAND, address, bytes, value)) return value;
  throw ModelError("no debug transaction reads PA " + std::to_string(address.value()));
}

void TlmBytes::store(PhysAddr address, unsigned bytes, std::uint64_t value) {
  if (move(tlm::TLM_WRITE_COMMAND, address, bytes, value)) return;
  throw ModelError("no debug transaction writes PA " + std::to_string(address.value()));
}

bool TlmBytes::permits(PhysAddr address, unsigned bytes, bool /*write*/) const {
  std::uint64_t value = 0;
  return move(tlm::TLM_READ_COMMAND, address, bytes, value);
}

}  // namespace mmu
