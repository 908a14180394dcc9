// mmusim os: what the process of a finished run has of memory.
#include <fmt/format.h>

#include <iostream>
#include <optional>
#include <vector>

#include "hw/arch/errors.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/finished_run.hpp"
#include "sim/process/layout.hpp"
#include "sim/process/maps_text.hpp"
#include "sim/process/page_list.hpp"
#include "sim/result/text_file.hpp"

namespace mmu {
namespace {

std::optional<std::uint64_t> number_of(const std::string& text) {
  std::size_t used = 0;
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  try {
    const std::uint64_t value = std::stoull(text, &used, 0);
    if (used == text.size()) return value;
  } catch (const std::exception&) {
  }
  return std::nullopt;
}

std::optional<AddressRange> range_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::size_t colon = text.find(':');
  if (colon != std::string::npos) {
    const auto start = number_of(text.substr(0, colon));
    const auto end = number_of(text.substr(colon + 1));
    if (start && end && *start < *end) return AddressRange{*start, *end};
  }
  throw ConfigError("--range " + text +
                    ": must be START:END, two addresses of which START is the lower");
}

/// Before the replay, which may take long.
void check(AddressRange range, const PageTableFormat& format) {
  for (const std::uint64_t address : {range.start, range.end - 1}) {
    if (is_canonical(format, VirtAddr(address))) continue;
    const std::string fitting = formats_that_fit(VirtAddr(address));
    throw ConfigError(fmt::format(
        "--range: {:#x} lies outside of what {} can express ({} bits); formats that fit: {}",
        address, format.name, unsigned{format.va_bits}, fitting.empty() ? "none" : fitting));
  }
  if ((range.start ^ (range.end - 1)) >> 63 != 0) {
    throw ConfigError("--range: START and END lie in different halves of the address space");
  }
}

void show_pages(const OsCommand& command, const ProcessMemory& process,
                std::optional<AddressRange> range) {
  const AddressRange shown = range.value_or(AddressRange{});
  if (!command.binary.empty()) {
    write_pagemap(command.binary, process, range);
  } else if (command.json) {
    std::cout << page_list_json(process, shown).dump(1) << '\n';
  } else {
    std::cout << page_list_text(process, shown);
  }
}

void show_layout(const OsCommand& command, const ProcessMemory& process,
                 const std::vector<ProcessMemory>& others) {
  const Layout layout = layout_of(process, others);
  if (command.html.empty()) {
    std::cout << layout_text(layout);
  } else {
    write_text(command.html, layout_html(layout, "Memory of the process of " + command.result));
  }
}

ProcessMemory memory_of(const Replay& replay, std::size_t process) {
  const os::Kernel& software = replay.software();
  return {software.areas(process), *replay.control().format, replay.memory(),
          software.root_of(process)};
}

std::vector<ProcessMemory> all_but(const Replay& replay, std::size_t process) {
  std::vector<ProcessMemory> others;
  for (std::size_t i = 0; i < replay.software().processes(); ++i) {
    if (i != process) others.push_back(memory_of(replay, i));
  }
  return others;
}

void show(const OsCommand& command, const Replay& replay, std::size_t number,
          std::optional<AddressRange> range) {
  const ProcessMemory process = memory_of(replay, number);
  switch (command.view) {
    case OsView::kMaps:
      std::cout << maps_text(process);
      break;
    case OsView::kSmaps:
      std::cout << smaps_text(process);
      break;
    case OsView::kPagemap:
      show_pages(command, process, range);
      break;
    case OsView::kLayout:
      show_layout(command, process, all_but(replay, number));
      break;
  }
}

/// What can be shown of one process alone.
bool needs_one(const OsCommand& command) {
  return command.json || !command.binary.empty() || !command.html.empty();
}

}  // namespace

int execute(const OsCommand& command) {
  const std::optional<AddressRange> range = range_of(command.range);
  FinishedRun run(command.result, {command.traces, command.format});
  if (range) check(*range, *run.replay().control().format);
  const bool all = command.process == 0 && run.processes() > 1 && !needs_one(command);
  const std::size_t first = all ? 0 : run.only(command.process);
  const std::size_t end = all ? run.processes() : first + 1;
  const std::string ended = run.play();
  if (!ended.empty()) {
    std::cerr << "mmusim: the program ended in an error: " << ended.substr(0, ended.find('\n'))
              << '\n';
  }
  for (std::size_t i = first; i < end; ++i) {
    if (all) std::cout << (i == 0 ? "" : "\n") << run.name_of(i) << '\n';
    show(command, run.replay(), i, range);
  }
  return kExitDone;
}

}  // namespace mmu
