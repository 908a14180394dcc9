#include "hw/cache/cache.hpp"

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

unsigned shift_of_line(const std::string& what, const CacheParams& params) {
  const std::uint64_t bytes = params.line_bytes;
  if (bytes == 0 || (bytes & (bytes - 1)) != 0) {
    throw ConfigError(what + ".line_bytes must be a power of two, is " + std::to_string(bytes));
  }
  return static_cast<unsigned>(__builtin_ctzll(bytes));
}

std::uint64_t number_of_lines(const std::string& what, const CacheParams& params) {
  const std::uint64_t set_bytes = std::uint64_t{params.ways} * params.line_bytes;
  if (set_bytes == 0) throw ConfigError(what + ".ways must be at least 1");
  if (params.size_bytes == 0 || params.size_bytes % set_bytes != 0) {
    throw ConfigError(what + ".size_bytes must be a multiple of ways x line_bytes (" +
                      std::to_string(params.ways) + " x " + std::to_string(params.line_bytes) +
                      "), is " + std::to_string(params.size_bytes));
  }
  return params.size_bytes / params.line_bytes;
}

}  // namespace

Cache::Cache(const std::string& what, const CacheParams& params, std::uint64_t seed)
    : shift_(shift_of_line(what, params)),
      lines_(what, number_of_lines(what, params), params.ways, params.replacement, seed) {}

std::optional<Victim> Cache::fill(std::uint64_t line, const CacheLine& state) {
  if (CacheLine* present = lines_.peek(line, line)) {
    if (state.is_dirty()) present->make_dirty();
    return std::nullopt;
  }
  return enter(line, state);
}

std::optional<Victim> Cache::enter(std::uint64_t line, const CacheLine& state) {
  const auto displaced = lines_.insert_new(line, line, state);
  if (!displaced) return std::nullopt;
  return Victim{displaced->key, displaced->value.is_dirty()};
}

}  // namespace mmu
