/* Found in /proc/self/maps, which lists qemu's own mappings besides the guest's: those lie outside
   of the range given. Two things are not in there. Guest pages are never executable for the host,
   so the ELF files say which are code; and nothing is called stack. */
#define _GNU_SOURCE
#include "guest_image.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stream_writer.h"

#define MAX_MAPPINGS 256
#define MAX_SEGMENTS 64
#define PAGE UINT64_C(4096)

struct Mapping {
  uint64_t start, end, offset;
  unsigned rights;
  char* file; /* NULL: anonymous */
};

static struct Mapping mappings[MAX_MAPPINGS];
static size_t mapping_count;

static void read_line(const char* line, uint64_t base, uint64_t span) {
  struct Mapping m = {0};
  char rights[5];
  int path = 0;
  if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n", &m.start, &m.end, rights,
             &m.offset, &path) < 4) {
    return;
  }
  if (m.start < base || m.end > base + span) return;
  if (rights[0] == 'r') m.rights |= kCaptureRead;
  if (rights[1] == 'w') m.rights |= kCaptureWrite;
  if (m.rights == 0) return; /* a reservation, or a guard */
  if (mapping_count == MAX_MAPPINGS) stream_fail("the program begins with too many mappings");
  m.start -= base;
  m.end -= base;
  if (line[path] == '/') m.file = strdup(line + path);
  mappings[mapping_count++] = m;
}

static void read_mappings(uint64_t base, uint64_t span) {
  FILE* maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) stream_fail("/proc/self/maps cannot be read");
  char* line = NULL;
  size_t room = 0;
  ssize_t length = 0;
  while ((length = getline(&line, &room, maps)) > 0) {
    if (line[length - 1] == '\n') line[length - 1] = '\0';
    read_line(line, base, span);
  }
  free(line);
  fclose(maps);
}

static void put_area(const struct Mapping* m, uint64_t start, uint64_t end, unsigned rights,
                     const char* name) {
  const size_t length = strlen(name);
  const size_t bytes = length < CAPTURE_MAX_NAME_BYTES ? length : CAPTURE_MAX_NAME_BYTES;
  const uint64_t words[] = {capture_word(kCaptureMark, kCaptureArea, start), end - start,
                            (m->rights | rights) | (uint64_t)bytes << 8};
  stream_put(words, 3);
  stream_put_text(name, bytes);
}

/* The segments that `path` wants loaded; none if it is no ELF file of 64 bits. */
static size_t read_segments(const char* path, Elf64_Phdr* segments) {
  Elf64_Ehdr header;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  size_t count = 0;
  if (pread(file, &header, sizeof header, 0) == (ssize_t)sizeof header &&
      memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
      header.e_phnum <= MAX_SEGMENTS && header.e_phentsize == sizeof *segments) {
    const size_t bytes = header.e_phnum * sizeof *segments;
    if (pread(file, segments, bytes, (off_t)header.e_phoff) == (ssize_t)bytes) {
      count = header.e_phnum;
    }
  }
  close(file);
  return count;
}

static bool is_code(const Elf64_Phdr* segments, size_t count, uint64_t offset) {
  for (size_t i = 0; i < count; ++i) {
    const uint64_t start = segments[i].p_offset & ~(PAGE - 1);
    if (segments[i].p_type == PT_LOAD && (segments[i].p_flags & PF_X) != 0 && offset >= start &&
        offset < segments[i].p_offset + segments[i].p_filesz) {
      return true;
    }
  }
  return false;
}

/* Cuts the mapping where code begins and ends. A writable one is data, whatever else shares its
   page of the file. */
static void put_file_mapping(const struct Mapping* m) {
  Elf64_Phdr segments[MAX_SEGMENTS];
  const size_t count = (m->rights & kCaptureWrite) == 0 ? read_segments(m->file, segments) : 0;
  const char* slash = strrchr(m->file, '/');
  uint64_t begin = m->start;
  bool code = is_code(segments, count, m->offset);
  for (uint64_t at = m->start + PAGE; at <= m->end; at += PAGE) {
    const bool next = at < m->end ? is_code(segments, count, m->offset + (at - m->start)) : !code;
    if (next == code) continue;
    put_area(m, begin, at, code ? kCaptureExecute : 0, slash + 1);
    begin = at;
    code = next;
  }
}

/* The largest writable anonymous mapping that does not follow a file's, as .bss does. */
static const struct Mapping* find_stack(void) {
  const struct Mapping* stack = NULL;
  for (size_t i = 0; i < mapping_count; ++i) {
    const struct Mapping* m = &mappings[i];
    if (m->file != NULL || (m->rights & kCaptureWrite) == 0) continue;
    if (i > 0 && m[-1].file != NULL && m[-1].end == m->start) continue;
    if (stack == NULL || m->end - m->start > stack->end - stack->start) stack = m;
  }
  return stack;
}

void put_guest_image(uint64_t base, uint64_t span) {
  read_mappings(base, span);
  const struct Mapping* stack = find_stack();
  for (size_t i = 0; i < mapping_count; ++i) {
    const struct Mapping* m = &mappings[i];
    if (m->file != NULL) {
      put_file_mapping(m);
    } else if ((m->rights & kCaptureWrite) == 0) {
      /* Where signal handlers return to; qemu makes it, in place of the kernel's vdso. */
      put_area(m, m->start, m->end, kCaptureExecute, "[vdso]");
    } else {
      put_area(m, m->start, m->end, 0, m == stack ? "[stack]" : "[bss]");
    }
  }
}
