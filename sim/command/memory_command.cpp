// mmusim memory: requests against DRAM alone.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "hw/arch/errors.hpp"
#include "hw/dram/dram_replay.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/request_file.hpp"
#include "sim/presets/dram_knobs.hpp"
#include "sim/result/figures.hpp"

namespace mmu {
namespace {

nlohmann::ordered_json latencies(const Histogram& of, double clock_ns) {
  nlohmann::ordered_json json;
  json["mean_ns"] = ratio(of.sum(), of.count()) * clock_ns;
  for (const unsigned percent : {50u, 90u, 99u}) {
    json[fmt::format("p{}_ns", percent)] = static_cast<double>(of.percentile(percent)) * clock_ns;
  }
  json["max_ns"] = static_cast<double>(of.max()) * clock_ns;
  return json;
}

nlohmann::ordered_json knobs_of(const DramControllerParams& params) {
  nlohmann::ordered_json json;
  for (const auto& knob : dram_knobs()) {
    std::visit([&](const auto& value) { json[std::string(knob.name())] = value; },
               knob.get(params));
  }
  return json;
}

nlohmann::ordered_json channel_figures(const DramReplay& replay, std::size_t i, double clock_ns,
                                       bool has_cycles) {
  const DramChannelFigures& figures = replay.figures(i);
  const DramChannelStats& stats = replay.channel(i).stats();
  const std::uint64_t lines = stats.reads + stats.writes;
  nlohmann::ordered_json json;
  json["requests"] = figures.requests;
  for_each_field(stats, [&json](const auto& field, std::uint64_t value) {
    json[std::string(field.name)] = value;
  });
  json["row_hit_rate"] = ratio(stats.row_hits, lines);
  json["bandwidth_gb_s"] = ratio(lines * 64, replay.clocks()) / clock_ns;
  json["read_latency"] = latencies(figures.reads, clock_ns);
  json["queueing"] = latencies(replay.channel(i).queueing(), clock_ns);
  if (has_cycles) json["not_taken_mean_ns"] = ratio(figures.waited, figures.requests) * clock_ns;
  return json;
}

void print(const nlohmann::ordered_json& json) {
  std::cout << fmt::format("{} clocks, {:.1f} ns\n", json.at("clocks").get<std::uint64_t>(),
                           json.at("time_ns").get<double>());
  std::size_t number = 0;
  for (const auto& channel : json.at("channels")) {
    std::cout << fmt::format("channel {}\n", number++);
    for (const auto& [name, value] : channel.items()) {
      std::string text;
      if (value.is_object()) {
        for (const auto& [part, of] : value.items()) {
          text += fmt::format("  {} {:.2f}", part, of.template get<double>());
        }
      } else {
        text = value.is_number_float() ? fmt::format("  {:.3f}", value.template get<double>())
                                       : "  " + value.dump();
      }
      std::cout << fmt::format("  {:18}{}\n", name, text);
    }
  }
}

}  // namespace

int execute(const MemoryReplayCommand& command) {
  DramControllerParams params = dram_controller(command.machine);
  for (const std::string& setting : command.overrides) set_dram_knob(params, setting);
  DramReplay replay(params);
  RequestFile file(command.file);
  while (const auto request = file.next()) {
    if (request->address >= replay.bytes()) {
      file.fail(fmt::format("address {:#x} lies outside of the {:#x} bytes of this DRAM",
                            request->address, replay.bytes()));
    }
    replay.request(request->cycle, request->address, request->write);
  }
  replay.finish();
  const double clock_ns = params.clock_ps / 1000.0;
  nlohmann::ordered_json json;
  json["machine"] = command.machine;
  json["dram"] = knobs_of(params);
  json["clocks"] = replay.clocks();
  json["time_ns"] = static_cast<double>(replay.clocks()) * clock_ns;
  for (std::size_t i = 0; i < replay.channels(); ++i) {
    json["channels"].push_back(channel_figures(replay, i, clock_ns, file.has_cycles()));
  }
  if (command.json) {
    std::cout << json.dump(1) << '\n';
  } else {
    print(json);
  }
  return kExitDone;
}

}  // namespace mmu
