#include "traces/physical_trace.hpp"

#include <cstdint>

#include "traces/text_scan.hpp"

namespace mmu::traces {
namespace {

/// The first line that is neither empty nor a comment.
std::string_view first_line(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    Scanner scan(line);
    scan.skip_spaces();
    if (!scan.rest().empty() && scan.rest().front() != '#') return scan.rest();
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return {};
}

bool is_dramsim3(Scanner scan) {
  std::uint64_t number = 0;
  if (!scan.accept("0x") || !scan.digits(16, number) || !scan.accept(' ')) return false;
  scan.skip_spaces();
  if (!scan.accept("READ ") && !scan.accept("WRITE ")) return false;
  scan.skip_spaces();
  return scan.digits(10, number);
}

bool is_ramulator(Scanner scan) {
  std::uint64_t number = 0;
  if (!scan.accept("0x") || !scan.digits(16, number) || !scan.accept(' ')) return false;
  return scan.rest() == "R" || scan.rest() == "W";
}

bool is_ramulator2(Scanner scan) {
  std::uint64_t number = 0;
  if (scan.accept("LD ") || scan.accept("ST ")) return scan.number(number);
  if (!scan.accept("R ") && !scan.accept("W ")) return false;
  return scan.digits(10, number) && scan.accept(',') && scan.digits(10, number);
}

bool is_dramsys(Scanner scan) {
  std::uint64_t number = 0;
  if (!scan.digits(10, number) || !scan.accept(':')) return false;
  scan.skip_spaces();
  if (scan.accept('(') && !scan.skip_past(')')) return false;
  scan.skip_spaces();
  return scan.accept("read") || scan.accept("write");
}

}  // namespace

std::string_view physical_format(std::string_view start) {
  const Scanner line(first_line(start));
  if (is_dramsim3(line)) return "DRAMsim3";
  if (is_ramulator(line)) return "Ramulator";
  if (is_ramulator2(line)) return "Ramulator 2";
  if (is_dramsys(line)) return "DRAMSys";
  return {};
}

}  // namespace mmu::traces
