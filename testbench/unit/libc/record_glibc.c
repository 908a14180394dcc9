/* Runs the sequence on the C library of this machine and prints what came out: the offset of each
 * block from the start of the heap; "mapping" if it lies elsewhere.
 *   gcc -O1 -I. -x c testbench/unit/libc/record_glibc.c && ./a.out SEED LOG2 STEPS [all] */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "testbench/unit/libc/glibc_sequence.hpp"

static char buffer[1 << 16];

int main(int argc, char** argv) {
  (void)argc;
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  struct Sequence sequence = {strtoull(argv[1], NULL, 10), strtoull(argv[2], NULL, 10), {0}};
  const unsigned long steps = strtoul(argv[3], NULL, 10);
  const uint64_t heap = (uint64_t)sbrk(0);
  uint64_t hash = 0xcbf29ce484222325u;
  for (unsigned long i = 0; i < steps; ++i) {
    const struct SequenceStep step = next_step(&sequence);
    void* const old = (void*)sequence.slots[step.slot];
    void* now = NULL;
    if (step.call == 'm') now = malloc(step.bytes);
    if (step.call == 'c') now = calloc(1, step.bytes);
    if (step.call == 'a') now = memalign(step.alignment, step.bytes);
    if (step.call == 'r') now = realloc(old, step.bytes);
    if (step.call == 'f') free(old);
    sequence.slots[step.slot] = (uint64_t)now;
    const uint64_t top = (uint64_t)sbrk(0);
    uint64_t offset = (uint64_t)now - heap;
    if (now == NULL) offset = 0;
    if (now != NULL && ((uint64_t)now < heap || (uint64_t)now >= top)) offset = 1; /* a mapping */
    hash = fnv1a(fnv1a(hash, offset), top - heap);
    if (argc > 4) {
      printf("%lu %c %lu %lu: %#lx %#lx\n", i, step.call, step.bytes, step.alignment, offset,
             top - heap);
    }
  }
  printf("{%s, %s, %s, 0x%016lx},\n", argv[1], argv[2], argv[3], hash);
  return 0;
}
