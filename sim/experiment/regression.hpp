// What became of the cases of a suite: as text for people, as JSON for programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/experiment/expected_figures.hpp"

namespace mmu {

enum class CaseVerdict : std::uint8_t {
  kPassed,
  kMoved,  ///< figures are not what they were
  kNew,    ///< there is no expected file
  kFailed,
  kNotRun,  ///< interrupted before
};
inline constexpr const char* kCaseVerdictNames[] = {"passed", "moved", "new", "failed", "not run"};

struct CaseReport {
  std::string name;
  CaseVerdict verdict = CaseVerdict::kNotRun;
  int status = 0;           ///< of a run that failed
  std::string message;      ///< why it failed
  std::size_t figures = 0;  ///< compared
  std::vector<Move> moves;  ///< largest effect first
  Json now;                 ///< to be accepted
};

/// Passed or moved.
CaseReport compare_case(std::string name, const Json& before, Json now,
                        const std::vector<ToleranceRule>& tolerances);

/// Failures first, then what moved, the largest effect first; at last how many of each.
std::string regression_text(const std::vector<CaseReport>& cases);

Json regression_json(const std::string& suite, const std::vector<CaseReport>& cases);

}  // namespace mmu
