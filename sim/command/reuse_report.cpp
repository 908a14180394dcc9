#include "sim/command/reuse_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "hw/arch/errors.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

using traces::ReuseAnalysis;
using traces::ReuseCounts;

struct PageSizeName {
  const char* name;
  unsigned shift;
};
/// Those of the formats that this program has (hw/arch/page_table_format.cpp).
constexpr PageSizeName kPageSizes[] = {{"4KiB", 12}, {"16KiB", 14}, {"64KiB", 16},  {"2MiB", 21},
                                       {"4MiB", 22}, {"32MiB", 25}, {"512MiB", 29}, {"1GiB", 30}};

constexpr ReuseAnalysis::Stream kStreams[] = {ReuseAnalysis::kData, ReuseAnalysis::kInstructions,
                                              ReuseAnalysis::kAll};

std::string size_text(unsigned shift) {
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB"};
  return std::to_string(std::uint64_t{1} << shift % 10) + " " + kUnits[shift / 10 - 1];
}

bool sampled(const ReuseAnalysis& analysis) { return analysis.options().sample_rate != 1; }

std::uint64_t rounded(double misses) { return static_cast<std::uint64_t>(std::llround(misses)); }

/// From here on no TLB has fewer misses, of any stream.
std::uint64_t enough(const ReuseAnalysis& analysis) {
  std::uint64_t last = 1;
  for (const auto stream : kStreams) last = std::max(last, analysis.counts(stream).enough());
  return last;
}

std::string footprint_text(const ReuseAnalysis& analysis) {
  TextTable table({"pages touched", "data", "instructions", "all"});
  for (const unsigned shift : traces::kFootprintShifts) {
    std::vector<std::string> row{"of " + size_text(shift)};
    for (const auto stream : kStreams) row.push_back(grouped(analysis.footprint(stream, shift)));
    table.add(std::move(row));
  }
  return table.text(0);
}

std::string working_set_text(const ReuseAnalysis& analysis) {
  const std::size_t windows = analysis.working_set(ReuseAnalysis::kAll).size();
  TextTable table({fmt::format("working set, {} pages", size_text(analysis.options().page_shift)),
                   "data", "instructions", "all"});
  std::vector<std::string> least{"least"}, mean{"mean"}, most{"most"};
  for (const auto stream : kStreams) {
    const std::vector<std::uint64_t>& sizes = analysis.working_set(stream);
    if (sizes.empty()) continue;
    least.push_back(grouped(*std::min_element(sizes.begin(), sizes.end())));
    most.push_back(grouped(*std::max_element(sizes.begin(), sizes.end())));
    const std::uint64_t sum = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
    mean.push_back(fixed(static_cast<double>(sum) / static_cast<double>(sizes.size()), 1));
  }
  for (auto* row : {&least, &mean, &most}) table.add(*row);
  return table.text(0) + fmt::format("  in {} windows of {} instructions\n", grouped(windows),
                                     grouped(analysis.options().window_instructions));
}

/// Rows by powers of two: what is touched again at a depth up to `n` and above n / 2, and what a
/// TLB of n entries misses.
std::string curve_text(const ReuseAnalysis& analysis) {
  TextTable table({"entries", "data: reused", "missed", "ratio", "instructions: reused", "missed",
                   "ratio", "all: reused", "missed", "ratio"});
  const std::uint64_t last = enough(analysis);
  for (std::uint64_t n = 1; n < 2 * last; n *= 2) {
    std::vector<std::string> row{grouped(n)};
    for (const auto stream : kStreams) {
      const ReuseCounts& counts = analysis.counts(stream);
      const double before = n == 1 ? static_cast<double>(counts.accesses()) : counts.misses(n / 2);
      row.push_back(grouped(rounded(std::max(0.0, before - counts.misses(n)))));
      row.push_back(grouped(rounded(counts.misses(n))));
      row.push_back(percent(counts.ratio(n), 3));
    }
    table.add(std::move(row));
  }
  return table.text(0);
}

