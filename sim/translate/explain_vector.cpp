#include "sim/translate/explain_vector.hpp"

#include <fmt/format.h>

#include "hw/arch/errors.hpp"
#include "sim/translate/explain.hpp"
#include "sim/translate/vector_memory.hpp"

namespace mmu {
namespace {

std::string expectation(const Vector& v) {
  std::string text = "expected: " + v.expect.result;
  const auto add = [&](const char* what, const std::optional<std::uint64_t>& value) {
    if (value) text += fmt::format(", {} {:#x}", what, *value);
  };
  add("PA", v.expect.pa);
  add("page size", v.expect.page_size);
  add("level", v.expect.level);
  add("code", v.expect.code);
  add("fault address", v.expect.fault_address);
  return text + "\n";
}

std::string explain(const Vector& v) {
  const VectorMemory memory(v);
  const TranslationControl control{&v.format, v.root, v.asid, v.ad_update};
  return fmt::format("vector {} ({})\n", v.id, v.kind) +
         explain_translation(control, memory, v.va, {v.access, v.context, v.fetch_in_code}) +
         expectation(v);
}

}  // namespace

std::string explain_vector(const std::vector<std::string>& files, const std::string& which) {
  std::uint64_t number = 0;
  for (const std::string& path : files) {
    VectorFile file(path);
    while (const auto vector = file.next()) {
      ++number;
      if (vector->id == which || std::to_string(number) == which) return explain(*vector);
    }
  }
  throw ConfigError(
      fmt::format("--explain {}: no vector of that name or number; there are {}", which, number));
}

}  // namespace mmu
