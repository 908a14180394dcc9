#include "sim/translate/vector_file.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

using Json = nlohmann::json;

/// What is wrong with a vector; becomes an InputError with file and line.
class BadVector : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A number, or a text of hexadecimal digits behind 0x.
std::uint64_t number(const Json& value, const std::string& what) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() > 2 && text.size() <= 18 && text.compare(0, 2, "0x") == 0 &&
        text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string::npos) {
      return std::stoull(text, nullptr, 16);
    }
  }
  throw BadVector("\"" + what + "\" is " + value.dump() +
                  "; expected a number or \"0x\" and up to 16 hexadecimal digits");
}

const Json& member(const Json& of, const char* name) {
  const auto found = of.find(name);
  if (found == of.end()) throw BadVector(std::string("\"") + name + "\" is missing");
  return *found;
}
std::uint64_t number_at(const Json& of, const char* name) { return number(member(of, name), name); }
unsigned small(const Json& of, const char* name) {
  const std::uint64_t value = number_at(of, name);
  if (value > 0xFFFF) throw BadVector(std::string("\"") + name + "\" is more than 65535");
  return static_cast<unsigned>(value);
}
bool flag(const Json& of, const char* name) {
  const std::uint64_t value = number_at(of, name);
  if (value > 1) throw BadVector(std::string("\"") + name + "\" is neither 0 nor 1");
  return value == 1;
}
std::string text_at(const Json& of, const char* name) {
  const Json& value = member(of, name);
  if (!value.is_string()) throw BadVector(std::string("\"") + name + "\" is no text");
  return value.get<std::string>();
}
std::optional<std::uint64_t> maybe(const Json& of, const char* name) {
  if (!of.contains(name)) return std::nullopt;
  return number_at(of, name);
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> pairs(const Json& of, const char* name) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> list;
  const Json& value = member(of, name);
  if (!value.is_array()) throw BadVector(std::string("\"") + name + "\" is no list");
  for (const Json& pair : value) {
    if (!pair.is_array() || pair.size() != 2) {
      throw BadVector(std::string("\"") + name + "\" holds something else than pairs");
    }
    list.emplace_back(number(pair[0], name), number(pair[1], name));
  }
  return list;
}

std::vector<MemoryRange> ranges(const Json& of, const char* name) {
  std::vector<MemoryRange> list;
  for (const auto& [base, bytes] : pairs(of, name)) list.push_back({base, bytes});
  return list;
}

const PageTableFormat& format_named(const std::string& name) {
  const PageTableFormat* format = find_format(name);
  if (format == nullptr) throw BadVector("no format is called \"" + name + "\"");
  return *format;
}

AccessKind access_of(const std::string& name) {
  for (const AccessKind kind : {AccessKind::kFetch, AccessKind::kLoad, AccessKind::kStore}) {
    if (name == name_of(kind)) return kind;
  }
  throw BadVector("access is '" + name + "'; allowed: load, store, fetch");
}

void read_riscv(const Json& json, Vector& v) {
  v.family = Family::kRiscv;
  FormatOptions options;
  options.napot = flag(json, "svnapot");
  options.pbmt = flag(json, "svpbmt") && flag(json, "pbmte");
  v.format = with_options(format_named(text_at(json, "mode")), options);
  v.root = PhysAddr(number_at(json, "root_ppn") << 12);
  v.asid = static_cast<Asid>(small(json, "asid"));
  v.ad_update = flag(json, "adue") ? AdUpdate::kHardware : AdUpdate::kFault;
  const std::string privilege = text_at(json, "priv");
  if (privilege != "U" && privilege != "S" && privilege != "M") {
    throw BadVector("priv is '" + privilege + "'; allowed: U, S, M");
  }
  v.context = riscv_context(privilege == "S", flag(json, "sum"), flag(json, "mxr"));
  if (privilege == "M" || number_at(json, "satp_mode") == 0) {
    v.context.bits |= AccessContext::kBare;
  }
  v.ram = ranges(json, "ram");
  if (json.contains("rom")) v.rom = ranges(json, "rom");
  const Json& expect = member(json, "expect");
  v.expect.pa = maybe(expect, "pa");
  v.expect.page_size = maybe(expect, "page_size");
  // Of an access fault the level is informative only; no vector has it.
  v.expect.level = maybe(expect, "level");
  v.expect.memory_type = maybe(expect, "pbmt");
  v.expect.global = maybe(expect, "global");
  v.expect.data_in_ram = maybe(expect, "data_in_ram");
  v.expect.code = maybe(expect, "cause");
  v.expect.fault_address = maybe(expect, "tval");
  v.expect.writes = pairs(expect, "pte_writes");
  v.expect.reads.emplace();
  for (const Json& read : member(expect, "pte_reads")) {
    v.expect.reads->push_back(number(read, "pte_reads"));
  }
}

