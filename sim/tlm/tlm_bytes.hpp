// Physical memory that lies behind a TLM-2.0 socket, as untimed loads and stores.
#pragma once

#include <functional>
#include <tlm>

#include "hw/arch/software_interface.hpp"

namespace mmu {

/// By the debug transport interface (IEEE 1666-2011, 11.1.4). Where memory does not take a debug
/// transaction, hardware is answered with an access fault.
class TlmBytes final : public PhysicalMemory {
 public:
  /// Sends a debug transaction; the number of bytes done.
  using Transport = std::function<unsigned(tlm::tlm_generic_payload&)>;
  TlmBytes(std::uint64_t size_bytes, Transport transport)
      : size_bytes_(size_bytes), transport_(std::move(transport)) {}

  std::uint64_t size_bytes() const override { return size_bytes_; }
  std::uint64_t load(PhysAddr address, unsigned bytes) const override;
  void store(PhysAddr address, unsigned bytes, std::uint64_t value) override;
  bool permits(PhysAddr address, unsigned bytes, bool write) const override;

 private:
  bool move(tlm::tlm_command command, PhysAddr address, unsigned bytes, std::uint64_t& value) const;

  std::uint64_t size_bytes_;
  Transport transport_;
};

}  // namespace mmu
