// The MMU behind TLM-2.0 sockets, between an initiator and a memory that know nothing of it. One
// cycle is 1 ns; memory takes 10 ns for anything. Times of the MMU as in tlb_timing_test.cpp: a
// miss of everything takes 45 cycles (1 + 7 + three reads of 10 + 2 cycles each + 1), a hit 1.
#include "sim/tlm/tlm_mmu_module.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "hw/common/sparse_memory.hpp"
#include "testbench/support/hand_made_table.hpp"

namespace mmu {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kTables = 0x10'0000;
constexpr std::uint64_t kMemory = 0x100'0000;

/// Bytes behind two target sockets; 10 ns for each transaction, as an annotated delay.
class Memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Memory> data{"data"}, walks{"walks"};
  explicit Memory(const sc_core::sc_module_name& name) : sc_module(name), bytes(kMemory) {
    for (auto* socket : {&data, &walks}) {
      socket->register_b_transport(this, &Memory::b_transport);
      socket->register_transport_dbg(this, &Memory::transport_dbg);
    }
  }
  SparseMemory bytes;
  std::uint64_t transactions = 0;
  std::uint64_t broken = ~std::uint64_t{0};  ///< takes no transaction

 private:
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    if (address == broken) return 0;
    for (unsigned i = 0; i < payload.get_data_length(); ++i) {
      unsigned char& byte = payload.get_data_ptr()[i];
      if (payload.is_write()) bytes.store(PhysAddr(address + i), 1, byte);
      if (payload.is_read()) {
        byte = static_cast<unsigned char>(bytes.load(PhysAddr(address + i), 1));
      }
    }
    return payload.get_data_length();
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
    ++transactions;
    transport_dbg(payload);
    delay += sc_time(10, SC_NS);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

/// Loosely timed.
struct Cpu : sc_core::sc_module {
  explicit Cpu(const sc_core::sc_module_name& name) : sc_module(name) {}
  tlm_utils::simple_initiator_socket<Cpu> socket{"socket"};
};

class TlmMmuTest : public testing::Test {
 protected:
  TlmMmuTest() {
    params_.format = "sv39";
    params_.itlb = params_.dtlb = {4, 4, 1, 0, 8, Replacement::kLru};
    params_.stlb = {16, 4, 7, 0, 8, Replacement::kLru};
    params_.walk_cache = {{}, {}, {}, {}, 1};
    params_.walker = {1, 8, WalkerParams::Reads::kL1d};
    mmu_ = std::make_unique<TlmMmuModule>("mmu", params_, control_, kMemory, 1000);
    cpu_.socket.bind(mmu_->cpu);
    mmu_->data.bind(memory_.data);
    mmu_->walks().bind(memory_.walks);
  }

  /// Maps the 4 KiB page of `va`; the address of its entry.
  PhysAddr map(std::uint64_t va, std::uint64_t pa, bool dirty = true) {
    return table_.map(control_, va, pa, 0, {true, true, false, true}, true, dirty);
  }

  struct Done {
    tlm::tlm_response_status status;
    std::uint64_t ns;  ///< from the call to the end of its annotated delay
    std::uint64_t value;
  };
  /// From inside of a process. `extension`: may be nullptr.
  Done access(tlm::tlm_command command, std::uint64_t va, TranslationExtension* extension = nullptr,
              sc_time delay = sc_core::SC_ZERO_TIME, std::uint64_t value = 0) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(va);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(8);
    payload.set_streaming_width(8);
    if (extension != nullptr) payload.set_extension(extension);
    const std::uint64_t begin = sc_core::sc_time_stamp().value();
    cpu_.socket->b_transport(payload, delay);
    sc_core::wait(delay);
    payload.clear_extension<TranslationExtension>();
    EXPECT_EQ(payload.get_address(), va);
    const auto ns = (sc_core::sc_time_stamp().value() - begin) / 1000;
    return {payload.get_response_status(), ns, value};
  }
  Done load(std::uint64_t va, TranslationExtension* extension = nullptr) {
    return access(tlm::TLM_READ_COMMAND, va, extension);
  }

  /// What `body` does as a process, from 1 ns on.
  void run(const std::function<void()>& body) {
    sc_core::sc_spawn([&body] {
      sc_core::wait(sc_time(1, SC_NS));
      body();
    });
    sc_core::sc_start();
  }