/// The largest error at any size that the table shows.
std::string error_text(const ReuseAnalysis& analysis) {
  if (!sampled(analysis)) return "";
  std::string text =
      fmt::format("  from a sample of {} of the pages; ratios are within (2 standard errors)",
                  percent(analysis.options().sample_rate, 3));
  const std::uint64_t last = enough(analysis);
  for (const auto stream : kStreams) {
    const ReuseCounts& counts = analysis.counts(stream);
    double error = 0;
    for (std::uint64_t n = 1; n < 2 * last; n *= 2) error = std::max(error, counts.error(n));
    text +=
        fmt::format("{} {} {} ({} pages)", stream == ReuseAnalysis::kData ? "" : ",",
                    ReuseAnalysis::kStreamNames[stream],
                    counts.too_few() ? "unknown" : percent(error, 3), grouped(counts.distinct()));
  }
  return text + "\n";
}

}  // namespace

std::vector<std::string> reuse_page_sizes() {
  std::vector<std::string> sizes;
  for (const PageSizeName& size : kPageSizes) sizes.emplace_back(size.name);
  return sizes;
}

unsigned reuse_page_shift(const std::string& size) {
  for (const PageSizeName& known : kPageSizes) {
    if (size == known.name) return known.shift;
  }
  throw ModelError("trace info: no page size " + size);
}

std::string reuse_text(const ReuseAnalysis& analysis) {
  return "\n" + footprint_text(analysis) + "\n" + working_set_text(analysis) + "\n" +
         fmt::format(
             "fully associative LRU TLBs for {} pages: touched again within so many "
             "pages, and missed\n",
             size_text(analysis.options().page_shift)) +
         curve_text(analysis) + error_text(analysis);
}

std::string curve_csv(const ReuseAnalysis& analysis) {
  std::string text = "entries";
  for (const auto stream : kStreams) {
    const std::string_view name = ReuseAnalysis::kStreamNames[stream];
    text += fmt::format(",{0}_misses,{0}_ratio", name);
    if (sampled(analysis)) text += fmt::format(",{}_error", name);
  }
  text += '\n';
  for (const std::uint64_t n : traces::curve_sizes(enough(analysis))) {
    text += std::to_string(n);
    for (const auto stream : kStreams) {
      const ReuseCounts& counts = analysis.counts(stream);
      text += fmt::format(",{},{:.6g}", rounded(counts.misses(n)), counts.ratio(n));
      if (sampled(analysis)) text += fmt::format(",{:.2g}", counts.error(n));
    }
    text += '\n';
  }
  return text;
}

Json reuse_json(const ReuseAnalysis& analysis, const traces::TraceSummary& trace) {
  Json out;
  out["schema"] = 1;
  out["trace"] = {{"command", trace.header.command},
                  {"hash", hash_text(trace.hash)},
                  {"records", trace.record_count()},
                  {"instructions", trace.instructions}};
  out["page_bytes"] = std::uint64_t{1} << analysis.options().page_shift;
  out["sample_rate"] = analysis.options().sample_rate;
  out["window_instructions"] = analysis.options().window_instructions;
  const std::vector<std::uint64_t> sizes = traces::curve_sizes(enough(analysis));
  out["entries"] = sizes;
  for (const auto stream : kStreams) {
    const ReuseCounts& counts = analysis.counts(stream);
    Json& to = out[std::string(ReuseAnalysis::kStreamNames[stream])];
    to["accesses"] = counts.accesses();
    for (const unsigned shift : traces::kFootprintShifts) {
      to["footprint"][std::to_string(std::uint64_t{1} << shift)] =
          analysis.footprint(stream, shift);
    }
    to["working_set"] = analysis.working_set(stream);
    Json misses = Json::array(), errors = Json::array();
    for (const std::uint64_t n : sizes) {
      misses.push_back(rounded(counts.misses(n)));
      errors.push_back(counts.error(n));
    }
    to["misses"] = std::move(misses);
    if (sampled(analysis)) to["ratio_error"] = std::move(errors);
  }
  return out;
}

}  // namespace mmu
