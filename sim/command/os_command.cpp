// mmusim os: what the process of a finished run has of memory.
#include <fmt/format.h>

#include <iostream>
#include <optional>

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

void show_layout(const OsCommand& command, const ProcessMemory& process) {
  const Layout layout = layout_of(process);
  if (command.html.empty()) {
    std::cout << layout_text(layout);
  } else {
    write_text(command.html, layout_html(layout, "Memory of the process of " + command.result));
  }
}

}  // namespace

int execute(const OsCommand& command) {
  const std::optional<AddressRange> range = range_of(command.range);
  FinishedRun run(command.result, {command.trace, command.format});
  const PageTableFormat& format = *run.replay().control().format;
  if (range) check(*range, format);
  const std::string ended = run.play();
  if (!ended.empty()) {
    std::cerr << "mmusim: the program ended in an error: " << ended.substr(0, ended.find('\n'))
              << '\n';
  }
  const ProcessMemory process(run.replay().software().areas(), format, run.replay().memory(),
                              run.replay().control().root);
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
      show_layout(command, process);
      break;
  }
  return kExitDone;
}

}  // namespace mmu
