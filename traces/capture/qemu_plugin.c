/* The plugin that qemu-user loads: every instruction, data access and system call of a program, as
   a stream that `mmusim trace convert` reads.
   Arguments: fd=N where the stream goes; span=N bytes of guest addresses from the guest base on;
   words=N of qemu's command line that are not the program's; instructions=N to stop behind.

   Order: what an instruction did is written when its thread begins the next one, or a system call.
   So the words of an instruction stand together, and what one thread did before it let another go
   on stands before what that one does then. Calls that change mappings are made one at a time. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest_image.h"
#include "qemu_plugin_api.h"
#include "stream_writer.h"

#define EXPORT __attribute__((visibility("default")))
#define MAX_VCPUS 256
#define MAX_PENDING 64

/* System calls by their numbers; the last five change mappings. */
struct Machine {
  const char* target;
  uint64_t elf;
  int64_t clone, execve, execveat, exit, exit_group;
  int64_t mapping[5];
};
static const struct Machine kMachines[] = {
    {"x86_64", 62, 56, 59, 322, 60, 231, {9, 10, 11, 12, 25}},
    {"riscv64", 243, 220, 221, 281, 93, 94, {214, 215, 216, 222, 226}},
    {"aarch64", 183, 220, 221, 281, 93, 94, {214, 215, 216, 222, 226}},
};

struct Vcpu {
  uint64_t pending[MAX_PENDING]; /* an instruction, then its data accesses */
  size_t count;
  uint64_t call[1 + CAPTURE_CALL_WORDS]; /* under way */
  bool holds_mappings;
} __attribute__((aligned(64)));

/* qemu's own results, which no program sees (linux-user/errno_defs.h). */
enum { kRestart = -512, kSignalReturn = -513 };

EXPORT int qemu_plugin_version = 1;

static const struct Machine* machine;
static struct Vcpu vcpus[MAX_VCPUS];
static pthread_mutex_t mappings = PTHREAD_MUTEX_INITIALIZER;
static uint64_t span, instructions, max_instructions = UINT64_MAX;
static unsigned long own_words;
static bool begun;

static struct Vcpu* vcpu_of(unsigned index) {
  if (index >= MAX_VCPUS) stream_fail("more than 256 threads at a time");
  return &vcpus[index];
}

static void put_end(void) {
  const uint64_t end = capture_word(kCaptureMark, kCaptureEnd, instructions);
  stream_put(&end, 1);
  stream_flush();
}

/* Requires the lock. */
static void put_pending(struct Vcpu* v) {
  if (v->count == 0) return;
  if ((v->pending[0] >> CAPTURE_KIND_SHIFT & 7) == kCaptureFetch) {
    if (instructions == max_instructions) {
      put_end();
      fprintf(stderr, "mmusim capture: stopped the program behind %llu instructions\n",
              (unsigned long long)instructions);
      _exit(0);
    }
    ++instructions;
  }
  stream_put(v->pending, v->count);
  v->count = 0;
}

static void hand_on(struct Vcpu* v) {
  if (stream_is_silent()) {
    v->count = 0;
    return;
  }
  stream_lock();
  put_pending(v);
  stream_unlock();
}

static void on_instruction(unsigned index, void* fetch) {
  struct Vcpu* v = vcpu_of(index);
  hand_on(v);
  v->pending[0] = (uint64_t)(uintptr_t)fetch | (uint64_t)index << CAPTURE_THREAD_SHIFT;
  v->count = 1;
}

static unsigned kind_of(uint64_t word) { return word >> CAPTURE_KIND_SHIFT & 7; }
static unsigned bytes_of(uint64_t word) {
  const unsigned code = (unsigned)(word >> CAPTURE_CODE_SHIFT);
  return code == 0 ? CAPTURE_MAX_BYTES : code;
}

/* qemu splits what is wider than 8 bytes: an access that goes on where the one before it ended is
   the same one. A store to what was just loaded makes that a modify. */
