#include "traces/elf_image.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <tuple>
#include <utility>

#include "hw/arch/errors.hpp"
#include "hw/arch/hex.hpp"
#include "traces/input_file.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kStackBytes = 33 * kPage;  // setup_arg_pages(): 128 KiB and the first page
constexpr std::uint64_t kGap = std::uint64_t{128} << 20;  // MIN_GAP, below the end of user space
constexpr std::uint64_t kMostPathBytes = 4096;            // PATH_MAX

struct Machine {
  std::uint16_t number;
  const char* name;
  std::uint64_t end;  ///< of user space: DEFAULT_MAP_WINDOW; of RISC-V that of Sv39
  /// ELF_ET_DYN_BASE: two thirds.
  std::uint64_t program() const { return 2 * end / 3; }
};
constexpr std::uint64_t bit(unsigned n) { return std::uint64_t{1} << n; }
constexpr Machine kMachines[] = {{EM_X86_64, "x86-64", bit(47) - kPage},
                                 {EM_RISCV, "riscv64", bit(38)},
                                 {EM_AARCH64, "aarch64", bit(48)}};

std::uint64_t page_down(std::uint64_t address) { return address / kPage * kPage; }
std::uint64_t page_up(std::uint64_t address) { return page_down(address + (kPage - 1)); }

class Reader {
 public:
  explicit Reader(const std::string& path) : file_(path) {}
  ElfImage read(std::optional<std::uint64_t> base);

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(file_.path() + ": " + what);
  }
  void require(bool holds, const std::string& otherwise) const {
    if (!holds) fail(otherwise);
  }
  bool is_in_file(const Elf64_Phdr& s) const {
    return s.p_offset <= file_.size() && s.p_filesz <= file_.size() - s.p_offset;
  }
  std::string nth(std::size_t segment) const { return "segment " + std::to_string(segment); }

  void read_header();
  void read_segments();
  void check_load(std::size_t number) const;
  void check_order() const;
  std::uint64_t place(std::optional<std::uint64_t> base, bool has_interpreter) const;
  void add(const Elf64_Phdr& segment, std::uint64_t bias, ElfImage& image) const;
  void cut(std::uint64_t from, ElfImage& image) const;
  std::string interpreter() const;

  InputFile file_;
  Elf64_Ehdr header_{};
  const Machine* machine_ = nullptr;
  std::vector<Elf64_Phdr> segments_;
  std::vector<std::size_t> loads_;  // numbers of PT_LOAD segments that have any bytes
};

void Reader::read_header() {
  require(file_.is_regular() && file_.size() >= EI_NIDENT, "not an ELF file: it is too short");
  file_.read_at(0, header_.e_ident, EI_NIDENT);
  require(std::memcmp(header_.e_ident, ELFMAG, SELFMAG) == 0,
          "not an ELF file: it does not begin with 7f 45 4c 46");
  require(header_.e_ident[EI_CLASS] == ELFCLASS64, "a 32-bit program; 64 bits are understood");
  require(header_.e_ident[EI_DATA] == ELFDATA2LSB,
          "a big-endian program; little-endian is understood");
  require(file_.size() >= sizeof header_, "truncated: its ELF header takes 64 bytes");
  file_.read_at(0, &header_, sizeof header_);
  machine_ = std::find_if(std::begin(kMachines), std::end(kMachines),
                          [this](const Machine& m) { return m.number == header_.e_machine; });
  require(machine_ != std::end(kMachines),
          "a program for machine " + std::to_string(header_.e_machine) +
              " (e_machine); x86-64 (62), AArch64 (183) and RISC-V (243) are understood");
  require(header_.e_type == ET_EXEC || header_.e_type == ET_DYN,
          "not a program: e_type is " + std::to_string(header_.e_type) +
              "; 2 (ET_EXEC) and 3 (ET_DYN) are");
}