  const TranslationControl control_{find_format("sv39"), PhysAddr(kTables), 1, AdUpdate::kHardware};
  MmuParams params_;
  Memory memory_{"memory"};
  Cpu cpu_{"cpu"};
  std::unique_ptr<TlmMmuModule> mmu_;
  HandMadeTable table_{memory_.bytes, PhysAddr(kTables)};
};

TEST_F(TlmMmuTest, AMissReadsThePageTableAndAHitDoesNot) {
  map(kVa, kPa);
  memory_.bytes.store(PhysAddr(kPa + 8), 8, 42);
  run([&] {
    const Done first = load(kVa + 8);
    EXPECT_EQ(first.status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(first.value, 42u);
    EXPECT_EQ(first.ns, 45u + 10);
    EXPECT_EQ(memory_.transactions, 4u);
    const Done second = load(kVa + 8);
    EXPECT_EQ(second.ns, 1u + 10);
    EXPECT_EQ(second.value, 42u);
    EXPECT_EQ(memory_.transactions, 5u);
  });
}

TEST_F(TlmMmuTest, AnAnnotatedDelayIsWaitedOutFirst) {
  map(kVa, kPa);
  run([&] {
    load(kVa);
    // Half a cycle late: asked in the cycle that begins next.
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, kVa, nullptr, sc_time(5, SC_NS)).ns, 5u + 1 + 10);
    const auto half = access(tlm::TLM_READ_COMMAND, kVa, nullptr, sc_time(500, sc_core::SC_PS));
    EXPECT_EQ(half.ns, 1u + 1 + 10);
  });
}

