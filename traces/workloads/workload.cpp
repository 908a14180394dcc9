#include "traces/workloads/workload.hpp"

#include <filesystem>
#include <system_error>

#include "traces/workloads/activity.hpp"
#include "traces/workloads/catalogue.hpp"

namespace mmu::traces {
namespace {

constexpr std::size_t kBlockRecords = 65536;

class WorkloadTrace final : public TraceSource {
 public:
  explicit WorkloadTrace(const std::string& text)
      : activity_(make_activity(parse_workload(text), program_, header_.command)) {
    program_.finish_layout(header_);
  }

  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override {
    block.clear();
    block.records.reserve(kBlockRecords + kBlockRecords / 16);
    program_.write_to(block);
    while (block.records.size() < kBlockRecords && !activity_->ended()) activity_->operate();
    return !block.records.empty();
  }

 private:
  Program program_;
  TraceHeader header_;
  std::unique_ptr<Activity> activity_;
};

}  // namespace

bool names_workload(const std::string& name) {
  const std::size_t colon = name.find(':');
  const std::string word = name.substr(0, colon);
  const bool known = find_workload(word) != nullptr;
  if (known && colon != std::string::npos) return true;
  if (!known && (colon == std::string::npos || word.empty())) return false;
  if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") != std::string::npos) return false;
  std::error_code error;
  return !std::filesystem::exists(name, error);
}

std::unique_ptr<TraceSource> generate_workload(const std::string& text) {
  return std::make_unique<WorkloadTrace>(text);
}

}  // namespace mmu::traces
