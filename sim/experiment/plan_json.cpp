#include "sim/experiment/plan_json.hpp"

namespace mmu {

Json plan_json(const SweepPlan& plan, const RunSettings& options) {
  Json json = {{"schema", kResultSchema},
               {"mmusim", mmusim_version()},
               {"options",
                {{"skip_instructions", options.skip_instructions},
                 {"warmup_instructions", options.warmup_instructions},
                 {"instructions", options.instructions},
                 {"watchdog_cycles", options.watchdog_cycles},
                 {"interval_instructions", options.interval_instructions},
                 {"map_on_touch", options.map_on_touch},
                 {"no_run_ahead", options.no_run_ahead},
                 {"check", options.check},
                 {"miss_classes", options.miss_classes},
                 {"format", traces::name_of(options.format)}}},
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
  options.map_on_touch = from.at("map_on_touch");
  options.no_run_ahead = from.at("no_run_ahead");
  options.check = from.at("check");
  options.miss_classes = from.at("miss_classes");
  const auto format = traces::format_of_name(from.at("format").get<std::string>());
  options.format = format.value_or(traces::TraceFormat::kAuto);
  return options;
}

}  // namespace mmu