TEST_F(TlmMmuTest, AFaultIsAnAddressErrorAndItsCauseIsInTheExtension) {
  map(kVa, kPa);
  run([&] {
    TranslationExtension extension;
    const Done nothing = load(kVa + 0x1000, &extension);
    EXPECT_EQ(nothing.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    ASSERT_TRUE(extension.fault.has_value());
    EXPECT_EQ(extension.fault->kind, FaultKind::kNotPresent);
    extension.kind = AccessKind::kFetch;  // the page may not be executed
    EXPECT_EQ(load(kVa, &extension).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(extension.fault->kind, FaultKind::kNoRight);
    extension.kind = AccessKind::kLoad;
    EXPECT_EQ(load(kVa, &extension).status, tlm::TLM_OK_RESPONSE);
    EXPECT_FALSE(extension.fault.has_value());
    EXPECT_EQ(extension.pa.value(), kPa);
    EXPECT_EQ(load(kVa + 0x1000).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << "it is ignorable";
  });
}

TEST_F(TlmMmuTest, AStoreSetsDirtyInTheMemoryOfThePlatform) {
  const PhysAddr entry = map(kVa, kPa, /*dirty=*/false);
  constexpr std::uint64_t kDirty = 1 << 7;
  run([&] {
    const Done stored = access(tlm::TLM_WRITE_COMMAND, kVa, nullptr, sc_core::SC_ZERO_TIME, 7);
    EXPECT_EQ(stored.ns, 45u + 12 + 10);  // and the update, of 10 + 2
    EXPECT_EQ(memory_.bytes.load(entry, 8) & kDirty, kDirty);
    EXPECT_EQ(memory_.bytes.load(PhysAddr(kPa), 8), 7u);
  });
}

TEST_F(TlmMmuTest, AFenceMakesTheNextAccessWalk) {
  const PhysAddr entry = map(kVa, kPa);
  run([&] {
    load(kVa);
    const PhysAddr other = map(kVa + 0x2000, kPa + 0x5000);
    memory_.bytes.store(entry, 8, memory_.bytes.load(other, 8));
    TranslationExtension extension;
    load(kVa, &extension);
    EXPECT_EQ(extension.pa.value(), kPa) << "no fence yet";
    mmu_->fence({});
    EXPECT_EQ(load(kVa, &extension).ns, 45u + 10);
    EXPECT_EQ(extension.pa.value(), kPa + 0x5000);
  });
}

TEST_F(TlmMmuTest, TransactionsOfSeveralProcessesShareAWalk) {
  map(kVa, kPa);
  std::vector<std::uint64_t> ns;
  for (int i = 0; i < 3; ++i) {
    sc_core::sc_spawn([&] {
      sc_core::wait(sc_time(1, SC_NS));
      ns.push_back(load(kVa).ns);
    });
  }
  sc_core::sc_start();
  EXPECT_EQ(ns, (std::vector<std::uint64_t>{55, 55, 55}));
  EXPECT_EQ(mmu_->mmu().walker().stats().walks, 1u);
}

TEST_F(TlmMmuTest, AddressSpacesAreApart) {
  map(kVa, kPa);
  run([&] {
    load(kVa);
    mmu_->switch_space({PhysAddr(kTables), 2});
    EXPECT_EQ(load(kVa).ns, 45u + 10);
    mmu_->switch_space({PhysAddr(kTables), 1});
    EXPECT_EQ(load(kVa).ns, 1u + 10);
    TranslationExtension extension;
    extension.asid = Asid{2};
    EXPECT_EQ(load(kVa, &extension).ns, 1u + 10);
  });
}

TEST_F(TlmMmuTest, WhereMemoryTakesNoTransactionAWalkEndsInAnAccessFault) {
  const PhysAddr entry = map(kVa, kPa);
  memory_.broken = entry.value();
  run([&] {
    TranslationExtension extension;
    EXPECT_EQ(load(kVa, &extension).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(extension.fault->kind, FaultKind::kAccessFault);
  });
}

TEST_F(TlmMmuTest, ATransactionThatCrossesAPageIsABurstError) {
  map(kVa, kPa);
  run([&] { EXPECT_EQ(load(kVa + 0xffc).status, tlm::TLM_BURST_ERROR_RESPONSE); });
}

TEST_F(TlmMmuTest, DebugTransactionsAreTranslatedOutsideOfTime) {
  map(kVa, kPa);
  memory_.bytes.store(PhysAddr(kPa), 8, 42);
  std::uint64_t value = 0;
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(kVa);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
  payload.set_data_length(8);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  EXPECT_EQ(cpu_.socket->transport_dbg(payload), 8u);
  EXPECT_EQ(value, 42u);
  payload.set_address(kVa + 0x1000);
  EXPECT_EQ(cpu_.socket->transport_dbg(payload), 0u);
  EXPECT_EQ(memory_.transactions, 0u);
}

/// Approximately timed, by the base protocol's four phases.
class PhasedCpu : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<PhasedCpu> socket{"socket"};
  explicit PhasedCpu(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_nb_transport_bw(this, &PhasedCpu::backward);
  }
  sc_core::sc_event responded;

 private:
  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload&, tlm::tlm_phase& phase, sc_time&) {
    if (phase == tlm::BEGIN_RESP) {
      responded.notify(sc_core::SC_ZERO_TIME);
      phase = tlm::END_RESP;
      return tlm::TLM_COMPLETED;
    }
    return tlm::TLM_ACCEPTED;
  }
};

class NullReferences : public tlm::tlm_mm_interface {
  void free(tlm::tlm_generic_payload*) override {}
};

TEST_F(TlmMmuTest, NonBlockingTransportIsTakenToo) {
  map(kVa, kPa);
  PhasedCpu phased("phased");
  TlmMmuModule second("second", params_, control_, kMemory, 1000);
  Memory& memory = memory_;
  Memory own("own");
  second.data.bind(own.data);
  second.walks().bind(own.walks);
  phased.socket.bind(second.cpu);
  for (std::uint64_t at = kTables; at < kTables + 0x4000; at += 8) {
    own.bytes.store(PhysAddr(at), 8, memory.bytes.load(PhysAddr(at), 8));
  }
  run([&] {
    NullReferences references;
    tlm::tlm_generic_payload payload(&references);
    payload.acquire();
    std::uint64_t value = 0;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(kVa);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(8);
    payload.set_streaming_width(8);
    const std::uint64_t begin = sc_core::sc_time_stamp().value();
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_time delay = sc_core::SC_ZERO_TIME;
    phased.socket->nb_transport_fw(payload, phase, delay);
    sc_core::wait(phased.responded);
    EXPECT_EQ((sc_core::sc_time_stamp().value() - begin) / 1000, 45u + 10);
    EXPECT_EQ(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
  });
}

}  // namespace
}  // namespace mmu
