/* Makes random memory calls of the kernel that it runs on, and says after each what is mapped.
 *
 *     memory_calls SEED CALLS
 *
 *     start BREAK
 *     mmap 0x200000003000 8192 3 50 -1 0 = 35184372101120     a call: arguments, result or -errno
 *     load 0x200000003010 = 1                                 an access: 1, or 0 if it is forbidden
 *     area 200000003000-200000005000 rw-p                     /proc/self/maps, of the two places
 *     page 200000003000                                       /proc/self/pagemap: is present
 *     .
 *
 * The two places are a window of 64 pages and the heap. No stdio and no malloc: these would move
 * the break. Exit status 3: this kernel does not tell (the reason goes to standard error). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { kPage = 4096, kWindowPages = 64, kHeapPages = 24, kMostPages = 12, kNotHere = 3 };

static const uint64_t kWindow = 0x200000000000;

struct place {
  uint64_t start, end;
};

static struct place heap;
static struct place areas[kWindowPages + kHeapPages]; /* as they were after the last call */
static unsigned area_count;
static char text[1 << 16];
static size_t text_bytes;
static int pages_file, channel[2];
static uint64_t random_state;

static void not_here(const char* what) {
  dprintf(STDERR_FILENO, "memory_calls: %s: %s\n", what, strerror(errno));
  _exit(kNotHere);
}

static void flush(void) {
  size_t done = 0;
  while (done < text_bytes) {
    const ssize_t bytes = write(STDOUT_FILENO, text + done, text_bytes - done);
    if (bytes <= 0) _exit(1);
    done += (size_t)bytes;
  }
  text_bytes = 0;
}

static void say(const char* format, ...) {
  va_list arguments;
  if (sizeof text - text_bytes < 256) flush();
  va_start(arguments, format);
  text_bytes += (size_t)vsnprintf(text + text_bytes, sizeof text - text_bytes, format, arguments);
  va_end(arguments);
}

/* xorshift64*, Vigna 2016 */
static uint64_t below(uint64_t limit) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (random_state * 0x2545f4914f6cdd1d >> 33) % limit;
}

static uint64_t some_place(uint64_t pages) {
  return kWindow + below(kWindowPages - pages + 1) * kPage;
}

static int64_t call(const char* name, long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                    uint64_t e) {
  const long result = syscall(number, a, b, c, d, e, 0);
  const int64_t value = result == -1 ? -errno : result;
  say("%s 0x%llx %llu %llu %llu %lld 0 = %lld\n", name, (unsigned long long)a,
      (unsigned long long)b, (unsigned long long)c, (unsigned long long)d, (long long)e,
      (long long)value);
  return value;
}

static uint64_t some_rights(void) {
  static const uint64_t kRights[] = {PROT_READ | PROT_WRITE,
                                     PROT_READ | PROT_WRITE,
                                     PROT_READ,
                                     PROT_READ | PROT_EXEC,
                                     PROT_READ | PROT_WRITE | PROT_EXEC,
                                     PROT_NONE};
  return kRights[below(sizeof kRights / sizeof *kRights)];
}

/* In place, or to somewhere in the window; the kernel would choose a place outside of it. False if
 * the dice fell badly. */
static int move_some(void) {
  if (area_count == 0) return 0;
  const struct place area = areas[below(area_count)];
  if (area.start < kWindow || area.start >= kWindow + kWindowPages * kPage) return 0;
  const uint64_t pages = (area.end - area.start) / kPage;
  const uint64_t first = below(pages), old_pages = 1 + below(pages - first);
  const uint64_t from = area.start + first * kPage;
  uint64_t new_pages = 1 + below(kMostPages);
  if (below(3) == 0) {
    const uint64_t room = (kWindow + kWindowPages * kPage - from) / kPage;
    if (new_pages > room) new_pages = room;
    call("mremap", SYS_mremap, from, old_pages * kPage, new_pages * kPage, 0, 0);
    return 1;
  }
  uint64_t flags = MREMAP_MAYMOVE | MREMAP_FIXED;
  if (below(5) == 0) {
    flags |= MREMAP_DONTUNMAP;
    new_pages = old_pages;
  }
  if (new_pages > kWindowPages) return 0;
  const uint64_t to = some_place(new_pages);
  if (to < from + old_pages * kPage && from < to + new_pages * kPage) return 0;
  call("mremap", SYS_mremap, from, old_pages * kPage, new_pages * kPage, flags, to);
  return 1;
}

