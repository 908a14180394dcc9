#include "sim/translate/explain.hpp"

#include <fmt/format.h>

#include "hw/arch/entry_fields.hpp"

namespace mmu {
namespace {

std::string bytes_text(unsigned shift) {
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  return fmt::format("{} {}", std::uint64_t{1} << shift % 10, kUnits[shift / 10]);
}

/// "reads, writes, user"; execution of the supervisor apart where the format has it.
std::string rights_text(const Rights& rights) {
  std::string text;
  const auto add = [&](bool has, const char* what) {
    if (has) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(rights.read, "reads");
  add(rights.write, "writes");
  add(rights.execute, rights.split_execute ? "fetches of EL0" : "fetches");
  add(rights.split_execute && rights.privileged_execute, "fetches of EL1");
  if (text.empty()) text = "nothing";
  return text + (rights.user ? "; user mode too" : "; supervisor only");
}

std::string state_text(const PageTableFormat& format, AccessContext state) {
  using C = AccessContext;
  if (state.has(C::kBare)) return "without translation";
  const bool supervisor = state.has(C::kSupervisor);
  std::string text = family_of(format) == Family::kArm ? (supervisor ? "at EL1" : "at EL0")
                     : supervisor                      ? "in supervisor mode"
                                                       : "in user mode";
  if (!supervisor) return text;
  const auto add = [&](const char* what) { text += std::string(", ") + what; };
  if (state.has(C::kUserData)) add("which may reach user data");
  if (state.has(C::kUserFetch)) add("which may fetch from user pages");
  if (state.has(C::kReadExecutable)) add("loads may read what may be executed");
  if (state.has(C::kWriteReadOnly)) add("which may write read-only pages");
  return text;
}

class Explanation {
 public:
  Explanation(const TranslationControl& control, const PhysicalMemory& memory, VirtAddr va,
              const FaultContext& access)
      : control_(control), format_(*control.format), memory_(memory), va_(va), access_(access) {}

  std::string text() {
    line("{} of VA {:#x} {}", name_of(access_.access), va_.value(),
         state_text(format_, access_.state));
    if (access_.state.has(AccessContext::kBare)) {
      line("PA {:#x}: the address itself", va_.value());
      return text_;
    }
    line("format {}, table at {:#x}, ASID {}, A and D {}", format_.name, control_.root.value(),
         control_.asid,
         control_.ad_update == AdUpdate::kHardware ? "set by hardware" : "left to software");
    if (!is_canonical(format_, va_)) {
      fault({FaultKind::kNonCanonical, va_, format_.root_level()});
    } else {
      walk();
    }
    return text_;
  }

 private:
  template <class... Values>
  void line(fmt::format_string<Values...> form, Values&&... values) {
    text_ += fmt::format(form, std::forward<Values>(values)...) + "\n";
  }

  void walk() {
    Walk walk(format_, va_, control_.root);
    for (;;) {
      const PhysAddr at = walk.entry_address();
      const unsigned level = walk.level();
      if (!memory_.permits(at, format_.pte_bytes, false)) {
        line("\n{}: at {:#x}, where memory answers with an error", entry_name(format_, level),
             at.value());
        return fault({FaultKind::kAccessFault, va_, level});
      }
      const std::uint64_t pte = memory_.load(at, format_.pte_bytes);
      show_entry(walk, pte);
      const WalkStep step = walk.consume(pte);
      if (const auto* found = std::get_if<Fault>(&step)) return fault(*found);
      show_update(pte, step);
      if (const auto* to = std::get_if<Translation>(&step)) return translated(*to);
      line("  a pointer: table at {:#x}; allowed below: {}{}", walk.table().value(),
           rights_text(walk.inherited().rights), walk.inherited().global ? "; global" : "");
    }
  }

  void show_entry(const Walk& walk, std::uint64_t pte) {
    const Level& bits = format_.levels[walk.level()];
    line("\n{}: VA[{}:{}] = {:#x}; at {:#x}: {:#0{}x}", entry_name(format_, walk.level()),
         bits.lsb + bits.width - 1, unsigned{bits.lsb}, va_.bits(bits.lsb, bits.width),
         walk.entry_address().value(), pte, 2 + 2 * format_.pte_bytes);
    if (!format_.valid.holds(pte)) {
      line("    {:<12} {:<8} 0         not valid: the other bits mean nothing to hardware",
           entry_fields(format_, 0, EntryUse::kPage).front().name, "[0]");
      return;
    }
    for (const EntryField& field :
         entry_fields(format_, walk.level(), use_of(format_, walk.level(), pte))) {
      show_field(field, field.value_in(pte), pte);
    }
  }

  void show_field(const EntryField& field, std::uint64_t value, std::uint64_t pte) {
    const std::string place =
        field.msb == field.lsb ? fmt::format("[{}]", unsigned{field.lsb})
                               : fmt::format("[{}:{}]", unsigned{field.msb}, unsigned{field.lsb});
    std::string meaning(field.meaning_of(value));
    if (field.is_frame) {
      const std::uint64_t frame = (pte & format_.frame.mask()) >> format_.frame.lsb;
      const unsigned dropped = field.lsb - format_.frame.lsb;  // of a large page of x86 or Arm
      meaning = fmt::format("address {:#x}", frame >> dropped << dropped << format_.page_shift);
    }
    std::string row = fmt::format("    {:<12} {:<8} {:<#9x} {}", field.name, place, value, meaning);
    row.erase(row.find_last_not_of(' ') + 1);
    text_ += row + "\n";
  }

  void show_update(std::uint64_t pte, const WalkStep& step) {
    const std::uint64_t wanted =
        with_ad_bits(format_, pte, step, access_.access, control_.ad_update, true, access_.state);
    if (wanted != pte) line("  the walker sets A or D: the entry becomes {:#x}", wanted);
  }

  void translated(const Translation& to) {
    const unsigned entry_shift = format_.levels[to.level].lsb;
    line("  a page of {} at {:#x}{}", bytes_text(to.page_shift), to.base.value(),
         to.page_shift != entry_shift ? ", of which this entry is a part" : "");
    line("\nPA {:#x} = {:#x} + {:#x}", to.of(va_).value(), to.base.value(),
         va_.offset(to.page_shift));
    line("allowed: {}; {}, {}; {}; memory type {}", rights_text(to.rights),
         to.accessed ? "accessed" : "not accessed", to.dirty ? "dirty" : "clean",
         to.global ? "global" : "of its address space", unsigned{to.memory_type});
    if (judge(to, access_.access, control_.ad_update, true, access_.state) == Verdict::kFault) {
      return fault(fault_at(to, access_.access, access_.state, va_));
    }
    line("verdict: the {} goes ahead", name_of(access_.access));
  }

  void fault(const Fault& found) {
    line("{}verdict: {}: {}", text_.back() == '\n' && found.kind == FaultKind::kNoRight ? "" : "\n",
         name_of(found.kind), describe_fault(family_of(format_), found, access_));
  }

  const TranslationControl& control_;
  const PageTableFormat& format_;
  const PhysicalMemory& memory_;
  VirtAddr va_;
  FaultContext access_;
  std::string text_;
};

}  // namespace

std::string explain_translation(const TranslationControl& control, const PhysicalMemory& memory,
                                VirtAddr va, const FaultContext& access) {
  return Explanation(control, memory, va, access).text();
}

}  // namespace mmu
