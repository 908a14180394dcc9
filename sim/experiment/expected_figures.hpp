// What a run gave before against what it gives now: every figure that differs by more than it may.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/result/result_json.hpp"

namespace mmu {

/// How far a number may move.
struct Tolerance {
  enum class Kind : std::uint8_t { kExact, kAbsolute, kPercent };
  Kind kind = Kind::kExact;
  double amount = 0;  ///< in the figure's unit, or percent of what is expected
};

/// "exact", "3", "0.5 %"
std::string tolerance_text(const Tolerance& tolerance);

/// For the figure of this path and all below it. The longest path that fits decides.
struct ToleranceRule {
  std::string path;  ///< empty: all figures
  Tolerance tolerance;
};

/// True if `path` is `above`, or begins with it and a dot; everything is below "".
bool is_below(const std::string& path, const std::string& above);

/// A leaf of a document, by its dotted path.
struct Figure {
  std::string path;
  Json value;
};
/// In the order of the document.
std::vector<Figure> all_figures(const Json& document);

/// What is kept of a result: without `chosen`, all but the version and the machine's knobs, which
/// are no figures. Else what is below a path of `chosen`; "metrics.cpi" is computed.
Json expected_of(const Json& result, const std::vector<std::string>& chosen);

struct Move {
  std::string path;
  std::optional<Json> before, now;  ///< absent: there is no such figure
  Tolerance tolerance;
  std::optional<double> share;  ///< of what was before; absent if that was 0 or no number
  double effect = 0;            ///< by which moves are sorted
};

/// The largest effect first: what is no number or has no counterpart, then numbers by their
/// difference over the square root of their sum, so that small counters do not lead.
std::vector<Move> moves(const Json& before, const Json& now,
                        const std::vector<ToleranceRule>& tolerances);

}  // namespace mmu
