#include "sim/experiment/plan_json.hpp"

namespace mmu {
namespace {

Json options_json(const RunSettings& options) {
  Json json;
  for (const NumberOption& number : kNumberOptions) json[number.key] = options.*number.member;
  for (const FlagOption& flag : kFlagOptions) json[flag.key] = options.*flag.member;
  json["format"] = traces::name_of(options.format);
  return json;
}

}  // namespace

Json plan_json(const SweepPlan& plan, const RunSettings& options) {
  Json json = {{"schema", kResultSchema},
               {"mmusim", mmusim_version()},
               {"options", options_json(options)},
               {"columns", plan.columns},
               {"points", Json::array()}};
  for (const SweepPoint& point : plan.points) {
    json["points"].push_back({{"name", point.name},
                              {"trace", point.trace},
                              {"trace_hash", point.trace_hash},
                              {"machine", point.machine},
                              {"overrides", point.overrides},
                              {"values", point.values},
                              {"baseline", point.baseline}});
  }
  return json;
}

SweepPlan plan_of(const Json& json) {
  SweepPlan plan;
  plan.columns = json.at("columns").get<std::vector<std::string>>();
  for (const Json& point : json.at("points")) {
    plan.points.push_back({
        point.at("name"),
        point.at("trace"),
        point.at("trace_hash"),
        point.at("machine"),
        point.at("overrides").get<std::vector<std::string>>(),
        point.at("values").get<std::vector<std::string>>(),
        point.at("baseline"),
    });
  }
  return plan;
}

RunSettings options_of(const Json& json) {
  const Json& from = json.at("options");
  RunSettings options;
  options.skip_instructions = from.value("skip_instructions", std::uint64_t{0});
  options.warmup_instructions = from.value("warmup_instructions", std::uint64_t{0});
  options.instructions = from.at("instructions");
  options.watchdog_cycles = from.at("watchdog_cycles");
  options.interval_instructions = from.at("interval_instructions");
  for (const FlagOption& flag : kFlagOptions) options.*flag.member = from.at(flag.key);
  const auto format = traces::format_of_name(from.at("format").get<std::string>());
  options.format = format.value_or(traces::TraceFormat::kAuto);
  return options;
}

}  // namespace mmu
