#include "sim/waves/wave_dump.hpp"

#include <algorithm>
#include <cinttypes>
#include <numeric>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

/// The short name of a signal: digits of base 94, from '!' on.
std::string code_of(std::size_t number) {
  std::string code;
  do {
    code += static_cast<char>('!' + number % 94);
    number /= 94;
  } while (number != 0);
  return code;
}

std::string change_of(std::size_t number, unsigned bits, std::optional<std::uint64_t> value) {
  std::string text;
  if (!value) {
    text = "x";
  } else {
    for (std::uint64_t rest = *value; rest != 0; rest >>= 1) text += rest & 1 ? '1' : '0';
    if (text.empty()) text = "0";
    std::reverse(text.begin(), text.end());
  }
  return (bits == 1 ? text : "b" + text + " ") + code_of(number) + "\n";
}

/// By which lanes stand in the order of their numbers.
std::string sort_key(const std::string& scope) {
  const std::size_t digits = scope.find_last_not_of("0123456789") + 1;
  const std::string number = scope.substr(digits);
  return scope.substr(0, digits) + std::string(number.size(), '~') + number;
}

std::vector<std::string> parts_of(const std::string& scope) {
  std::vector<std::string> parts(1);
  for (const char c : scope) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool put(std::FILE* to, const std::string& text) { return std::fputs(text.c_str(), to) >= 0; }

}  // namespace

WaveDump::WaveDump(CycleWindow window) : window_(window), body_(std::tmpfile()) {
  if (!body_) throw ConfigError("waves: no temporary file can be made");
}

WaveDump::Signal WaveDump::signal(const std::string& scope, WaveField field) {
  lines_.push_back({scope, field, {}, {}, {}, false});
  return lines_.size() - 1;
}

WaveDump::Link WaveDump::link(const std::string& scope, std::vector<WaveField> fields) {
  links_.push_back({scope, std::move(fields), {}});
  return links_.size() - 1;
}

void WaveDump::require_not_over(Cycle at) const {
  if (at < over_) {
    throw ModelError("waves: a change in cycle " + std::to_string(at) + ", told in cycle " +
                     std::to_string(over_));
  }
}

void WaveDump::set(Cycle at, Signal signal, std::uint64_t value) {
  require_not_over(at);
  pending_[at].push_back({signal, false, 0, {value}});
}

void WaveDump::carry(Cycle at, Link link, const Values& values, unsigned lane) {
  require_not_over(at);
  if (window_.holds(at)) pending_[at].push_back({link, true, lane, values});
}

void WaveDump::go_to(Cycle now) {
  over_ = std::max(over_, now);
  while (!pending_.empty() && pending_.begin()->first < now) {
    const auto first = pending_.extract(pending_.begin());
    take_cycle(first.key(), first.mapped());
  }
}

void WaveDump::finish() {
  go_to(kNever);
  if (!high_.empty()) take_cycle(high_at_ + 1, {});
}

void WaveDump::take_cycle(Cycle at, const std::vector<Change>& changes) {
  if (high_at_ + 1 < at) {
    fall();
    commit(high_at_ + 1);
  } else {
    fall();  // what is carried again stays high
  }
  for (const Change& change : changes) take(change);
  commit(at);
  high_at_ = at;
}

void WaveDump::fall() {
  for (const High& high : high_) {
    Lane& lane = links_[high.link].lanes[high.lane];
    lane.used = false;
    touch(lane.valid, 0);
  }
  high_.clear();
}

void WaveDump::take(const Change& change) {
  if (!change.is_link) return touch(change.target, change.values[0]);
  LinkLines& link = links_[change.target];
  const unsigned number = lane_for(link, change.lane);
  Lane& lane = link.lanes[number];
  if (!lane.used) high_.push_back({change.target, number});
  lane.used = true;
  touch(lane.valid, 1);
  for (std::size_t i = 0; i < link.fields.size(); ++i) touch(lane.fields + i, change.values[i]);
}

