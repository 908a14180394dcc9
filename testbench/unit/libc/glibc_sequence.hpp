/* A sequence of calls of malloc that depends on nothing but its own random numbers. C, so that a
 * program without a C++ library, whose start-up allocates, can run it too: record_glibc.c. */
#ifndef MMU_TESTBENCH_UNIT_LIBC_GLIBC_SEQUENCE_HPP
#define MMU_TESTBENCH_UNIT_LIBC_GLIBC_SEQUENCE_HPP

#include <stddef.h>
#include <stdint.h>

enum { kSequenceSlots = 600 };

struct Sequence {
  uint64_t state;        /* of SplitMix64 */
  uint64_t largest_log2; /* requests are up to 2^largest_log2 - 1 bytes */
  uint64_t slots[kSequenceSlots];
};

struct SequenceStep {
  char call; /* m: malloc, c: calloc, r: realloc, f: free, a: memalign */
  size_t slot;
  uint64_t bytes, alignment;
};

static inline uint64_t draw(struct Sequence* sequence) {
  uint64_t z = sequence->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* What is next; the caller does it, and writes what came out into the slot: 0 after free. */
static inline struct SequenceStep next_step(struct Sequence* sequence) {
  struct SequenceStep step;
  const uint64_t power = UINT64_C(1) << draw(sequence) % sequence->largest_log2;
  const uint64_t kind = draw(sequence) % 16;
  step.slot = draw(sequence) % kSequenceSlots;
  step.bytes = power + draw(sequence) % power;
  step.alignment = UINT64_C(32) << draw(sequence) % 8;
  if (sequence->slots[step.slot] == 0) {
    step.call = kind == 0 ? 'c' : kind == 1 ? 'a' : 'm';
  } else {
    step.call = kind < 2 ? 'r' : 'f';
  }
  return step;
}

/* FNV-1a of what came out, one number a step. */
static inline uint64_t fnv1a(uint64_t hash, uint64_t value) {
  for (int byte = 0; byte < 8; ++byte)
    hash = (hash ^ ((value >> (8 * byte)) & 0xff)) * 0x100000001b3u;
  return hash;
}

#endif
