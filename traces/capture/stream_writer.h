/* Words of the stream, in one order for all threads, through one buffer to a file descriptor. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream_layout.h"

static inline uint64_t capture_word(unsigned kind, unsigned code, uint64_t value) {
  return (value & ((UINT64_C(1) << CAPTURE_VALUE_BITS) - 1)) |
         (uint64_t)kind << CAPTURE_KIND_SHIFT | (uint64_t)code << CAPTURE_CODE_SHIFT;
}

/* Takes over `descriptor` and moves it to where the traced program is unlikely to close it. */
bool stream_open(int descriptor);

/* Called by a thread before it starts the second one: from now on there is a lock to take. */
void stream_expect_threads(void);

/* True in a child after fork: it writes nothing, and the descriptor is closed there. */
bool stream_is_silent(void);

/* Between lock and unlock words of one thread stay together. The holder may call what follows. */
void stream_lock(void);
void stream_unlock(void);
void stream_put(const uint64_t* words, size_t count);
/* `bytes` bytes of text, filled up with zeros to whole words. */
void stream_put_text(const char* text, size_t bytes);
/* Hands on what the buffer holds. */
void stream_flush(void);

/* One line on stderr, then the end of the program: a trace with a hole would be worse. */
_Noreturn void stream_fail(const char* what);