static void on_access(unsigned index, unsigned kind, uint64_t address, unsigned bytes) {
  struct Vcpu* v = vcpu_of(index);
  const uint64_t mask = (UINT64_C(1) << CAPTURE_VALUE_BITS) - 1;
  uint64_t start = address & mask;
  if (v->count > 1) {
    const uint64_t before = v->pending[v->count - 1];
    if (kind_of(before) == kind && (before & mask) + bytes_of(before) == start &&
        bytes_of(before) + bytes <= CAPTURE_MAX_BYTES) {
      start = before & mask;
      bytes += bytes_of(before);
      --v->count;
    }
  }
  if (kind == kCaptureStore && v->count > 1) {
    const uint64_t before = v->pending[v->count - 1];
    if (kind_of(before) == kCaptureLoad && (before & mask) == start && bytes_of(before) == bytes) {
      kind = kCaptureModify;
      --v->count;
    }
  }
  if (v->count == MAX_PENDING) hand_on(v);
  v->pending[v->count++] = capture_word(kind, bytes % CAPTURE_MAX_BYTES, start) |
                           (uint64_t)index << CAPTURE_THREAD_SHIFT;
}

/* One callback for both: QEMU 7.2 mixes up callbacks for loads alone and for stores alone. An
   atomic access is both at once, which shows only in how qemu packs `info` (include/qemu/plugin.h).
 */
static void on_memory(unsigned index, qemu_plugin_meminfo_t info, uint64_t address, void* unused) {
  (void)unused;
  unsigned kind = kCaptureLoad;
  if (qemu_plugin_mem_is_store(info)) {
    const bool loads_too = (info >> 16 & 3) == kMemoryReadsAndWrites;
    kind = loads_too ? kCaptureModify : kCaptureStore;
  }
  on_access(index, kind, address, 1u << qemu_plugin_mem_size_shift(info));
}

/* The program's part of qemu's own command line, its words separated by blanks. */
static void put_command(void) {
  static char text[CAPTURE_MAX_COMMAND_BYTES];
  FILE* file = fopen("/proc/self/cmdline", "re");
  const size_t bytes = file != NULL ? fread(text, 1, sizeof text, file) : 0;
  if (file != NULL) fclose(file);
  size_t begin = 0;
  for (unsigned long word = 0; word < own_words && begin < bytes; ++begin) {
    if (text[begin] == '\0') ++word;
  }
  size_t end = bytes;
  if (end > begin && text[end - 1] == '\0') --end;
  for (size_t i = begin; i < end; ++i) {
    if (text[i] == '\0') text[i] = ' ';
  }
  const uint64_t mark = capture_word(kCaptureMark, kCaptureCommand, end - begin);
  stream_put(&mark, 1);
  stream_put_text(text + begin, end - begin);
}

/* The program is loaded, and nothing of it has run: its first instructions are being translated. */
static void begin(const struct qemu_plugin_insn* first) {
  begun = true;
  const uint64_t version = CAPTURE_VERSION | machine->elf << 32;
  stream_put_text(CAPTURE_MAGIC, CAPTURE_MAGIC_BYTES);
  stream_put(&version, 1);
  put_command();
  const uint64_t base =
      (uint64_t)(uintptr_t)qemu_plugin_insn_haddr(first) - qemu_plugin_insn_vaddr(first);
  put_guest_image(base, span);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
  (void)id;
  const size_t count = qemu_plugin_tb_n_insns(tb);
  for (size_t i = 0; i < count; ++i) {
    struct qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(tb, i);
    if (!begun) begin(insn);
    /* Its word travels in the pointer that qemu keeps for us: no memory, no look-up. */
    const uint64_t fetch = capture_word(kCaptureFetch, (unsigned)qemu_plugin_insn_size(insn),
                                        qemu_plugin_insn_vaddr(insn));
    qemu_plugin_register_vcpu_insn_exec_cb(
        insn, on_instruction, kCallbackNoRegisters,
        (void*)(uintptr_t)fetch /* NOLINT(performance-no-int-to-ptr) */);
    qemu_plugin_register_vcpu_mem_cb(insn, on_memory, kCallbackNoRegisters, kMemoryReadsAndWrites,
                                     NULL);
  }
}

static bool changes_mappings(int64_t number) {
  for (size_t i = 0; i < sizeof machine->mapping / sizeof *machine->mapping; ++i) {
    if (machine->mapping[i] == number) return true;
  }
  return false;
}

