#include "traces/workloads/activity.hpp"

#include <utility>
#include <vector>

#include "hw/arch/errors.hpp"
#include "traces/workloads/catalogue.hpp"
#include "traces/workloads/random.hpp"

namespace mmu::traces {
namespace {

constexpr unsigned kComputeCode = 1024;  // instruction at which `compute` begins

class Single final : public Activity {
 public:
  Single(const WorkloadKind& kind, const Values& values, Program& program)
      : accesses_(values.number("accesses")),
        compute_(values.number("compute")),
        emit_(program, program.add_code()),
        pattern_(kind.make(values, program)) {
    emit_.allow(accesses_);
  }
  bool ended() const override { return emit_.finished(); }
  void operate() override {
    pattern_->operate(emit_);
    if (compute_ == 0) return;
    emit_.at(kComputeCode);
    emit_.compute(compute_);
  }
  void begin_again() override { emit_.allow(accesses_); }

 private:
  std::uint64_t accesses_, compute_;
  Emitter emit_;
  std::unique_ptr<Pattern> pattern_;
};

using Parts = std::vector<std::unique_ptr<Activity>>;

class Phases final : public Activity {
 public:
  Phases(Parts parts, std::uint64_t repeat) : parts_(std::move(parts)), repeat_(repeat) {}
  bool ended() const override { return round_ == repeat_; }
  void operate() override {
    parts_[part_]->operate();
    if (!parts_[part_]->ended()) return;
    parts_[part_]->begin_again();
    if (++part_ < parts_.size()) return;
    part_ = 0;
    ++round_;
  }
  void begin_again() override { round_ = 0; }

 private:
  Parts parts_;
  std::uint64_t repeat_, round_ = 0;
  std::size_t part_ = 0;
};

class Mix final : public Activity {
 public:
  Mix(Parts parts, std::vector<std::uint64_t> weights, const Values& values)
      : parts_(std::move(parts)),
        weights_(std::move(weights)),
        turn_(values.number("turn")),
        random_(values.number("seed")) {
    choose();
  }
  bool ended() const override { return all_weights_ == 0; }
  void operate() override {
    parts_[part_]->operate();
    if (--left_ == 0 || parts_[part_]->ended()) choose();
  }
  void begin_again() override {
    for (const std::unique_ptr<Activity>& part : parts_) part->begin_again();
    choose();
  }

 private:
  std::uint64_t weight(std::size_t part) const {
    return parts_[part]->ended() ? 0 : weights_[part];
  }
  void choose() {
    all_weights_ = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) all_weights_ += weight(i);
    if (all_weights_ == 0) return;
    std::uint64_t at = random_.below(all_weights_);
    for (part_ = 0; at >= weight(part_); ++part_) at -= weight(part_);
    left_ = turn_;
  }

  Parts parts_;
  std::vector<std::uint64_t> weights_;
  std::uint64_t turn_, left_ = 0;
  std::uint64_t all_weights_ = 0;  // of parts that have not ended
  std::size_t part_ = 0;
  Random random_;
};

/// Makes activities from texts; knows what all of them have together.
class Maker {
 public:
  explicit Maker(Program& program) : program_(program) {}

  std::unique_ptr<Activity> make(const WorkloadText& text, std::string& resolved) {
    const WorkloadKind* const kind = find_workload(text.name);
    if (kind == nullptr) {
      throw ConfigError("unknown workload \"" + text.name + "\"; did you mean \"" +
                        nearest_workload(text.name) + "\"? (mmusim trace workloads lists them)");
    }
    const Values values(kind->name, kind->parameters, text.settings);
    resolved = text.name + ":" + values.text();
    if (kind->make != nullptr) {
      if (!text.parts.empty()) throw ConfigError("workload " + text.name + ": has no parts");
      count_pattern();
      return std::make_unique<Single>(*kind, values, program_);
    }
    const bool mix = text.name == "mix";
    std::vector<std::uint64_t> weights;
    Parts parts = parts_of(text, mix, weights, resolved);
    if (mix) return std::make_unique<Mix>(std::move(parts), std::move(weights), values);
    return std::make_unique<Phases>(std::move(parts), values.number("repeat"));
  }

 private:
  Parts parts_of(const WorkloadText& text, bool weighted, std::vector<std::uint64_t>& weights,
                 std::string& resolved) {
    const std::string what = "workload " + text.name + ": ";
    if (text.parts.empty()) {
      throw ConfigError(what + "needs parts, e.g. " + text.name + ":[gups:],[sequential:]");
    }
    Parts parts;
    for (const WorkloadPart& part : text.parts) {
      if (!weighted && !part.weight.empty()) throw ConfigError(what + "its parts have no weights");
      weights.push_back(part.weight.empty()
                            ? 1
                            : read_count(what + "the weight of " + part.workload.name, part.weight,
                                         1, 1'000'000));
      std::string inner;
      parts.push_back(make(part.workload, inner));
      resolved += "," + (weighted ? std::to_string(weights.back()) + "*[" : "[") + inner + "]";
    }
    return parts;
  }

  void count_pattern() {
    constexpr unsigned kMost = 256;
    if (++patterns_ > kMost) {
      throw ConfigError("workload: more than " + std::to_string(kMost) + " patterns in one");
    }
  }

  Program& program_;
  unsigned patterns_ = 0;
};

}  // namespace

std::unique_ptr<Activity> make_activity(const WorkloadText& text, Program& program,
                                        std::string& resolved) {
  return Maker(program).make(text, resolved);
}

}  // namespace mmu::traces
