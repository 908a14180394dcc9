// mmusim trace: convert, describe, print and check traces.
#include <iostream>
#include <memory>

#include "hw/arch/errors.hpp"
#include "hw/arch/page_table_format.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/progress.hpp"
#include "sim/command/reuse_report.hpp"
#include "sim/command/stop_signal.hpp"
#include "sim/command/workload_list.hpp"
#include "sim/result/text_file.hpp"
#include "sim/result/text_table.hpp"
#include "traces/convert.hpp"
#include "traces/open_trace.hpp"
#include "traces/read_ahead.hpp"
#include "traces/trace_info.hpp"

namespace mmu {
namespace {

/// The image is found while converting: no need to read the trace twice.
std::unique_ptr<TraceSource> open_once(const std::string& path, traces::TraceFormat format) {
  return traces::open_trace(path, {false, format});
}

traces::ConvertResult convert_watched(const TraceConvertCommand& command) {
  const StopSignal stop;
  traces::ReadAhead source(open_once(command.from, command.format));
  Progress progress(source.header().records, "records");
  traces::ConvertOptions options;
  options.max_records = command.records;
  options.max_instructions = command.instructions;
  options.keep_partial = command.keep_partial;
  options.progress = [&](std::uint64_t records, std::uint64_t /*instructions*/) {
    progress.update(records);
    return !StopSignal::asked();
  };
  return traces::convert(source, command.to, options);
}

/// With a line of progress: it may take a while.
int describe_reuse(const TraceInfoCommand& command) {
  const StopSignal stop;
  traces::ReadAhead trace(traces::open_trace(command.trace, {true, command.format}));
  traces::ReuseAnalysis analysis(
      {reuse_page_shift(command.page_size), command.window_instructions, command.sample_rate});
  Progress progress(trace.header().records, "records");
  std::uint64_t records = 0;
  const traces::TraceSummary summary = traces::summarize(trace, [&](const TraceBlock& block) {
    analysis.add(block);
    records += block.records.size();
    progress.update(records);
    return !StopSignal::asked();
  });
  if (StopSignal::asked()) {
    std::cerr << "mmusim: interrupted\n";
    return kExitSimulated;
  }
  analysis.finish();
  if (!command.curve.empty()) write_text(command.curve, curve_csv(analysis));
  if (!command.json.empty()) {
    write_text(command.json, reuse_json(analysis, summary).dump(1) + "\n");
  }
  traces::print_summary(summary, std::cout);
  std::cout << reuse_text(analysis);
  return kExitDone;
}

}  // namespace

int execute(const TraceConvertCommand& command) {
  const traces::ConvertResult result = convert_watched(command);
  if (!result.written) {
    std::cerr << "mmusim: interrupted; " << command.to << " is not written\n";
    return kExitSimulated;
  }
  std::cout << command.to << ": " << grouped(result.header.records) << " records, "
            << grouped(result.header.instructions) << " instructions, "
            << grouped(result.header.events) << " events; addresses up to 0x" << std::hex
            << result.highest_address << std::dec
            << ", formats that fit: " << formats_that_fit(VirtAddr(result.highest_address)) << "\n";
  if (!result.source_error.empty()) {
    std::cout.flush();
    std::cerr << "mmusim: " << result.source_error << "; what came before it is in " << command.to
              << '\n';
    return kExitInput;
  }
  return kExitDone;
}

int execute(const TraceInfoCommand& command) {
  if (command.reuse) return describe_reuse(command);
  const auto trace = traces::open_trace(command.trace, {true, command.format});
  traces::print_summary(traces::summarize(*trace), std::cout);
  return kExitDone;
}

int execute(const TraceHeadCommand& command) {
  const auto trace = open_once(command.trace, command.format);
  traces::print_head(*trace, command.records, std::cout);
  return kExitDone;
}

int execute(const TraceWorkloadsCommand& command) {
  std::cout << (command.name.empty() ? workload_list() : workload_text(command.name));
  return kExitDone;
}

int execute(const TraceCheckCommand& command) {
  const traces::CheckResult result = traces::check_trace(command.trace, command.format);
  std::cout << command.trace << ": ok, " << grouped(result.summary.record_count()) << " records, "
            << grouped(result.summary.event_count()) << " events";
  if (result.blocks != 0) std::cout << ", " << grouped(result.blocks) << " blocks";
  std::cout << '\n';
  return kExitDone;
}

}  // namespace mmu
