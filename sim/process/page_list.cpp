#include "sim/process/page_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

using Page = ProcessMemory::Page;

constexpr unsigned kEntryBytes = 8;
constexpr std::uint64_t kMappedOnce = std::uint64_t{1} << 56;
constexpr std::uint64_t kFileOrShared = std::uint64_t{1} << 61;
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;

std::string flags_text(const Page& page) {
  return {'P', page.level > 0 ? 'H' : '-', page.accessed ? 'A' : '-', page.dirty ? 'D' : '-',
          page.grouped ? 'G' : '-'};
}

std::string name_of(const ProcessMemory& process, const Page& page) {
  return page.area ? shown_name(process.areas()[*page.area]) : "no area";
}

bool in_lower_half(const Page& page) { return page.va.value() >> 63 == 0; }

/// Entries of base pages that lie in neighbouring places of the file.
void write_entries(std::ofstream& out, const ProcessMemory& process, const Page& page,
                   std::uint64_t from, std::uint64_t end) {
  const std::uint64_t step = process.format().page_bytes();
  for (std::uint64_t va = from; va < end; va += step) {
    const std::uint64_t entry = pagemap_entry(process, page, page.frame + (va - page.va.value()));
    std::array<char, kEntryBytes> bytes{};
    for (unsigned i = 0; i < kEntryBytes; ++i) bytes[i] = static_cast<char>(entry >> 8 * i & 0xff);
    out.write(bytes.data(), bytes.size());
  }
}

}  // namespace

std::string page_list_text(const ProcessMemory& process, AddressRange range) {
  std::string text = fmt::format("{:<18}  {:<18}  {:<7}  {:<5}  {:<6}  {}\n", "virtual address",
                                 "physical address", "size", "flags", "rights", "area");
  for (const Page& page : process.pages()) {
    if (!range.overlaps(page)) continue;
    text += fmt::format("{:#018x}  {:#018x}  {:<7}  {}  {:<6}  {}\n", page.va.value(),
                        page.frame.value(), bytes_text(page.bytes()), flags_text(page),
                        rights_text(page.rights), name_of(process, page));
  }
  return text +
         "flags: P present, H huge, A accessed, D dirty, G one of a group that forms a page\n";
}

Json page_list_json(const ProcessMemory& process, AddressRange range) {
  Json pages = Json::array();
  for (const Page& page : process.pages()) {
    if (!range.overlaps(page)) continue;
    pages.push_back({{"va", fmt::format("{:#x}", page.va.value())},
                     {"pa", fmt::format("{:#x}", page.frame.value())},
                     {"frame", page.frame.value() >> process.format().page_shift},
                     {"bytes", page.bytes()},
                     {"level", page.level},
                     {"present", true},
                     {"huge", page.level > 0},
                     {"accessed", page.accessed},
                     {"dirty", page.dirty},
                     {"group", page.grouped},
                     {"rights", rights_text(page.rights)},
                     {"area", name_of(process, page)}});
  }
  return {{"format", process.format().name},
          {"page_bytes", process.format().page_bytes()},
          {"pages", pages}};
}

std::uint64_t pagemap_entry(const ProcessMemory& process, const Page& page, PhysAddr frame) {
  std::uint64_t entry = frame.value() >> process.format().page_shift | kPresent;
  if (page.mapped_times == 1) entry |= kMappedOnce;
  if (page.area && !is_anonymous(process.areas()[*page.area])) entry |= kFileOrShared;
  return entry;
}

void write_pagemap(const std::string& file, const ProcessMemory& process,
                   std::optional<AddressRange> range) {
  const unsigned shift = process.format().page_shift;
  const std::uint64_t first = range ? range->start >> shift : 0;
  // Of a range, the last entry is there even if nothing is mapped: the file says how long it is.
  const auto place = [&](std::uint64_t page) {
    return static_cast<std::streamoff>((page - first) * kEntryBytes);
  };
  std::ofstream out(file, std::ios::binary);
  if (range) {
    out.seekp(place((range->end - 1) >> shift));
    out.write(std::array<char, kEntryBytes>{}.data(), kEntryBytes);
  }
  for (const Page& page : process.pages()) {
    if (range ? !range->overlaps(page) : !in_lower_half(page)) continue;
    const std::uint64_t from = std::max(page.va.value(), first << shift);
    const std::uint64_t end = range ? std::min(page.end(), range->end) : page.end();
    out.seekp(place(from >> shift));
    write_entries(out, process, page, from, end);
  }
  out.close();
  if (!out) throw ConfigError(file + ": cannot be written to its end");
}

}  // namespace mmu
