#include "sim/translate/vector_check.hpp"

#include <sstream>

#include "sim/translate/fault_code.hpp"

namespace mmu {
namespace {

using Writes = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

class Differences {
 public:
  void compare(const char* what, std::uint64_t is, const std::optional<std::uint64_t>& expected) {
    if (!expected || is == *expected) return;
    begin() << what << " is 0x" << std::hex << is << ", expected 0x" << *expected << std::dec;
  }
  void compare(const char* what, const std::string& is, const std::string& expected) {
    if (is != expected) begin() << what << " is " << is << ", expected " << expected;
  }
  std::string text() const { return out_.str(); }

 private:
  std::ostream& begin() {
    if (out_.tellp() != 0) out_ << "; ";
    return out_;
  }
  std::ostringstream out_;
};

std::string text(const std::vector<std::uint64_t>& reads) {
  std::ostringstream out;
  out << std::hex;
  for (const std::uint64_t read : reads) out << "[0x" << read << "]";
  return out.str();
}
std::string text(const Writes& writes) {
  std::ostringstream out;
  out << std::hex;
  for (const auto& [address, value] : writes) out << "[0x" << address << " = 0x" << value << "]";
  return out.str();
}

/// On a fault x86 may have set A, and nothing else, in entries that it has passed.
bool only_sets_accessed(const Vector& v, const Writes& writes) {
  for (const auto& [address, value] : writes) {
    bool found = false;
    for (const auto& [at, entry] : v.entries) {
      found = found || (at == address && (entry | v.format.accessed.mask) == value);
    }
    if (!found) return false;
  }
  return true;
}

void compare_walk(const Vector& v, const Observation& seen, Differences& differences) {
  if (v.expect.reads) {
    differences.compare("the list of PTE reads", text(seen.reads), text(*v.expect.reads));
  }
  if (v.expect.writes) {
    differences.compare("the list of PTE writes", text(seen.writes), text(*v.expect.writes));
  } else if (v.family == Family::kX86 && !only_sets_accessed(v, seen.writes)) {
    differences.compare("the list of PTE writes", text(seen.writes), "A bits only");
  } else if (v.family == Family::kArm) {
    differences.compare("the list of PTE writes", text(seen.writes), "");
  }
}

void compare_translation(const Vector& v, const Translation& to, const Observation& seen,
                         Differences& differences) {
  const std::uint64_t pa = to.of(v.va).value();
  const bool arm = v.family == Family::kArm;
  differences.compare("pa", arm ? pa & 0xFFFF'FFFF'F000 : pa, v.expect.pa);
  differences.compare("page_size", std::uint64_t{1} << to.page_shift, v.expect.page_size);
  // Bare and machine mode have neither page nor level.
  differences.compare("level", arm ? 3u - to.level : to.level, v.expect.level);
  differences.compare("pbmt", to.memory_type, v.expect.memory_type);
  differences.compare("global", to.global ? 1 : 0, v.expect.global);
  differences.compare("data_in_ram", seen.data_in_ram ? 1 : 0, v.expect.data_in_ram);
}

}  // namespace

std::string difference(const Vector& v, const Observation& seen, bool walked) {
  Differences differences;
  const std::string result = seen.to ? "ok" : fault_result(v.family, seen.fault);
  differences.compare("result", result, v.expect.result);
  if (result == v.expect.result) {
    if (seen.to) {
      compare_translation(v, *seen.to, seen, differences);
    } else {
      const bool arm = v.family == Family::kArm;
      differences.compare("level", arm ? arm_level(seen.fault) : seen.fault.level, v.expect.level);
      differences.compare("code",
                          fault_code(v.family, seen.fault, {v.access, v.context, v.fetch_in_code}),
                          v.expect.code);
      differences.compare("fault address", seen.fault.va.value(), v.expect.fault_address);
    }
  }
  if (walked) compare_walk(v, seen, differences);
  return differences.text();
}

Observation walk_vector(const Vector& v, VectorMemory& memory, VirtAddr va, AccessKind access) {
  Observation seen;
  const auto translated = [&](const Translation& to) {
    seen.to = to;
    seen.data_in_ram = memory.permits(to.of(va), 1, writes(access));
  };
  const auto finish = [&]() -> Observation& {
    seen.writes = memory.writes;
    return seen;
  };
  memory.writes.clear();
  if (v.context.has(AccessContext::kBare)) {
    translated({PhysAddr(va.aligned_down(kBasePageShift).value()), kBasePageShift, {}});
    return finish();
  }
  Walk walk(v.format, va, v.root);
  if (!is_canonical(v.format, va)) {
    seen.fault = {FaultKind::kNonCanonical, va, walk.level()};
    return finish();
  }
  for (;;) {
    const PhysAddr entry = walk.entry_address();
    const unsigned bytes = v.format.pte_bytes;
    const unsigned level = walk.level();
    seen.reads.push_back(entry.value());
    if (!memory.permits(entry, bytes, false)) {
      seen.fault = {FaultKind::kAccessFault, va, level};
      return finish();
    }
    const std::uint64_t pte = memory.load(entry, bytes);
    Walk next = walk;
    WalkStep step = next.consume(pte);
    const std::uint64_t updated =
        with_ad_bits(v.format, pte, step, access, v.ad_update, true, v.context);
    if (updated != pte) {
      if (!memory.permits(entry, bytes, true)) {
        seen.fault = {FaultKind::kAccessFault, va, level};
        return finish();
      }
      memory.store(entry, bytes, updated);
      next = walk;
      step = next.consume(updated);
    }
    walk = next;
    if (const auto* fault = std::get_if<Fault>(&step)) {
      seen.fault = *fault;
      return finish();
    }
    if (const auto* to = std::get_if<Translation>(&step)) {
      if (judge(*to, access, v.ad_update, true, v.context) == Verdict::kOk) {
        translated(*to);
      } else {
        seen.fault = fault_at(*to, access, v.context, va);
      }
      return finish();
    }
  }
}

}  // namespace mmu