void Reader::read_segments() {
  require(header_.e_phnum != 0, "has no program headers: nothing of it is mapped");
  require(
      header_.e_phentsize == sizeof(Elf64_Phdr),
      "its program headers have " + std::to_string(header_.e_phentsize) + " bytes each, not 56");
  const std::uint64_t bytes = header_.e_phnum * sizeof(Elf64_Phdr);
  require(header_.e_phoff <= file_.size() && bytes <= file_.size() - header_.e_phoff,
          "truncated: its program headers lie behind its end");
  segments_.resize(header_.e_phnum);
  file_.read_at(header_.e_phoff, segments_.data(), bytes);
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i].p_type != PT_LOAD || segments_[i].p_memsz == 0) continue;
    check_load(i);
    loads_.push_back(i);
  }
  require(!loads_.empty(), "has no segment to load");
  check_order();
}

void Reader::check_load(std::size_t number) const {
  const Elf64_Phdr& s = segments_[number];
  require(is_in_file(s), "truncated: " + nth(number) + " lies behind its end");
  require(s.p_filesz <= s.p_memsz, nth(number) + " has more bytes in the file than in memory");
  // Up to the last page, so that rounding up cannot pass the end.
  constexpr std::uint64_t kLast = ~std::uint64_t{0} - kPage;
  require(s.p_vaddr <= kLast && s.p_memsz <= kLast - s.p_vaddr,
          nth(number) + " passes the last address");
  require((s.p_vaddr - s.p_offset) % kPage == 0,
          nth(number) + ": address and place in the file differ within a page of 4 KiB");
  require((s.p_align & (s.p_align - 1)) == 0, nth(number) + ": its alignment is no power of two");
  require((s.p_flags & PF_W) == 0 || (s.p_flags & PF_X) == 0,
          nth(number) + " at " + hex(s.p_vaddr) + " may be both written and executed (W^X)");
}

void Reader::check_order() const {
  for (std::size_t i = 1; i < loads_.size(); ++i) {
    const Elf64_Phdr& before = segments_[loads_[i - 1]];
    const Elf64_Phdr& s = segments_[loads_[i]];
    const std::string two =
        "segments " + std::to_string(loads_[i - 1]) + " and " + std::to_string(loads_[i]);
    require(s.p_vaddr >= before.p_vaddr, two + " are not in the order of their addresses");
    require(s.p_vaddr - before.p_vaddr >= before.p_memsz, two + " overlap");
  }
}

/// What is added to each address.
std::uint64_t Reader::place(std::optional<std::uint64_t> base, bool has_interpreter) const {
  if (header_.e_type == ET_EXEC) {
    require(!base, "lies where it was linked to; a base is for what may lie anywhere (ET_DYN)");
    return 0;
  }
  const Elf64_Phdr& last = segments_[loads_.back()];
  const std::uint64_t first = page_down(segments_[loads_.front()].p_vaddr);
  std::uint64_t alignment = kPage;
  for (const std::size_t i : loads_) alignment = std::max(alignment, segments_[i].p_align);
  if (base) {
    require(*base % alignment == 0,
            "cannot lie at " + hex(*base) + ": its segments are aligned to " + hex(alignment));
    return *base - first;
  }
  const std::uint64_t bytes = page_up(last.p_vaddr + last.p_memsz) - first;
  const std::uint64_t top = machine_->end - kGap;
  require(bytes < machine_->program(), "is larger than the address space");
  const std::uint64_t at = has_interpreter ? machine_->program() : top - bytes;
  return at / alignment * alignment - first;
}

std::string Reader::interpreter() const {
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const Elf64_Phdr& s = segments_[i];
    if (s.p_type != PT_INTERP) continue;
    require(is_in_file(s) && s.p_filesz >= 2 && s.p_filesz <= kMostPathBytes,
            nth(i) + ": the interpreter's name is not in the file");
    std::string name(s.p_filesz, '\0');
    file_.read_at(s.p_offset, name.data(), name.size());
    require(name.back() == '\0' && name.front() != '\0',
            nth(i) + ": the interpreter's name does not end");
    return name.c_str();
  }
  return {};
}

