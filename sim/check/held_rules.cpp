// The rules about what TLBs and walk caches hold, used or not.
#include <algorithm>
#include <set>
#include <sstream>
#include <tuple>

#include "sim/check/translation_rules.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kNoStale = ~std::uint64_t{0};

// What makes two entries the same page.
std::tuple<bool, Asid, std::uint64_t, unsigned> identity(const HeldPage& page) {
  const unsigned shift = page.to.page_shift;
  return {page.to.global, page.to.global ? Asid{0} : page.asid,
          page.page.aligned_down(shift).value(), shift};
}

std::string place_of(const HeldTranslations& structure, Asid asid, VirtAddr va) {
  std::ostringstream text;
  text << structure.name << ": VA 0x" << std::hex << va.value() << " in ASID " << std::dec << asid;
  return text.str();
}

}  // namespace

void TranslationRules::held(Cycle now, const std::vector<HeldTranslations>& structures) {
  for (const HeldTranslations& structure : structures) {
    check_pages(now, structure);
    check_pointers(now, structure);
    check_entries(now, structure);
  }
  check_inclusion(now, structures);
}

void TranslationRules::check_inclusion(Cycle now,
                                       const std::vector<HeldTranslations>& structures) const {
  for (auto level = structures.begin(); level != structures.end(); ++level) {
    if (!level->includes && !level->excludes) continue;
    std::set<decltype(identity({}))> here;
    for (const HeldPage& page : level->pages) here.insert(identity(page));
    const auto before_it = static_cast<std::size_t>(level - structures.begin());
    const std::size_t concerned = level->includes ? std::min(level->reach, before_it) : 1;
    for (auto before = level - static_cast<std::ptrdiff_t>(concerned); before != level; ++before) {
      for (const HeldPage& page : before->pages) {
        if ((here.count(identity(page)) != 0) == level->includes) continue;
        broken(now,
               level->includes ? "an inclusive level holds all" : "an exclusive level holds none",
               place_of(*before, page.asid, page.page) +
                   (level->includes ? " is not in " : " is in ") + level->name);
      }
    }
  }
}

void TranslationRules::check_pages(Cycle now, const HeldTranslations& structure) {
  std::set<decltype(identity({}))> seen;
  for (const HeldPage& page : structure.pages) {
    const Translation& to = page.to;
    const VirtAddr va = page.page.aligned_down(to.page_shift);
    const auto who = [&] { return place_of(structure, page.asid, va); };
    if (!seen.insert(identity(page)).second) broken(now, "a page is held once", who());
    if (to.base.offset(to.page_shift) != 0) broken(now, "pages are aligned", who());
    Access access;
    access.request.asid = page.asid;
    access.request.va = va;
    access.when = count_;
    TranslateResult result;
    result.to = to;
    if (!is_current(access, result)) broken(now, "what is held is fresh", who());
  }
}

void TranslationRules::check_pointers(Cycle now, const HeldTranslations& structure) {
  for (const HeldPointer& pointer : structure.pointers) {
    if (has_led_to(pointer)) continue;
    broken(now, "what is held is fresh",
           place_of(structure, pointer.asid, pointer.va) + ", pointer of level " +
               std::to_string(pointer.level));
  }
}

bool TranslationRules::has_led_to(const HeldPointer& pointer) const {
  const Walk root(*control_.format, pointer.va, root_of(pointer.asid));
  return has_led_to(pointer, root, kNoStale);
}

// As was_valid(), for a table on the way.
bool TranslationRules::has_led_to(const HeldPointer& pointer, const Walk& walk,
                                  std::uint64_t replaced) const {
  for (const Old& old : values_of(walk.entry_address())) {
    Walk next = walk;
    if (!std::holds_alternative<Descend>(next.consume(old.value))) continue;
    const std::uint64_t since = std::min(replaced, old.until);
    if (walk.level() != pointer.level) {
      if (has_led_to(pointer, next, since)) return true;
      continue;
    }
    const bool same = next.table() == pointer.table &&
                      next.inherited().rights == pointer.inherited.rights &&
                      next.inherited().global == pointer.inherited.global;
    if (same && !is_dropped(pointer, since)) return true;
  }
  return false;
}

bool TranslationRules::is_dropped(const HeldPointer& pointer, std::uint64_t after) const {
  const unsigned shift = control_.format->levels[pointer.level].lsb;
  return std::any_of(fences_.rbegin(), fences_.rend(), [&](const Fence& fence) {
    return fence.when > after && !fence.scope.leaf_only &&
           fence.scope.covers(pointer.asid, pointer.va, shift, false);
  });
}

// Tagged by their own address they serve everybody: every fence of tables removes them.
void TranslationRules::check_entries(Cycle now, const HeldTranslations& structure) {
  const auto last = std::find_if(fences_.rbegin(), fences_.rend(),
                                 [](const Fence& fence) { return !fence.scope.leaf_only; });
  const std::uint64_t fenced = last == fences_.rend() ? 0 : last->when;
  const std::uint64_t ignored = control_.format->accessed.mask | control_.format->dirty.mask;
  for (const HeldEntry& entry : structure.entries) {
    const std::vector<Old> values = values_of(entry.at);
    const bool fresh = std::any_of(values.begin(), values.end(), [&](const Old& old) {
      return ((old.value ^ entry.pte) & ~ignored) == 0 && old.until > fenced;
    });
    if (fresh) continue;
    std::ostringstream what;
    what << structure.name << ": the entry at 0x" << std::hex << entry.at.value();
    broken(now, "what is held is fresh", what.str());
  }
}

}  // namespace mmu
