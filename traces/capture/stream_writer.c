#define _GNU_SOURCE
#include "stream_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Small, so that of a program which a signal ends not much is lost; a write of it costs about
   1 us, that is 0.25 ns a word. */
#define BUFFER_WORDS 4096
#define SPINS_BEFORE_YIELD 200

static int fd = -1;
static uint64_t buffer[BUFFER_WORDS];
static size_t used;
static bool silent;
static bool threaded; /* written while there is one thread */
static atomic_flag lock_flag = ATOMIC_FLAG_INIT;

_Noreturn void stream_fail(const char* what) {
  fprintf(stderr, "mmusim capture: %s\n", what);
  _exit(125);
}

static void fall_silent(void) {
  silent = true;
  close(fd);
}

bool stream_open(int descriptor) {
  const int wanted[] = {1000, 200, 20};
  for (size_t i = 0; fd < 0 && i < sizeof wanted / sizeof *wanted; ++i) {
    fd = fcntl(descriptor, F_DUPFD_CLOEXEC, wanted[i]);
  }
  if (fd < 0) return false;
  close(descriptor);
  return pthread_atfork(NULL, NULL, fall_silent) == 0;
}

void stream_expect_threads(void) { threaded = true; }

bool stream_is_silent(void) { return silent; }

void stream_lock(void) {
  if (!threaded) return;
  unsigned spins = 0;
  while (atomic_flag_test_and_set_explicit(&lock_flag, memory_order_acquire)) {
    if (++spins < SPINS_BEFORE_YIELD) continue;
    spins = 0;
    sched_yield();
  }
}

void stream_unlock(void) {
  if (threaded) atomic_flag_clear_explicit(&lock_flag, memory_order_release);
}

void stream_flush(void) {
  const char* from = (const char*)buffer;
  size_t left = used * sizeof *buffer;
  used = 0;
  while (left > 0) {
    const ssize_t done = write(fd, from, left);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) stream_fail("the trace cannot be written on");
    from += done;
    left -= (size_t)done;
  }
}

void stream_put(const uint64_t* words, size_t count) {
  if (used + count > BUFFER_WORDS) stream_flush();
  memcpy(buffer + used, words, count * sizeof *words);
  used += count;
}

void stream_put_text(const char* text, size_t bytes) {
  for (; bytes > 0; text += 8) {
    uint64_t word = 0;
    const size_t part = bytes < 8 ? bytes : 8;
    memcpy(&word, text, part);
    stream_put(&word, 1);
    bytes -= part;
  }
}
