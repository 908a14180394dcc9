// The system calls that change the address space.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "os_model/address_space.hpp"

namespace mmu::os {

/// brk, mmap, munmap, mprotect, mremap, madvise, as recorded: an address that the trace gives as a
/// result is where things are put, and what lies there goes. Where it gives none, or the event
/// makes a handle, the place is chosen here, top-down as Linux does.
class SystemCalls {
 public:
  /// `brk_start`: the program break; 0: the result of the first brk event. All references must
  /// outlive this.
  SystemCalls(const PageTableFormat& format, AddressSpace& space, std::uint64_t brk_start)
      : format_(format), space_(space), brk_start_(brk_start), brk_(brk_start) {}

  std::uint64_t brk_start() const { return brk_start_; }
  std::uint64_t current_break() const { return brk_; }
  void set_break(std::uint64_t to) { brk_ = to; }
  /// Where none is known: it is here, and empty.
  void begin_heap(std::uint64_t at) { brk_start_ = brk_ = at; }
  /// The next brk event says where the heap begins.
  void forget_break() { brk_start_ = brk_ = 0; }

  /// The call's result here; nothing if it cannot be done. `what` names the event in messages.
  /// Throws InputError if the format cannot express its addresses, SimulatedError if a place is to
  /// be chosen and there is none.
  std::optional<std::uint64_t> perform(const OsEvent& event, const std::string& what, TrapLog& log);
  /// What a call did that failed when traced.
  void perform_part(const OsEvent& event, const std::string& what, TrapLog& log);

 private:
  using Value = std::optional<std::uint64_t>;

  Value brk(const OsEvent& event, const std::string& what, TrapLog& log);
  Value mmap(const OsEvent& event, const std::string& what, TrapLog& log);
  Value munmap(const OsEvent& event, const std::string& what, TrapLog& log);
  Value mprotect(const OsEvent& event, const std::string& what, TrapLog& log);
  Value mremap(const OsEvent& event, const std::string& what, TrapLog& log);
  Value madvise(const OsEvent& event, const std::string& what, TrapLog& log);
  Rights rights_from(std::uint64_t prot) const;
  std::uint64_t choose_place(std::uint64_t bytes, const std::string& what) const;
  std::uint64_t place_for_remap(Range from, std::uint64_t bytes, const std::string& what) const;

  const PageTableFormat& format_;
  AddressSpace& space_;
  std::uint64_t brk_start_, brk_;
};

}  // namespace mmu::os
