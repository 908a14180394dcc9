#include "sim/experiment/regression.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

std::string text_of(const std::optional<Json>& value) {
  if (!value) return "-";
  if (value->is_number_integer()) return grouped(value->get<std::uint64_t>());
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::string change_of(const Move& move) {
  if (!move.before) return "new";
  if (!move.now) return "gone";
  return move.share ? signed_percent(*move.share, 2) : "";
}

std::string moves_text(const std::vector<Move>& all) {
  constexpr std::size_t kShown = 20;
  TextTable table({"figure", "expected", "now", "change", "allowed"});
  for (std::size_t i = 0; i < std::min(kShown, all.size()); ++i) {
    const Move& move = all[i];
    table.add({move.path, text_of(move.before), text_of(move.now), change_of(move),
               tolerance_text(move.tolerance)});
  }
  std::string text = table.text(2);
  if (all.size() > kShown) {
    text += fmt::format("  (and {} others; --json writes all)\n", all.size() - kShown);
  }
  return text;
}

std::string case_text(const CaseReport& report) {
  std::string text =
      fmt::format("{:<8}{}", kCaseVerdictNames[static_cast<unsigned>(report.verdict)], report.name);
  if (report.verdict == CaseVerdict::kFailed) {
    text += fmt::format(": status {}: {}", report.status, report.message);
  } else if (report.verdict == CaseVerdict::kMoved) {
    text += fmt::format(": {} of {} figures", report.moves.size(), report.figures);
  } else if (report.verdict == CaseVerdict::kNew) {
    text += ": nothing to compare with; --accept records it";
  }
  return text + "\n" + (report.moves.empty() ? "" : moves_text(report.moves));
}

std::size_t count(const std::vector<CaseReport>& cases, CaseVerdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(),
                    [&](const CaseReport& report) { return report.verdict == verdict; }));
}

double effect_of(const CaseReport& report) {
  return report.moves.empty() ? 0 : report.moves.front().effect;
}

Json move_json(const Move& move) {
  return {{"figure", move.path},
          {"expected", move.before.value_or(nullptr)},
          {"now", move.now.value_or(nullptr)},
          {"percent", move.share ? Json(100 * *move.share) : Json(nullptr)},
          {"allowed", tolerance_text(move.tolerance)}};
}

}  // namespace

CaseReport compare_case(std::string name, const Json& before, Json now,
                        const std::vector<ToleranceRule>& tolerances) {
  CaseReport report;
  report.name = std::move(name);
  report.moves = moves(before, now, tolerances);
  report.verdict = report.moves.empty() ? CaseVerdict::kPassed : CaseVerdict::kMoved;
  report.figures = all_figures(now).size();
  report.now = std::move(now);
  return report;
}

std::string regression_text(const std::vector<CaseReport>& cases) {
  std::string text;
  for (const CaseVerdict verdict : {CaseVerdict::kFailed, CaseVerdict::kMoved, CaseVerdict::kNew,
                                    CaseVerdict::kNotRun, CaseVerdict::kPassed}) {
    std::vector<const CaseReport*> some;
    for (const CaseReport& report : cases) {
      if (report.verdict == verdict) some.push_back(&report);
    }
    std::stable_sort(some.begin(), some.end(), [](const CaseReport* a, const CaseReport* b) {
      return effect_of(*a) > effect_of(*b);
    });
    for (const CaseReport* report : some) text += case_text(*report);
  }
  text += fmt::format("{} {}", cases.size(), cases.size() == 1 ? "case" : "cases");
  for (const CaseVerdict verdict : {CaseVerdict::kPassed, CaseVerdict::kMoved, CaseVerdict::kNew,
                                    CaseVerdict::kFailed, CaseVerdict::kNotRun}) {
    const std::size_t of = count(cases, verdict);
    if (of != 0)
      text += fmt::format(", {} {}", of, kCaseVerdictNames[static_cast<unsigned>(verdict)]);
  }
  return text + "\n";
}

Json regression_json(const std::string& suite, const std::vector<CaseReport>& cases) {
  Json json = {{"suite", suite}, {"mmusim", mmusim_version()}};
  for (std::size_t i = 0; i < std::size(kCaseVerdictNames); ++i) {
    json["counts"][kCaseVerdictNames[i]] = count(cases, static_cast<CaseVerdict>(i));
  }
  json["cases"] = Json::array();
  for (const CaseReport& report : cases) {
    Json moved = Json::array();
    for (const Move& move : report.moves) moved.push_back(move_json(move));
    json["cases"].push_back({{"name", report.name},
                             {"verdict", kCaseVerdictNames[static_cast<unsigned>(report.verdict)]},
                             {"status", report.status},
                             {"message", report.message},
                             {"figures", report.figures},
                             {"moved", std::move(moved)}});
  }
  return json;
}

}  // namespace mmu
