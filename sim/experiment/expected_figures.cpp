#include "sim/experiment/expected_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "sim/experiment/metrics.hpp"

namespace mmu {
namespace {

const std::string kMetrics = "metrics";

void list_figures(const Json& node, const std::string& path, std::vector<Figure>& out) {
  if (!node.is_structured()) {
    out.push_back({path, node});
    return;
  }
  for (const auto& [key, value] : node.items()) {
    list_figures(value, path.empty() ? key : path + "." + key, out);
  }
}

/// What is below a chosen path; null if nothing is.
Json chosen_part(const Json& node, const std::string& path,
                 const std::vector<std::string>& chosen) {
  const auto fits = [&](const std::string& wish) { return is_below(path, wish); };
  if (std::any_of(chosen.begin(), chosen.end(), fits)) return node;
  if (!node.is_object()) return nullptr;
  Json part;
  for (const auto& [key, value] : node.items()) {
    Json inner = chosen_part(value, path.empty() ? key : path + "." + key, chosen);
    if (!inner.is_null()) part[key] = std::move(inner);
  }
  return part;
}

/// Whole numbers without a point, as counters stand in results.
Json number_json(double value) {
  constexpr double kExactBelow = 9007199254740992;  // 2^53
  const bool whole = value >= 0 && value < kExactBelow && value == std::floor(value);
  return whole ? Json(static_cast<std::uint64_t>(value)) : Json(value);
}

Tolerance tolerance_of(const std::string& path, const std::vector<ToleranceRule>& rules) {
  const ToleranceRule* best = nullptr;
  for (const ToleranceRule& rule : rules) {
    if (!is_below(path, rule.path)) continue;
    if (best == nullptr || rule.path.size() >= best->path.size()) best = &rule;
  }
  return best == nullptr ? Tolerance{} : best->tolerance;
}

bool is_within(double before, double now, const Tolerance& tolerance) {
  const double difference = std::abs(now - before);
  switch (tolerance.kind) {
    case Tolerance::Kind::kExact:
      break;
    case Tolerance::Kind::kAbsolute:
      return difference <= tolerance.amount;
    case Tolerance::Kind::kPercent:
      return 100 * difference <= tolerance.amount * std::abs(before);
  }
  return false;
}

/// Of two figures that are not equal.
std::optional<Move> move_of(const std::string& path, const Json& before, const Json& now,
                            const std::vector<ToleranceRule>& rules) {
  Move move{path, before, now, tolerance_of(path, rules), std::nullopt, 0};
  move.effect = std::numeric_limits<double>::infinity();
  if (!before.is_number() || !now.is_number()) return move;
  const auto old_value = before.get<double>();
  const auto new_value = now.get<double>();
  if (is_within(old_value, new_value, move.tolerance)) return std::nullopt;
  if (old_value != 0) move.share = (new_value - old_value) / old_value;
  move.effect = std::abs(new_value - old_value) / std::sqrt(old_value + new_value);
  return move;
}

}  // namespace

std::string tolerance_text(const Tolerance& tolerance) {
  switch (tolerance.kind) {
    case Tolerance::Kind::kExact:
      break;
    case Tolerance::Kind::kAbsolute:
      return fmt::format("{}", tolerance.amount);
    case Tolerance::Kind::kPercent:
      return fmt::format("{} %", tolerance.amount);
  }
  return "exact";
}

bool is_below(const std::string& path, const std::string& above) {
  return above.empty() || path == above ||
         (path.size() > above.size() && path[above.size()] == '.' &&
          path.compare(0, above.size(), above) == 0);
}

std::vector<Figure> all_figures(const Json& document) {
  std::vector<Figure> figures;
  list_figures(document, "", figures);
  return figures;
}

Json expected_of(const Json& result, const std::vector<std::string>& chosen) {
  Json figures = Json::object();
  for (const auto& [key, value] : result.items()) {
    if (key == "mmusim" || key == "machine") continue;
    Json part = chosen.empty() ? value : chosen_part(value, key, chosen);
    if (!part.is_null()) figures[key] = std::move(part);
  }
  for (const Metric& metric : metrics()) {
    const std::string name(metric.name);
    const auto fits = [&](const std::string& wish) {
      return is_below(kMetrics + "." + name, wish);
    };
    if (std::none_of(chosen.begin(), chosen.end(), fits)) continue;
    figures[kMetrics][name] = number_json(metric.of(result));
  }
  return figures;
}

std::vector<Move> moves(const Json& before, const Json& now,
                        const std::vector<ToleranceRule>& tolerances) {
  constexpr double kFirst = std::numeric_limits<double>::infinity();
  std::map<std::string, Json> left;  // of now, without a counterpart yet
  for (const Figure& figure : all_figures(now)) left.emplace(figure.path, figure.value);
  std::vector<Move> all;
  for (const Figure& old : all_figures(before)) {
    const auto found = left.find(old.path);
    if (found == left.end()) {
      all.push_back({old.path, old.value, std::nullopt, {}, std::nullopt, kFirst});
      continue;
    }
    if (found->second != old.value) {
      if (auto move = move_of(old.path, old.value, found->second, tolerances)) {
        all.push_back(std::move(*move));
      }
    }
    left.erase(found);
  }
  for (const auto& [path, value] : left) {
    all.push_back({path, std::nullopt, value, {}, std::nullopt, kFirst});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Move& a, const Move& b) { return a.effect > b.effect; });
  return all;
}

}  // namespace mmu