/* By the kernel, which answers EFAULT where the processor would fault. */
static void touch(void) {
  const int in_heap = below(4) == 0;
  const uint64_t page =
      in_heap ? heap.start / kPage + below(kHeapPages) : kWindow / kPage + below(kWindowPages);
  char* const at = (char*)(uintptr_t)(page * kPage + below(kPage)); /* NOLINT */
  static char spare = 1;
  const int stores = below(2) != 0;
  ssize_t done = write(channel[1], stores ? &spare : at, 1);
  const ssize_t wanted = done;
  if (stores) done = read(channel[0], at, 1);
  if (wanted == 1 && (!stores || done != 1) && read(channel[0], &spare, 1) != 1) _exit(1);
  say("%s 0x%llx = %d\n", stores ? "store" : "load", (unsigned long long)(uintptr_t)at, done == 1);
}

static void step(void) {
  const uint64_t pages = 1 + below(kMostPages), dice = below(100);
  if (dice < 18) {
    call("mmap", SYS_mmap, some_place(pages), pages * kPage, some_rights(),
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, ~0ULL);
  } else if (dice < 26) {
    call("munmap", SYS_munmap, some_place(pages), pages * kPage, 0, 0, 0);
  } else if (dice < 38) {
    call("mprotect", SYS_mprotect, some_place(pages), pages * kPage, some_rights(), 0, 0);
  } else if (dice < 46) {
    while (area_count != 0 && !move_some()) {
    }
    if (area_count == 0) touch();
  } else if (dice < 52) {
    const uint64_t at = below(3) == 0 ? heap.start : some_place(pages);
    call("madvise", SYS_madvise, at, pages * kPage, MADV_DONTNEED, 0, 0);
  } else if (dice < 60) {
    call("brk", SYS_brk, heap.start + below((uint64_t)kHeapPages * kPage + 1), 0, 0, 0, 0);
  } else {
    touch();
  }
}

static void tell_area(struct place area, const char* rights, struct place within) {
  if (area.start < within.start) area.start = within.start;
  if (area.end > within.end) area.end = within.end;
  if (area.start >= area.end) return;
  areas[area_count++] = area;
  say("area %llx-%llx %.4s\n", (unsigned long long)area.start, (unsigned long long)area.end,
      rights);
  for (uint64_t at = area.start; at < area.end; at += kPage) {
    uint64_t entry = 0;
    const off_t offset = (off_t)(at / kPage * sizeof entry);
    if (pread(pages_file, &entry, sizeof entry, offset) != sizeof entry) not_here("pagemap");
    if (entry >> 63 != 0) say("page %llx\n", (unsigned long long)at);
  }
}

/* Documentation/filesystems/proc.rst; .../admin-guide/mm/pagemap.rst: bit 63 is "page present". */
static void tell_state(void) {
  static char maps[1 << 16];
  const struct place window = {kWindow, kWindow + kWindowPages * kPage};
  size_t bytes = 0;
  const int file = open("/proc/self/maps", O_RDONLY);
  if (file < 0) not_here("/proc/self/maps");
  for (ssize_t more = 1; more > 0; bytes += (size_t)more) {
    more = read(file, maps + bytes, sizeof maps - 1 - bytes);
    if (more < 0) not_here("/proc/self/maps");
  }
  close(file);
  maps[bytes] = '\0';
  area_count = 0;
  for (char* line = maps; *line != '\0';) {
    char* next = NULL;
    struct place area;
    area.start = strtoull(line, &next, 16);
    area.end = strtoull(next + 1, &next, 16);
    tell_area(area, next + 1, window);
    tell_area(area, next + 1, heap);
    line = strchr(next, '\n') + 1;
  }
  say(".\n");
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  random_state = 0x9e3779b97f4a7c15 ^ strtoull(argv[1], NULL, 10);
  const uint64_t calls = strtoull(argv[2], NULL, 10);
  pages_file = open("/proc/self/pagemap", O_RDONLY);
  if (pages_file < 0) not_here("/proc/self/pagemap");
  if (pipe(channel) != 0) not_here("pipe");
  if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0) not_here("prctl");
  const uint64_t start = (uint64_t)syscall(SYS_brk, 0);
  heap.start = (start + kPage - 1) / kPage * kPage;
  heap.end = heap.start + kHeapPages * kPage;
  say("start %llu\n", (unsigned long long)heap.start);
  if (syscall(SYS_brk, heap.start) < (long)heap.start) not_here("brk");
  for (uint64_t i = 0; i < calls; ++i) {
    step();
    tell_state();
  }
  flush();
  return 0;
}