/// Of a page in which two segments have a part, the later one has all, as with MAP_FIXED.
void Reader::cut(std::uint64_t from, ElfImage& image) const {
  while (!image.areas.empty() && image.areas.back().start >= from) image.areas.pop_back();
  if (image.areas.empty()) return;
  ImageArea& last = image.areas.back();
  last.bytes = std::min(last.bytes, from - last.start);
}

void Reader::add(const Elf64_Phdr& s, std::uint64_t bias, ElfImage& image) const {
  const std::uint64_t start = page_down(s.p_vaddr + bias);
  const std::uint64_t file_end = s.p_filesz == 0 ? start : page_up(s.p_vaddr + bias + s.p_filesz);
  const std::uint64_t end = page_up(s.p_vaddr + bias + s.p_memsz);
  cut(start, image);
  ImageArea area;
  area.read = (s.p_flags & PF_R) != 0;
  area.write = (s.p_flags & PF_W) != 0;
  area.execute = (s.p_flags & PF_X) != 0;
  for (const auto& [from, to, name] :
       {std::make_tuple(start, file_end, file_.path().substr(file_.path().rfind('/') + 1)),
        std::make_tuple(file_end, end, std::string("[bss]"))}) {
    if (to <= from) continue;
    area.start = from;
    area.bytes = to - from;
    area.name = name;
    image.areas.push_back(area);
  }
  image.break_start = end;
}

ElfImage Reader::read(std::optional<std::uint64_t> base) {
  read_header();
  read_segments();
  ElfImage image;
  image.architecture = machine_->name;
  image.interpreter = interpreter();
  const std::uint64_t bias = place(base, !image.interpreter.empty());
  const Elf64_Phdr& last = segments_[loads_.back()];
  const std::uint64_t end = last.p_vaddr + last.p_memsz;
  const std::uint64_t first = segments_[loads_.front()].p_vaddr;
  require(bias == 0 || end - first + kPage <= ~std::uint64_t{0} - (first + bias),
          "at this base it passes the last address");
  image.end_of_user = machine_->end;
  for (const std::size_t i : loads_) add(segments_[i], bias, image);
  for (const Elf64_Phdr& s : segments_) {
    if (s.p_type == PT_GNU_STACK) image.executable_stack = (s.p_flags & PF_X) != 0;
  }
  return image;
}

}  // namespace

void sort_by_address(std::vector<ImageArea>& areas) {
  std::sort(areas.begin(), areas.end(),
            [](const ImageArea& a, const ImageArea& b) { return a.start < b.start; });
}

ElfImage read_elf(const std::string& path, std::optional<std::uint64_t> base) {
  return Reader(path).read(base);
}

ExecutableImage read_executable(const std::string& path, std::optional<std::uint64_t> base) {
  const ElfImage program = read_elf(path, base);
  ExecutableImage all;
  all.areas = program.areas;
  all.break_start = program.break_start;
  all.executable_stack = program.executable_stack;
  if (!program.interpreter.empty()) {
    try {
      const ElfImage loader = read_elf(program.interpreter);
      if (loader.architecture == program.architecture) {
        all.areas.insert(all.areas.end(), loader.areas.begin(), loader.areas.end());
      } else {
        all.missing_interpreter = program.interpreter;
      }
    } catch (const InputError&) {
      all.missing_interpreter = program.interpreter;
    }
  }
  ImageArea stack;
  stack.bytes = kStackBytes;
  stack.start = program.end_of_user - kStackBytes;
  stack.read = stack.write = true;
  stack.execute = program.executable_stack;
  stack.name = "[stack]";
  all.areas.push_back(stack);
  sort_by_address(all.areas);
  for (std::size_t i = 1; i < all.areas.size(); ++i) {
    const ImageArea& before = all.areas[i - 1];
    if (all.areas[i].start - before.start >= before.bytes) continue;
    throw InputError(path + ": its area at " + hex(before.start) + " (" + before.name +
                     ") and the one at " + hex(all.areas[i].start) + " (" + all.areas[i].name +
                     ") overlap");
  }
  return all;
}

}  // namespace mmu::traces