void read_x86(const Json& json, Vector& v) {
  v.family = Family::kX86;
  FormatOptions options;
  options.maxphyaddr = small(json, "maxphyaddr");
  options.nxe = flag(json, "efer_nxe");
  const bool smep = flag(json, "cr4_smep");
  v.format = with_options(
      format_named(text_at(json, "mode") == "x86-48" ? "x86-64-4level" : "x86-64-5level"), options);
  v.root = PhysAddr(number_at(json, "cr3")).aligned_down(12);
  v.context = x86_context(small(json, "cpl") != 3, flag(json, "cr0_wp"), smep,
                          flag(json, "cr4_smap"), flag(json, "eflags_ac"));
  v.fetch_in_code = options.nxe || smep;
  v.everywhere = true;
  const Json& expect = member(json, "expect");
  v.expect.pa = maybe(expect, "pa");
  v.expect.code = maybe(expect, "error_code");
  v.expect.fault_address = maybe(expect, "cr2");
  if (expect.contains("writes")) v.expect.writes = pairs(expect, "writes");
}

void read_arm(const Json& json, Vector& v) {
  v.family = Family::kArm;
  FormatOptions options;
  options.t0sz = small(json, "t0sz");
  options.ips = small(json, "ps");
  v.format = with_options(
      format_named("aarch64-" + std::to_string(small(json, "granule_kb")) + "k"), options);
  v.root = PhysAddr(number_at(json, "ttbr0"));
  v.ad_update = AdUpdate::kFault;  // HA = 0
  v.context = arm_context(small(json, "el") != 0, false);
  v.everywhere = true;
  const Json& expect = member(json, "expect");
  v.expect.pa = maybe(expect, "pa_page");
  v.expect.level = maybe(expect, "level");
  v.expect.code = maybe(expect, "fst");
}

Vector vector_from(const std::string& line) {
  const Json json = Json::parse(line);
  if (!json.is_object()) throw BadVector("a line is one JSON object");
  if (json.contains("gmode") || json.contains("hgatp_mode")) {
    throw BadVector("a vector of two-stage translation, which is not supported yet");
  }
  Vector v;
  v.id = text_at(json, "id");
  v.kind = text_at(json, "kind");
  v.access = access_of(text_at(json, "access"));
  v.va = VirtAddr(number_at(json, "va"));
  v.entries = pairs(json, "mem");
  v.expect.result = text_at(member(json, "expect"), "result");
  if (json.contains("granule_kb")) {
    read_arm(json, v);
  } else if (json.contains("cr3")) {
    read_x86(json, v);
  } else {
    read_riscv(json, v);
  }
  return v;
}

}  // namespace

bool VectorFile::next_line(std::string& line) {
  for (;;) {
    const std::size_t end = buffer_.find('\n', begin_);
    if (end != std::string::npos) {
      line = buffer_.substr(begin_, end - begin_);
      begin_ = end + 1;
      return true;
    }
    buffer_.erase(0, begin_);
    begin_ = 0;
    char block[65536];
    const std::size_t got = bytes_.read(block, sizeof block);
    if (got == 0) break;
    buffer_.append(block, got);
  }
  line.swap(buffer_);  // the last line may lack its end
  buffer_.clear();
  return !line.empty();
}

std::optional<Vector> VectorFile::next() {
  std::string line;
  do {
    if (!next_line(line)) return std::nullopt;
    ++line_;
  } while (line.empty());
  try {
    return vector_from(line);
  } catch (const std::runtime_error& error) {
    throw InputError(bytes_.path() + ":" + std::to_string(line_) + ": " + error.what());
  } catch (const Json::exception& error) {
    throw InputError(bytes_.path() + ":" + std::to_string(line_) + ": " + error.what());
  }
}

}  // namespace mmu
