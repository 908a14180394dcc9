// The address of a trace that asks most of a page-table format.
#pragma once

#include <algorithm>
#include <cstdint>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

/// Of accesses, mappings and the image: the address with the most bits, counted from 0 up or, in
/// the upper half, from the end of the address space down. A format that can express it can express
/// all. Where a handle stands for an address, the simulation chooses that.
class HighestAddress {
 public:
  void add(const TraceBlock& block) {
    for (const TraceRecord& record : block.records) {
      if (record.handle == TraceRecord::kNoHandle) take(record.address, record.bytes);
    }
    for (const TraceBlock::Event& at : block.events) add(at.event);
  }
  void add(const TraceHeader& header) {
    for (const ImageArea& area : header.image) take(area.start, area.bytes);
  }
  std::uint64_t value() const { return highest_; }

 private:
  static std::uint64_t distance(std::uint64_t address) {
    return address >> 63 != 0 ? ~address : address;
  }
  void take(std::uint64_t address) {
    if (distance(address) > distance(highest_)) highest_ = address;
  }
  void take(std::uint64_t start, std::uint64_t bytes) {
    take(start);
    if (bytes != 0) take(start + (bytes - 1));
  }
  void add(const OsEvent& event) {
    if (event.failed() || event.handle != TraceRecord::kNoHandle) return;
    const auto result = static_cast<std::uint64_t>(event.result);
    if (event.type == OsEventType::kMmap) take(result, event.args[1]);
    if (event.type == OsEventType::kMremap) take(result, event.args[2]);
    if (event.type == OsEventType::kBrk && result != 0) take(result - 1);
  }

  std::uint64_t highest_ = 0;
};

}  // namespace mmu::traces
