// The MMU in a SystemC platform of somebody else: a CPU that knows nothing but TLM-2.0 on one side,
// a memory that knows nothing of page tables on the other. The program writes an Sv39 page table,
// touches pages, meets a fault, maps the page, and goes on.
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <array>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <systemc>
#include <tlm>
#include <vector>

#include "sim/tlm/tlm_mmu_module.hpp"

namespace {

using sc_core::sc_time;

constexpr std::uint64_t kRoot = 0x1000;       // page table: three levels, a page each
constexpr std::uint64_t kFrames = 0x10'0000;  // what it maps to
constexpr std::uint64_t kVa = 0x4000'0000;

/// 4 MiB; 30 ns for anything.
class Memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Memory> data{"data"}, walks{"walks"};
  explicit Memory(const sc_core::sc_module_name& name) : sc_module(name), bytes_(4 << 20) {
    for (auto* socket : {&data, &walks}) {
      socket->register_b_transport(this, &Memory::b_transport);
      socket->register_transport_dbg(this, &Memory::transport_dbg);
    }
  }
  void store(std::uint64_t address, std::uint64_t value) {
    std::memcpy(&bytes_.at(address), &value, sizeof value);
  }

 private:
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) {
    const std::uint64_t at = payload.get_address();
    const unsigned length = payload.get_data_length();
    if (at + length > bytes_.size()) return 0;
    if (payload.is_write()) std::memcpy(&bytes_[at], payload.get_data_ptr(), length);
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), &bytes_[at], length);
    return length;
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
    delay += sc_time(30, sc_core::SC_NS);
    const bool done = transport_dbg(payload) == payload.get_data_length();
    payload.set_response_status(done ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
  std::vector<unsigned char> bytes_;
};

class Cpu : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Cpu> socket{"socket"};
  Cpu(const sc_core::sc_module_name& name, Memory& memory) : sc_module(name), memory_(memory) {
    SC_HAS_PROCESS(Cpu);
    SC_THREAD(program);
  }

 private:
  // Sv39 (RISC-V privileged specification, 4.4): V 1, R 2, W 4, U 16; the PPN begins at bit 10.
  void map(std::uint64_t page) {
    memory_.store(kRoot + 8 * (kVa >> 30), (kRoot + 0x1000) >> 12 << 10 | 1);
    memory_.store(kRoot + 0x1000, (kRoot + 0x2000) >> 12 << 10 | 1);
    memory_.store(kRoot + 0x2000 + 8 * page, ((kFrames >> 12) + page) << 10 | 1 | 2 | 4 | 16);
  }

  void access(const char* what, tlm::tlm_command command, std::uint64_t address) {
    std::array<unsigned char, 8> data{};
    mmu::TranslationExtension translation;
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(8);
    payload.set_streaming_width(8);
    payload.set_extension(&translation);
    const sc_time begin = sc_core::sc_time_stamp();
    sc_time delay = sc_core::SC_ZERO_TIME;
    socket->b_transport(payload, delay);
    wait(delay);
    payload.clear_extension(&translation);
    std::cout << what << ": " << sc_core::sc_time_stamp() - begin;
    if (translation.fault) {
      std::cout << ", fault: " << name_of(translation.fault->kind) << '\n';
    } else {
      std::cout << ", PA 0x" << std::hex << translation.pa.value() << std::dec << '\n';
    }
  }

  void program() {
    map(0);
    access("first load", tlm::TLM_READ_COMMAND, kVa + 8);
    access("second load", tlm::TLM_READ_COMMAND, kVa + 16);
    access("first store", tlm::TLM_WRITE_COMMAND, kVa + 8);
    access("a page that is not mapped", tlm::TLM_READ_COMMAND, kVa + 0x1000);
    map(1);  // an entry that was not valid is in no TLB: no fence is needed
    access("mapped", tlm::TLM_READ_COMMAND, kVa + 0x1000);
  }

  Memory& memory_;
};

}  // namespace

int sc_main(int /*argc*/, char* /*argv*/[]) {
  mmu::MmuParams params;
  params.format = "sv39";
  const mmu::TranslationControl control{mmu::find_format(params.format), mmu::PhysAddr(kRoot), 1,
                                        mmu::AdUpdate::kHardware};
  Memory memory("memory");
  Cpu cpu("cpu", memory);
  mmu::TlmMmuModule translation("mmu", params, control, 4 << 20, /*period_ps=*/1000);
  cpu.socket.bind(translation.cpu);
  translation.data.bind(memory.data);
  translation.walks().bind(memory.walks);
  sc_core::sc_start();
  std::cout << translation.mmu().walker().stats().walks << " walks\n";
  return 0;
}
