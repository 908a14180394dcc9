// heap: a program that allocates, uses and frees objects.
#include <algorithm>

#include "hw/arch/errors.hpp"
#include "traces/workloads/pattern.hpp"
#include "traces/workloads/random.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint16_t kWord = 8;
constexpr std::uint64_t kLine = 64;
constexpr double kMostObject = 0x1p24;  // filled in one operation: its records lie in memory
// Instructions at which the parts of the code begin.
constexpr unsigned kMalloc = 16, kFree = 48, kFill = 80, kRead = 96;

/// An operation takes a random entry of a table of pointers: an object that is there is freed, else
/// one is allocated and filled, 8 bytes in each line. Then objects that are there are read.
class Heap final : public Pattern {
 public:
  Heap(const Values& values, Program& program)
      : least_(values.number("least")),
        most_(values.number("most")),
        reads_(values.number("reads")),
        objects_(values.number("objects")),
        tells_calls_(values.is("calls", "libc")),
        first_handle_(tells_calls_ ? program.reserve_handles(objects_.size()) : 0),
        table_(area_of(values, program, objects_.size() * kWord)),
        random_(values.number("seed")) {
    if (least_ > most_) {
      throw ConfigError("workload heap: least is larger than most; it must be at most that");
    }
    // Twice what all objects take leaves room between them.
    const std::uint64_t largest = std::min(most_, libc::kMmapThreshold) + 32;
    program.reserve_heap(2 * objects_.size() * largest + (std::uint64_t{16} << 20));
  }

  void operate(Emitter& emit) override {
    emit.at(0);
    emit.compute(4);
    const std::uint64_t slot = random_.below(objects_.size());
    const std::uint64_t loaded = emit.load(table_ + slot * kWord, kWord);
    if (objects_[slot].bytes != 0) {
      release(emit, slot, loaded);
    } else {
      allocate(emit, slot);
    }
    for (std::uint64_t i = 0; i < reads_; ++i) read(emit);
  }

 private:
  struct Object {
    std::uint64_t address = 0, bytes = 0;  // 0 bytes: not there
  };

  /// All powers of two alike, and within them all sizes.
  std::uint64_t draw_bytes() {
    unsigned low = 0, high = 0;
    while (least_ >> (low + 1) != 0) ++low;
    while (most_ >> (high + 1) != 0) ++high;
    const std::uint64_t power = std::uint64_t{1} << (low + random_.below(high - low + 1));
    return std::clamp(power + random_.below(power), least_, most_);
  }

  void allocate(Emitter& emit, std::uint64_t slot) {
    Object& object = objects_[slot];
    object.bytes = draw_bytes();
    take(emit, slot);
    emit.at(kMalloc);
    emit.compute(20);
    store(emit, slot, 0 - libc::kSizeField, kWord);
    emit.compute(2);
    emit.store(table_ + slot * kWord, kWord);
    for (std::uint64_t at = 0; at < object.bytes; at += kLine) {
      emit.at(kFill);
      store(emit, slot, at, word_at(object, at));
      emit.compute(2);
    }
  }

  void release(Emitter& emit, std::uint64_t slot, std::uint64_t loaded) {
    emit.at(kFree);
    emit.compute(2);
    load(emit, slot, 0 - libc::kSizeField, kWord, loaded);
    emit.compute(16);
    give_back(emit, slot);
    objects_[slot] = {};
    emit.store(table_ + slot * kWord, kWord);
  }

  void read(Emitter& emit) {
    const std::uint64_t slot = random_.below(objects_.size());
    const Object& object = objects_[slot];
    emit.at(kRead);
    emit.compute(4);
    const std::uint64_t loaded = emit.load(table_ + slot * kWord, kWord);
    emit.compute(2);
    if (object.bytes == 0) return;
    const std::uint64_t at = random_.below((object.bytes + kWord - 1) / kWord) * kWord;
    load(emit, slot, at, word_at(object, at), loaded);
  }

  // The library places objects here, or an event leaves it to the OS model's.
  void take(Emitter& emit, std::uint64_t slot) {
    Object& object = objects_[slot];
    if (!tells_calls_) {
      object.address = emit.program().heap().malloc(object.bytes).value();
    } else if (!emit.finished()) {
      OsEvent call;
      call.type = OsEventType::kMalloc;
      call.handle = handle_of(slot);
      call.args[0] = object.bytes;
      emit.program().event(call);
    }
  }
  void give_back(Emitter& emit, std::uint64_t slot) {
    if (!tells_calls_) return emit.program().heap().free(objects_[slot].address);
    if (emit.finished()) return;
    OsEvent call;
    call.type = OsEventType::kFree;
    call.number = std::uint64_t{1} + handle_of(slot);
    emit.program().event(call);
  }
  std::uint32_t handle_of(std::uint64_t slot) const {
    return first_handle_ + static_cast<std::uint32_t>(slot);
  }
  void store(Emitter& emit, std::uint64_t slot, std::uint64_t at, std::uint16_t bytes) {
    if (tells_calls_) {
      emit.store_to(handle_of(slot), at, bytes);
    } else {
      emit.store(objects_[slot].address + at, bytes);
    }
  }
  void load(Emitter& emit, std::uint64_t slot, std::uint64_t at, std::uint16_t bytes,
            std::uint64_t after) {
    if (tells_calls_) {
      emit.load_from(handle_of(slot), at, bytes, after);
    } else {
      emit.load(objects_[slot].address + at, bytes, after);
    }
  }

  static std::uint16_t word_at(const Object& object, std::uint64_t at) {
    return static_cast<std::uint16_t>(std::min<std::uint64_t>(kWord, object.bytes - at));
  }

  std::uint64_t least_, most_, reads_;
  std::vector<Object> objects_;
  bool tells_calls_;  // events of malloc and free
  std::uint32_t first_handle_;
  std::uint64_t table_;
  Random random_;
};

}  // namespace

WorkloadKind heap_workload() {
  return {
      "heap",
      "objects are allocated, filled, read and freed in random order",
      "malloc as in glibc (malloc/malloc.c, 2.36: tcache, bins, M_TOP_PAD, moving thresholds), "
      "whose brk, mmap and munmap are events",
      {{"objects", Parameter::Kind::kCount, "objects", "10K", 1, 10e6, 1, "",
        "at most; half of them are there at a time, on average"},
       {"least", Parameter::Kind::kBytes, "", "16", 1, kMostObject, 1, "", "of an object"},
       {"most", Parameter::Kind::kBytes, "", "256KiB", 1, kMostObject, 1, "",
        "of an object; all powers of two between are as likely"},
       {"reads", Parameter::Kind::kCount, "reads", "16", 0, 1e6, 1, "",
        "of random objects after each malloc or free"},
       {"calls", Parameter::Kind::kChoice, "", "kernel", 0, 0, 1, "kernel|libc",
        "events of the trace: system calls of a library that has placed the objects, or its own "
        "malloc and free, which place them when the trace is run"},
       kSeed},
      make_pattern<Heap>};
}

}  // namespace mmu::traces
