#include "sim/presets/check_machine.hpp"

#include <algorithm>
#include <cstdint>

#include "hw/arch/errors.hpp"
#include "hw/arch/page_table_format.hpp"
#include "hw/common/page_sizes.hpp"
#include "hw/dram/dram_mapping.hpp"
#include "hw/mmu/inclusion.hpp"
#include "hw/mmu/lockstep_problem.hpp"
#include "sim/presets/knob_table.hpp"

namespace mmu {
namespace {

bool is_power_of_two(std::uint64_t n) { return n != 0 && (n & (n - 1)) == 0; }

/// Collects problems; messages spell knobs as "path = value".
class Inspection {
 public:
  explicit Inspection(const MachineParams& machine) : machine_(machine) {}

  void ranges();
  void tlb(const std::string& path, const TlbParams& tlb, bool may_be_off);
  void levels();
  void walk_cache();
  void walker();
  void prefetch();
  void format();
  void cache(const std::string& path, const CacheParams& cache);
  void fetch_block();
  void dram();
  void dram_commands();

  std::vector<MachineProblem> take() { return std::move(problems_); }

 private:
  std::string shown(const std::string& path) const {
    return path + " = " + value_as_text(find_knob(path)->get(machine_));
  }
  void problem(const std::string& path, const std::string& text) {
    problems_.push_back({path, shown(path) + text});
  }
  void set_shape(const std::string& path, std::uint32_t entries, std::uint32_t ways);
  void array(const std::string& path, const TlbArrayParams& array);
  void page_sizes(const std::vector<std::string>& arrays);
  void policy(const std::string& path, Replacement wanted, std::uint32_t ways);
  void power_of_two(const std::string& path, std::uint64_t value) {
    if (!is_power_of_two(value)) problem(path, " is not a power of two");
  }

