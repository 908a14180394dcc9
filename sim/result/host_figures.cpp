#include "sim/result/host_figures.hpp"

#include <sys/resource.h>

#include <cmath>

#include "sim/result/figures.hpp"

namespace mmu {
namespace {

rusage usage() {
  rusage now{};
  getrusage(RUSAGE_SELF, &now);
  return now;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpu_seconds() {
  const rusage now = usage();
  return seconds(now.ru_utime) + seconds(now.ru_stime);
}

double a_second(std::uint64_t count, double wall) {
  return wall > 0 ? std::round(static_cast<double>(count) / wall) : 0;
}

}  // namespace

HostMeter::HostMeter() : wall_start_(std::chrono::steady_clock::now()), cpu_start_(cpu_seconds()) {}

double HostMeter::wall_seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_start_).count();
}

Json HostMeter::json(const RunResult& result) const {
  const double wall = wall_seconds();
  Json out;
  out["wall_seconds"] = wall;
  out["cpu_seconds"] = cpu_seconds() - cpu_start_;
  out["records_per_second"] = a_second(result.records_before + result.cpu.records, wall);
  out["accesses_per_second"] = a_second(result.cpu.accesses, wall);
  out["instructions_per_second"] = a_second(result.cpu.instructions, wall);
  out["peak_memory_bytes"] = static_cast<std::uint64_t>(usage().ru_maxrss) * 1024;
  Json& timeline = out["timeline"];
  for_each_field(result.timeline, [&](const auto& f, std::uint64_t value) {
    timeline[std::string(f.name)] = value;
  });
  timeline["notifications_per_access"] = ratio(result.timeline.notifications, result.cpu.accesses);
  timeline["wakes_per_access"] = ratio(result.timeline.wakes, result.cpu.accesses);
  return out;
}

}  // namespace mmu
