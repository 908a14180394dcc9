#include "traces/memory_trace.hpp"

#include <algorithm>
#include <utility>

#include "hw/arch/errors.hpp"
#include "traces/content_hash.hpp"
#include "traces/initial_image.hpp"

namespace mmu::traces {
namespace {

constexpr std::size_t kBlock = 16'384;  // records

void check(const TraceRecord& record, std::size_t number) {
  const char* wrong = nullptr;
  if (record.bytes == 0) wrong = "accesses no bytes";
  if (record.bytes != 0 && record.address + (record.bytes - 1u) < record.address) {
    wrong = "goes beyond the last address";
  }
  if (wrong != nullptr) throw ConfigError("record " + std::to_string(number) + " " + wrong);
}

}  // namespace

class MemoryTrace::Source final : public TraceSource {
 public:
  explicit Source(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  const TraceHeader& header() const override { return content_->header; }

  bool next(TraceBlock& block) override {
    const std::vector<TraceRecord>& all = content_->records;
    const std::size_t count = std::min(kBlock, all.size() - done_);
    const TraceRecord* const from = all.data() + done_;
    block.clear();
    block.records.assign(from, from + count);
    done_ += count;
    return count != 0;
  }

 private:
  std::shared_ptr<const Content> content_;
  std::size_t done_ = 0;
};

MemoryTrace::MemoryTrace(std::vector<TraceRecord> records, const std::string& name) {
  if (records.empty()) throw ConfigError("a trace without records");
  auto content = std::make_shared<Content>();
  content->records = std::move(records);
  content->header.command = name;
  content->header.records = content->records.size();
  for (std::size_t i = 0; i < content->records.size(); ++i) {
    check(content->records[i], i);
    content->header.instructions += content->records[i].instructions;
  }

  ImageBuilder image;
  ContentHash hash;
  TraceBlock block;
  for (Source source(content); source.next(block);) {
    image.add(block);
    hash.add(block);
  }
  content->header.image = image.areas();
  content->header.hash = hash.value();
  content_ = std::move(content);
}

std::unique_ptr<TraceSource> MemoryTrace::open() const {
  return std::make_unique<Source>(content_);
}

}  // namespace mmu::traces
