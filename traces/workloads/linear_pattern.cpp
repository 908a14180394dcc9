// sequential, stride: through an array from its start to its end, again and again.
#include "hw/arch/errors.hpp"
#include "traces/workloads/pattern.hpp"
#include "traces/workloads/random.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint16_t kWord = 8;

class Linear final : public Pattern {
 public:
  Linear(const Values& values, Program& program, std::uint64_t step)
      : bytes_(values.number("bytes")),
        step_(step),
        writes_(values.number("writes")),
        base_(area_of(values, program, bytes_)) {
    if (step_ > bytes_) {
      throw ConfigError("workload stride: stride is larger than bytes; it must be at most that");
    }
  }

  void operate(Emitter& emit) override {
    const std::uint64_t address = base_ + place_;
    emit.at(0);
    if (random_.chance(writes_)) {
      emit.store(address, kWord);
    } else {
      emit.load(address, kWord);
    }
    emit.compute(3);  // add, compare, branch
    place_ = place_ + step_ + kWord > bytes_ ? 0 : place_ + step_;
  }

 private:
  std::uint64_t bytes_, step_, writes_, base_;
  std::uint64_t place_ = 0;
  Random random_{0};  // for the mix of kinds only
};

}  // namespace

WorkloadKind sequential_workload() {
  return {"sequential",
          "8 bytes after 8 bytes through an array, from its start again at its end",
          "STREAM (McCalpin 1995), one array",
          {bytes_parameter("64MiB", "of the array"), kWrites},
          [](const Values& values, Program& program) -> std::unique_ptr<Pattern> {
            return std::make_unique<Linear>(values, program, kWord);
          }};
}

WorkloadKind stride_workload() {
  return {"stride",
          "8 bytes in every so many, from the array's start again at its end",
          "lmbench lat_mem_rd (McVoy, Staelin 1996) without its dependences",
          {bytes_parameter("64MiB", "of the array"),
           {"stride", Parameter::Kind::kBytes, "", "4KiB", 8, kMostBytes, 8, "",
            "from one access to the next"},
           kWrites},
          [](const Values& values, Program& program) -> std::unique_ptr<Pattern> {
            return std::make_unique<Linear>(values, program, values.number("stride"));
          }};
}

}  // namespace mmu::traces