/// The number of a lane, which is made if there is none.
unsigned WaveDump::lane_for(LinkLines& link, unsigned wanted) {
  unsigned number = 0;
  if (wanted != kAnyLane) {
    number = wanted;
  } else {
    while (number < link.lanes.size() && link.lanes[number].used) ++number;
  }
  while (link.lanes.size() <= number) {
    const std::string scope = link.scope + std::to_string(link.lanes.size());
    const Signal valid = signal(scope, {"valid", 1});
    lines_[valid].value = lines_[valid].first = 0;
    for (const WaveField& field : link.fields) signal(scope, field);
    link.lanes.push_back({valid, valid + 1, false});
  }
  return number;
}

void WaveDump::touch(Signal signal, std::uint64_t value) {
  Line& line = lines_[signal];
  line.next = value;
  if (!line.touched) touched_.push_back(signal);
  line.touched = true;
}

void WaveDump::commit(Cycle at) {
  bool has_time = false;
  for (const Signal signal : touched_) {
    Line& line = lines_[signal];
    line.touched = false;
    if (line.next == line.value) continue;
    line.value = line.next;
    if (at < window_.from) line.first = line.value;
    if (!window_.holds(at)) continue;
    if (!has_time) std::fprintf(body_.get(), "#%" PRIu64 "\n", at);
    has_time = true;
    std::fputs(change_of(signal, line.field.bits, line.value).c_str(), body_.get());
  }
  touched_.clear();
  last_ = std::max(last_, at);
}

bool WaveDump::write(std::FILE* to, std::uint64_t period_ps, const std::string& comment) const {
  return write_head(to, period_ps, comment) && write_body(to, period_ps);
}

bool WaveDump::write_head(std::FILE* to, std::uint64_t period_ps,
                          const std::string& comment) const {
  bool ok =
      put(to, "$version mmusim $end\n$comment\n" + comment + "\n$end\n$timescale 1 ps $end\n") &&
      write_declarations(to) &&
      put(to,
          "$enddefinitions $end\n#" + std::to_string(window_.from * period_ps) + "\n$dumpvars\n");
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    ok = ok && put(to, change_of(i, lines_[i].field.bits, lines_[i].first));
  }
  return ok && put(to, "$end\n");
}

bool WaveDump::write_declarations(std::FILE* to) const {
  std::vector<Signal> order(lines_.size());
  std::iota(order.begin(), order.end(), Signal{0});
  std::stable_sort(order.begin(), order.end(), [this](Signal a, Signal b) {
    return sort_key(lines_[a].scope) < sort_key(lines_[b].scope);
  });
  std::vector<std::string> open;
  std::string text;
  const auto close_to = [&](std::size_t depth) {
    for (; open.size() > depth; open.pop_back()) text += "$upscope $end\n";
  };
  for (const Signal signal : order) {
    const Line& line = lines_[signal];
    const std::vector<std::string> parts = parts_of(line.scope);
    const auto differs = std::mismatch(open.begin(), open.end(), parts.begin(), parts.end()).first;
    close_to(static_cast<std::size_t>(differs - open.begin()));
    while (open.size() < parts.size()) {
      open.push_back(parts[open.size()]);
      text += "$scope module " + open.back() + " $end\n";
    }
    text += "$var wire " + std::to_string(line.field.bits) + " " + code_of(signal) + " " +
            std::string(line.field.name) + " $end\n";
  }
  close_to(0);
  return put(to, text);
}

/// Copies what was kept; cycles become times.
bool WaveDump::write_body(std::FILE* to, std::uint64_t period_ps) const {
  bool ok = std::fflush(body_.get()) == 0 && std::ferror(body_.get()) == 0;
  std::rewind(body_.get());
  std::array<char, 256> line{};
  while (ok && std::fgets(line.data(), line.size(), body_.get()) != nullptr) {
    if (line[0] == '#') {
      const Cycle at = std::strtoull(&line[1], nullptr, 10);
      ok = put(to, "#" + std::to_string(at * period_ps) + "\n");
    } else {
      ok = std::fputs(line.data(), to) >= 0;
    }
  }
  const Cycle end = std::min(std::max(last_, window_.from) + 1, window_.to);
  return ok && put(to, "#" + std::to_string(end * period_ps) + "\n");
}

}  // namespace mmu
