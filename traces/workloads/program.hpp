// The program that a workload stands for, as it writes its own trace: address space and records.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hw/arch/trace.hpp"
#include "os_model/libc/malloc.hpp"
#include "traces/workloads/heap_calls.hpp"

namespace mmu::traces {

inline constexpr unsigned kInstructionBytes = 4;
inline constexpr std::uint64_t kCodeBytes = 8192;  ///< of one pattern: 2,048 instructions

/// Code lies in the initial image, data in areas that mmap makes before the first record, low
/// enough for Sv32 if they are small. Areas begin at 2 MiB, those of 1 GiB and more at 1 GiB, so
/// that large pages can be had.
class Program {
 public:
  Program();

  // First the address space is laid out.
  std::uint64_t add_code();
  /// Requires whole pages. Throws ConfigError if the address space is full.
  std::uint64_t add_data(std::uint64_t bytes, bool populate);
  /// Room for so many bytes between the break and what else mmap places.
  void reserve_heap(std::uint64_t bytes) { heap_bytes_ += bytes; }
  void finish_layout(TraceHeader& header);
  /// The first of so many handles, which nobody else gets.
  std::uint32_t reserve_handles(std::uint64_t count) {
    handles_ += static_cast<std::uint32_t>(count);
    return handles_ - static_cast<std::uint32_t>(count);
  }

  // Then it runs; records and events go to `block`, first the events that make the areas.
  void write_to(TraceBlock& block);
  libc::Malloc& heap() { return *heap_; }
  void fetch(std::uint64_t address);
  /// Returns the number of the data record. `after`: of that which its address comes from.
  /// With a `handle` the address is an offset from what it stands for.
  std::uint64_t data(AccessKind kind, std::uint64_t address, std::uint16_t bytes,
                     std::uint64_t after, std::uint32_t handle = TraceRecord::kNoHandle);
  void event(const OsEvent& event);

 private:
  std::uint64_t place(std::uint64_t bytes);

  TraceBlock* block_ = nullptr;
  std::uint64_t data_records_ = 0;
  std::uint64_t codes_ = 0;
  std::uint32_t handles_ = 0;
  std::uint64_t free_;  // from here on nothing lies
  std::uint64_t heap_bytes_ = 0;
  std::vector<OsEvent> first_events_;
  std::unique_ptr<HeapCalls> heap_calls_;
  std::unique_ptr<libc::Malloc> heap_;
};

/// What a pattern writes its records with: one instruction for each call. Behind the last data
/// record that it is allowed, nothing is written any more.
class Emitter {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  Emitter(Program& program, std::uint64_t code) : program_(program), code_(code), pc_(code) {}

  void allow(std::uint64_t data_records) { left_ = data_records; }
  bool finished() const { return left_ == 0; }

  /// Goes on with this instruction of the pattern's code.
  void at(unsigned instruction) { pc_ = code_ + std::uint64_t{instruction} * kInstructionBytes; }
  void compute(std::uint64_t instructions) {
    for (; instructions != 0; --instructions) fetch();
  }
  /// These return the number of the record, for the `after` of one whose address comes from it.
  std::uint64_t load(std::uint64_t address, std::uint16_t bytes, std::uint64_t after = kNone) {
    return data(AccessKind::kLoad, address, bytes, after);
  }
  std::uint64_t store(std::uint64_t address, std::uint16_t bytes, std::uint64_t after = kNone) {
    return data(AccessKind::kStore, address, bytes, after);
  }
  /// Likewise; see Program::data().
  std::uint64_t load_from(std::uint32_t handle, std::uint64_t at, std::uint16_t bytes,
                          std::uint64_t after = kNone) {
    return data(AccessKind::kLoad, at, bytes, after, handle);
  }
  std::uint64_t store_to(std::uint32_t handle, std::uint64_t at, std::uint16_t bytes) {
    return data(AccessKind::kStore, at, bytes, kNone, handle);
  }
  std::uint64_t modify(std::uint64_t address, std::uint16_t bytes, std::uint64_t after = kNone) {
    return data(AccessKind::kModify, address, bytes, after);
  }

  Program& program() { return program_; }

 private:
  void fetch() {
    if (left_ != 0) program_.fetch(pc_);
    pc_ += kInstructionBytes;
  }
  std::uint64_t data(AccessKind kind, std::uint64_t address, std::uint16_t bytes,
                     std::uint64_t after, std::uint32_t handle = TraceRecord::kNoHandle) {
    fetch();
    if (left_ == 0) return kNone;
    --left_;
    return program_.data(kind, address, bytes, after, handle);
  }

  Program& program_;
  std::uint64_t code_, pc_;
  std::uint64_t left_ = 0;
};

inline void Program::fetch(std::uint64_t address) {
  TraceRecord record;
  record.address = address;
  record.bytes = kInstructionBytes;
  record.instructions = 1;
  record.kind = AccessKind::kFetch;
  block_->records.push_back(record);
}

inline std::uint64_t Program::data(AccessKind kind, std::uint64_t address, std::uint16_t bytes,
                                   std::uint64_t after, std::uint32_t handle) {
  TraceRecord record;
  record.handle = handle;
  record.address = address;
  record.bytes = bytes;
  record.kind = kind;
  if (after != Emitter::kNone && data_records_ - after <= 0xffff) {
    record.depends_on = static_cast<std::uint16_t>(data_records_ - after);
  }
  block_->records.push_back(record);
  return data_records_++;
}

}  // namespace mmu::traces
