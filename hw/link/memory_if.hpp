// The link between a requester (core, walkers, upper cache) and a memory (cache, DRAM).
#pragma once

#include <cstdint>
#include <systemc>

#include "hw/arch/address.hpp"
#include "hw/link/cycle.hpp"
#include "hw/link/story.hpp"

namespace mmu {

/// kWriteback: a whole dirty line from the level above; needs no reply and no miss slot.
enum class MemoryOp : std::uint8_t { kRead, kWrite, kWriteback };

struct MemoryRequest {
  Cycle at = 0;          ///< the cycle in which the server sees the request
  std::uint32_t id = 0;  ///< chosen by the requester, returned unchanged
  MemoryOp op = MemoryOp::kRead;
  bool pte = false;  ///< a page-table read or update; counted apart
  PhysAddr address;
  bool prefetch = false;  ///< a page-table read for a prefetch, which nobody has asked for
};

/// What a server says to a request: the data is there in cycle `at` (now); exactly one reply call
/// follows (later); or nothing has happened (refused).
class MemoryAnswer {
 public:
  static constexpr MemoryAnswer now(Cycle at, Served from) { return {at, Kind::kNow, from}; }
  static constexpr MemoryAnswer later() { return {0, Kind::kLater, Served::kL1}; }
  /// `retry_at`: the earliest cycle known to make a difference; kNever: none is known yet. In
  /// either case room() is called when an earlier one becomes known.
  static constexpr MemoryAnswer refused(Cycle retry_at) {
    return {retry_at, Kind::kRefused, Served::kL1};
  }

  constexpr bool is_now() const { return kind_ == Kind::kNow; }
  constexpr bool is_later() const { return kind_ == Kind::kLater; }
  constexpr bool is_refused() const { return kind_ == Kind::kRefused; }
  constexpr Cycle at() const { return at_; }        ///< Requires is_now().
  constexpr Served from() const { return from_; }   ///< Requires is_now().
  constexpr Cycle retry_at() const { return at_; }  ///< Requires is_refused().

 private:
  enum class Kind : std::uint8_t { kNow, kLater, kRefused };
  constexpr MemoryAnswer(Cycle at, Kind kind, Served from) : at_(at), kind_(kind), from_(from) {}
  Cycle at_;
  Kind kind_;
  Served from_;
};

/// Requester to server, in nondecreasing order of `at`. Never calls the requester back from
/// inside.
class MemoryIf : public virtual sc_core::sc_interface {
 public:
  /// The short form of access() for a read or write that is no page-table access: if it hits here,
  /// the cycle of its data, with all that access() does. Otherwise, or where a server has no short
  /// form, 0; nothing has happened then, and the request is to be made in full.
  virtual Cycle hit(Cycle /*at*/, PhysAddr /*address*/, bool /*write*/) { return 0; }
  virtual MemoryAnswer access(const MemoryRequest& request) = 0;
  /// The access outside of time, where nothing else is under way: contents and order of use become
  /// what access() makes of them in the end.
  virtual void warm(PhysAddr /*address*/, MemoryOp /*op*/) {}
  /// Not a request: a read that the answer to another one of the same line serves, and whose value
  /// is taken now. For those who watch the link.
  virtual void shared(const MemoryRequest& /*request*/) {}
};

/// Server to requester. The requester must not call the same server from inside.
class MemoryReplyIf : public virtual sc_core::sc_interface {
 public:
  /// The one reply to a request answered "later"; data is there in cycle `at`, not before now.
  virtual void accessed(std::uint32_t id, Cycle at, Served from) = 0;
  /// After a refusal: asking in cycle `at`, in the requester's own rank, makes sense again. May be
  /// called for several cycles; the requester asks in each. `at` in its own rank is not past.
  virtual void memory_room(Cycle at) = 0;
};

}  // namespace mmu