/* Hands on all there is with each call: so nothing is lost if it ends the program. */
static void put_now(struct Vcpu* v, const uint64_t* words, size_t count) {
  stream_lock();
  put_pending(v);
  stream_put(words, count);
  stream_flush();
  stream_unlock();
}

static void on_call(qemu_plugin_id_t id, unsigned index, int64_t number, uint64_t a, uint64_t b,
                    uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h) {
  (void)id, (void)g, (void)h;
  if (stream_is_silent()) return;
  struct Vcpu* v = vcpu_of(index);
  const uint64_t thread = (uint64_t)index << CAPTURE_THREAD_SHIFT;
  const uint64_t call[] = {
      capture_word(kCaptureMark, kCaptureCall, (uint64_t)number) | thread, a, b, c, d, e, f, 0};
  memcpy(v->call, call, sizeof call);
  if (number == machine->clone) stream_expect_threads();
  if (number == machine->exit || number == machine->exit_group) {
    put_now(v, v->call, sizeof call / sizeof *call); /* never comes back */
  } else if (number == machine->execve || number == machine->execveat) {
    const uint64_t mark = capture_word(kCaptureMark, kCaptureExec, 0) | thread;
    put_now(v, &mark, 1);
  } else {
    put_now(v, NULL, 0);
  }
  if (changes_mappings(number)) {
    pthread_mutex_lock(&mappings);
    v->holds_mappings = true;
  }
}

static void on_return(qemu_plugin_id_t id, unsigned index, int64_t number, int64_t result) {
  (void)id, (void)number;
  if (stream_is_silent()) return;
  struct Vcpu* v = vcpu_of(index);
  if (result != kRestart) { /* else the call is made again */
    v->call[CAPTURE_CALL_WORDS] = result == kSignalReturn ? 0 : (uint64_t)result;
    put_now(v, v->call, sizeof v->call / sizeof *v->call);
  }
  if (v->holds_mappings) {
    v->holds_mappings = false;
    pthread_mutex_unlock(&mappings);
  }
}

static void on_exit_of_program(qemu_plugin_id_t id, void* unused) {
  (void)id, (void)unused;
  if (stream_is_silent()) return;
  stream_lock();
  for (size_t i = 0; i < MAX_VCPUS; ++i) put_pending(&vcpus[i]);
  put_end();
  stream_unlock();
}

static bool take_argument(const char* argument, int* descriptor) {
  const char* value = strchr(argument, '=');
  if (value == NULL) return false;
  char* end = NULL;
  const unsigned long long number = strtoull(value + 1, &end, 0);
  if (end == value + 1 || *end != '\0') return false;
  if (strncmp(argument, "fd=", 3) == 0) {
    *descriptor = (int)number;
  } else if (strncmp(argument, "span=", 5) == 0) {
    span = number;
  } else if (strncmp(argument, "words=", 6) == 0) {
    own_words = (unsigned long)number;
  } else if (strncmp(argument, "instructions=", 13) == 0) {
    max_instructions = number;
  } else {
    return false;
  }
  return true;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc,
                               char** argv) {
  int descriptor = -1;
  for (int i = 0; i < argc; ++i) {
    if (!take_argument(argv[i], &descriptor)) {
      fprintf(stderr, "mmusim capture: the plugin does not know '%s'\n", argv[i]);
      return -1;
    }
  }
  for (size_t i = 0; i < sizeof kMachines / sizeof *kMachines; ++i) {
    if (strcmp(kMachines[i].target, info->target_name) == 0) machine = &kMachines[i];
  }
  if (machine == NULL || info->system_emulation) {
    fprintf(stderr, "mmusim capture: programs of x86_64, riscv64 and aarch64 only, not of %s\n",
            info->target_name);
    return -1;
  }
  if (span == 0 || !stream_open(descriptor)) {
    fprintf(stderr, "mmusim capture: the plugin needs span= and an open fd=\n");
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  qemu_plugin_register_vcpu_syscall_cb(id, on_call);
  qemu_plugin_register_vcpu_syscall_ret_cb(id, on_return);
  qemu_plugin_register_atexit_cb(id, on_exit_of_program, NULL);
  return 0;
}