  const MachineParams& machine_;
  std::vector<MachineProblem> problems_;
};

void Inspection::ranges() {
  for (const Knob& knob : knobs()) {
    try {
      accept_value(knob, knob.get(machine_));
    } catch (const ConfigError& error) {
      problems_.push_back({knob.path, error.what()});
    }
  }
}

void Inspection::set_shape(const std::string& path, std::uint32_t entries, std::uint32_t ways) {
  if (ways != 0 && entries % ways != 0) {
    problem(path + ".ways", " does not divide " + shown(path + ".entries"));
  }
}

void Inspection::policy(const std::string& path, Replacement wanted, std::uint32_t ways) {
  if (!row_of(wanted).powers_of_two || is_power_of_two(ways)) return;
  problem(path + ".replacement",
          " needs a power of two of ways; here a set has " + std::to_string(ways));
}

void Inspection::tlb(const std::string& path, const TlbParams& tlb, bool may_be_off) {
  if (tlb.entries == 0) {
    if (!may_be_off) problem(path + ".entries", ": a first-level TLB has at least 1 entry");
    for (const char* more : {".large.entries", ".huge.entries"}) {
      if (std::get<std::uint64_t>(find_knob(path + more)->get(machine_)) == 0) continue;
      problem(path + more, ": " + shown(path + ".entries") + " switches this TLB off");
    }
    return;
  }
  array(path, {tlb.entries, tlb.ways, tlb.replacement, {}, tlb.sector_pages});
  if (const std::uint32_t ways = tlb.ways == 0 ? tlb.entries : tlb.ways;
      tlb.large_page_ways > ways) {
    problem(path + ".large_page_ways", ": a set has " + std::to_string(ways) + " ways");
  }
  std::vector<std::string> arrays{path};
  for (const auto& [name, more] :
       {std::pair{".large", &tlb.large}, std::pair{".huge", &tlb.huge}}) {
    array(path + name, *more);
    if (more->entries != 0) arrays.push_back(path + name);
  }
  page_sizes(arrays);
}

void Inspection::array(const std::string& path, const TlbArrayParams& array) {
  if (array.entries == 0) return;
  set_shape(path, array.entries, array.ways);
  policy(path, array.replacement, array.ways == 0 ? array.entries : array.ways);
}

/// Lists that can be read, and no size in two of them.
void Inspection::page_sizes(const std::vector<std::string>& arrays) {
  std::vector<PageSizes> known;
  for (const std::string& array : arrays) {
    const std::string knob = array + ".page_sizes";
    const auto sizes = read_page_sizes(value_as_text(find_knob(knob)->get(machine_)));
    if (!sizes) {
      problem(knob, R"( is neither "all" nor a list of page sizes, as "4K+2M")");
      return;
    }
    for (std::size_t i = 0; i < known.size(); ++i) {
      if ((known[i] & *sizes) == 0) continue;
      problem(knob, ": " + shown(arrays[i] + ".page_sizes") + " holds such pages already");
      return;
    }
    known.push_back(*sizes);
  }
}

void Inspection::levels() {
  if (const auto found = second_level_problem(machine_.mmu)) {
    problem(found->path, ": " + found->text);
  }
  if (const auto found = inclusion_problem(machine_.mmu)) problem(found->path, ": " + found->text);
  if (machine_.mmu.level4.entries == 0 || machine_.mmu.level3.entries != 0) return;
  problem("mmu.level4.entries", ": there is no third level, " + shown("mmu.level3.entries"));
}

void Inspection::walk_cache() {
  const WalkCacheParams& cache = machine_.mmu.walk_cache;
  const auto array = [&](const std::string& name, const WalkCacheParams::LevelParams& params) {
    set_shape("mmu.walk_cache." + name, params.entries, params.ways);
    if (params.entries == 0) return;
    policy("mmu.walk_cache", cache.replacement, params.ways == 0 ? params.entries : params.ways);
  };
  if (cache.organisation != WalkCacheParams::Organisation::kSplit) {
    return array("shared", cache.shared);
  }
  for (unsigned level = 1; level < kMaxLevels; ++level) {
    array("level" + std::to_string(level), cache.of_level(level));
  }
}

void Inspection::walker() {
  if (const auto found = lockstep_problem(machine_.mmu)) {
    problem("mmu.walker.model", ": " + *found);
  }
  const std::string path = "mmu.walker.shared_line_bytes";
  const std::uint32_t bytes = machine_.mmu.walker.shared_line_bytes;
  if (bytes == 0) return;
  power_of_two(path, bytes);
  if (bytes > machine_.cache.l1d.line_bytes) {
    problem(path, " is more than " + shown("cache.l1d.line_bytes"));
  }
}

void Inspection::prefetch() {
  const PrefetchParams& prefetch = machine_.mmu.prefetch;
  if (prefetch.table_ways != 0 && prefetch.table_entries % prefetch.table_ways != 0) {
    problem("mmu.prefetch.table_ways", " does not divide " + shown("mmu.prefetch.table_entries"));
  }
  if (prefetch.kind == PrefetchParams::Kind::kOff || machine_.mmu.level3.entries != 0) return;
  if (prefetch.target != PrefetchParams::Target::kStlb) return;
  if (machine_.mmu.stlb.entries == 0) {
    problem("mmu.prefetch.target", ": " + shown("mmu.stlb.entries") + " switches the STLB off");
  } else if (machine_.mmu.splits_second_level() && machine_.mmu.l2_itlb.entries == 0) {
    problem("mmu.prefetch.target",
            ": " + shown("mmu.l2_itlb.entries") + " switches the L2 ITLB off");
  }
}

void Inspection::format() {
  const PageTableFormat* format = find_format(machine_.mmu.format);
  if (format == nullptr) return;  // ranges() says so
  if (machine_.mmu.ad_update == AdUpdate::kFault && !format->ad_by_software_too) {
    problem("mmu.ad_update",
            ": with " + shown("mmu.format") + " accessed and dirty bits are set by hardware only");
  }
  if (machine_.os.memory_bytes > std::uint64_t{1} << format->pa_bits) {
    problem("os.memory_bytes", " is more than the " + std::to_string(format->pa_bits) +
                                   " physical address bits of " + shown("mmu.format") + " reach");
  }
  if (machine_.os.memory_bytes % format->page_bytes() != 0) {
    problem("os.memory_bytes", " is not a multiple of the page size, " +
                                   std::to_string(format->page_bytes()) + " bytes");
  }
  if (machine_.os.gigantic_pages && !format->maps_at(2)) {
    problem("os.gigantic_pages", ": " + shown("mmu.format") + " has no pages of level 2");
  }
  if (machine_.os.contiguous_pages && format->group_shift(0) == 0) {
    problem("os.contiguous_pages",
            ": " + shown("mmu.format") + " has no entries that form one page");
  }
}

void Inspection::cache(const std::string& path, const CacheParams& cache) {
  power_of_two(path + ".line_bytes", cache.line_bytes);
  if (cache.line_bytes != machine_.cache.l1d.line_bytes) {
    problem(path + ".line_bytes",
            " differs from " + shown("cache.l1d.line_bytes") + "; all caches have the same line");
  }
  const std::uint64_t set_bytes = std::uint64_t{cache.ways} * cache.line_bytes;
  if (set_bytes != 0 && (cache.size_bytes == 0 || cache.size_bytes % set_bytes != 0)) {
    problem(path + ".size_bytes",
            " is not a multiple of ways x line_bytes = " + std::to_string(set_bytes));
  }
  policy(path, cache.replacement, cache.ways);
}

void Inspection::fetch_block() {
  power_of_two("cpu.fetch_block_bytes", machine_.cpu.fetch_block_bytes);
  if (machine_.cpu.fetch_block_bytes > machine_.cache.l1i.line_bytes) {
    problem("cpu.fetch_block_bytes", " is more than " + shown("cache.l1i.line_bytes"));
  }
}

void Inspection::dram() {
  const DramParams& dram = machine_.dram;
  power_of_two("dram.channels", dram.channels);
  power_of_two("dram.ranks", dram.ranks);
  power_of_two("dram.banks", dram.banks);
  power_of_two("dram.row_bytes", dram.row_bytes);
  if (dram.row_bytes < machine_.cache.llc.line_bytes) {
    problem("dram.row_bytes", " is less than " + shown("cache.llc.line_bytes"));
  }
  if (dram.t_refi != 0 && dram.t_rfc >= dram.t_refi) {
    problem("dram.t_rfc", " must be less than " + shown("dram.t_refi"));
  }
  if (dram.model == DramParams::Model::kCommands) dram_commands();
}

void Inspection::dram_commands() {
  if (machine_.cache.llc.line_bytes != kDramLineBytes) {
    problem("cache.llc.line_bytes",
            ": dram.model = commands has lines of " + std::to_string(kDramLineBytes) + " bytes");
  }
  const std::uint64_t bytes = DramMapping(machine_.dram.commands).bytes();
  if (machine_.os.memory_bytes > bytes) {
    problem("os.memory_bytes", " is more than the " + std::to_string(bytes) + " bytes of " +
                                   shown("dram.controller") +
                                   "; rows, ranks and channels add to these");
  }
}

}  // namespace

std::vector<MachineProblem> machine_problems(const MachineParams& machine) {
  Inspection inspection(machine);
  inspection.ranges();
  inspection.tlb("mmu.itlb", machine.mmu.itlb, false);
  inspection.tlb("mmu.dtlb", machine.mmu.dtlb, false);
  inspection.tlb("mmu.l2_itlb", machine.mmu.l2_itlb, true);
  inspection.tlb("mmu.stlb", machine.mmu.stlb, true);
  inspection.tlb("mmu.level3", machine.mmu.level3, true);
  inspection.tlb("mmu.level4", machine.mmu.level4, true);
  inspection.levels();
  inspection.walk_cache();
  inspection.walker();
  inspection.prefetch();
  inspection.format();
  inspection.cache("cache.l1i", machine.cache.l1i);
  inspection.cache("cache.l1d", machine.cache.l1d);
  inspection.cache("cache.l2", machine.cache.l2);
  inspection.cache("cache.llc", machine.cache.llc);
  inspection.fetch_block();
  inspection.dram();
  return inspection.take();
}

void check_machine(const MachineParams& machine) {
  std::string message;
  for (const MachineProblem& problem : machine_problems(machine)) {
    message += (message.empty() ? "" : "\n") + problem.text;
  }
  if (!message.empty()) throw ConfigError(message);
}

}  // namespace mmu
