// Stands in the links of a machine and tells a dump what passes.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "hw/link/link_taps.hpp"
#include "hw/link/timeline_module.hpp"
#include "hw/mmu/walker_module.hpp"
#include "sim/waves/wave_dump.hpp"

namespace mmu {

/// Passes everything on unchanged. Only the short forms of hits are not offered: each request comes
/// in full, which has the same effect. What is outside of time is not told.
///
///     requester ──► before(server) ──► server ──► before(requester) ──► requester
///
/// A scope of the dump for each link: `request0` ... and `reply0` ..., as many as a cycle needs; of
/// the walkers' reads and updates one for each walker, by number. And a scope for each walker.
class WaveTaps final : public LinkTaps {
 public:
  WaveTaps(WaveDump& dump, const TimelineModule& timeline);
  ~WaveTaps() override;

  TranslateIf& before(const std::string& link, TranslateIf& server) override;
  TranslateReplyIf& before(const std::string& link, TranslateReplyIf& requester) override;
  MemoryIf& before(const std::string& link, MemoryIf& server) override;
  MemoryReplyIf& before(const std::string& link, MemoryReplyIf& requester) override;

  /// Shows what each walker does, too. Must live as long as this.
  void watch(WalkerModule& walkers);

  /// What the numbers of a dump mean; some lines.
  static std::string legend();

 private:
  struct Links {
    WaveDump::Link requests, replies;
    bool lane_is_id;
  };
  struct Asked;
  struct Translated;
  struct Accessed;
  struct Answered;
  struct WalkerLines {
    WaveDump::Signal busy, state, level, va, asid, prefetch;
    WalkerModule::State state_told = WalkerModule::State::kFree;
    Cycle due_told = 0;
  };

  Links& links(const std::string& name, bool memory);
  void show_walkers();
  void show(WalkerLines& lines, const WalkerModule::View& view);
  Cycle go_on();  // the cycle under way; those before it are over

  WaveDump& dump_;
  const TimelineModule& timeline_;
  std::map<std::string, Links> links_;
  std::deque<Asked> asked_;
  std::deque<Translated> translated_;
  std::deque<Accessed> accessed_;
  std::deque<Answered> answered_;
  const WalkerModule* walkers_ = nullptr;
  std::vector<WalkerLines> walker_lines_;
};

}  // namespace mmu
