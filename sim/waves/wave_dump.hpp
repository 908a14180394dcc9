// Signals by cycle, as a value change dump (IEEE 1364-2005, section 18), which GTKWave opens.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/link/cycle_window.hpp"

namespace mmu {

/// A signal, or a field of what a link carries. `unit`: of one bit if 1.
struct WaveField {
  std::string_view name;
  unsigned bits = 1;
};

/// Keeps what changes in a window of cycles. Changes may be told for cycles ahead, in any order;
/// they are put in order until go_to() says that a cycle is over.
///
/// What a link carries in one cycle is shown by lanes, which are made as they are needed: each has
/// a signal `valid`, high in the cycles in which it carries something, and a signal for each field,
/// which keeps its value until the next.
class WaveDump {
 public:
  using Signal = std::size_t;
  using Link = std::size_t;
  static constexpr std::size_t kMostFields = 8;
  using Values = std::array<std::uint64_t, kMostFields>;
  static constexpr unsigned kAnyLane = ~0U;

  explicit WaveDump(CycleWindow window);

  /// Scopes are separated by dots. A signal is unknown until its first change.
  Signal signal(const std::string& scope, WaveField field);
  /// Lanes are scopes: `scope` with a number behind it. At most kMostFields fields.
  Link link(const std::string& scope, std::vector<WaveField> fields);

  // Throw ModelError for a cycle that is over.
  void set(Cycle at, Signal signal, std::uint64_t value);
  /// `lane`: kAnyLane takes the first that is free in `at`.
  void carry(Cycle at, Link link, const Values& values, unsigned lane = kAnyLane);

  /// Cycles before `now` are over.
  void go_to(Cycle now);
  /// No more changes will come.
  void finish();

  /// The whole dump. `period_ps`: of a cycle. `comment`: one line or more. Requires finish(). False
  /// if it could not be written.
  bool write(std::FILE* to, std::uint64_t period_ps, const std::string& comment) const;

 private:
  struct Line {
    std::string scope;
    WaveField field;
    std::optional<std::uint64_t> value, next, first;  ///< `first`: when the window begins
    bool touched = false;
  };
  struct Lane {
    Signal valid, fields;  ///< the others follow
    bool used = false;     ///< in the cycle that is being put together
  };
  struct LinkLines {
    std::string scope;
    std::vector<WaveField> fields;
    std::vector<Lane> lanes;
  };
  struct Change {
    std::size_t target;  ///< link or signal
    bool is_link;
    unsigned lane;
    Values values;
  };
  struct High {
    Link link;
    unsigned lane;
  };
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void require_not_over(Cycle at) const;
  void take_cycle(Cycle at, const std::vector<Change>& changes);
  void take(const Change& change);
  unsigned lane_for(LinkLines& link, unsigned wanted);
  void fall();
  void touch(Signal signal, std::uint64_t value);
  void commit(Cycle at);
  bool write_head(std::FILE* to, std::uint64_t period_ps, const std::string& comment) const;
  bool write_declarations(std::FILE* to) const;
  bool write_body(std::FILE* to, std::uint64_t period_ps) const;

  const CycleWindow window_;
  std::vector<Line> lines_;
  std::vector<LinkLines> links_;
  std::map<Cycle, std::vector<Change>> pending_;
  Cycle over_ = 0;  // cycles before it
  std::vector<High> high_;
  Cycle high_at_ = 0;  // when they are
  std::vector<Signal> touched_;
  Cycle last_ = 0;                           // something was said of it
  std::unique_ptr<std::FILE, Closer> body_;  // "#cycle" and changes, as they come
};

}  // namespace mmu
