// A program to capture: two threads, each with 64 pages of its own, which it writes and reads page
// by page and gives back. Prints the sum; ends with status 7.
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

enum { kPages = 64, kPageBytes = 4096 };

static pthread_barrier_t both_are_there;

static void* walk(void* unused) {
  pthread_barrier_wait(&both_are_there);
  char* area = mmap(NULL, kPages * kPageBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  volatile char* pages = area;
  for (int i = 0; i < kPages; ++i) pages[i * kPageBytes] = (char)i;
  long sum = 0;
  for (int i = kPages; i > 0; --i) sum += pages[(i - 1) * kPageBytes];
  munmap(area, kPages * kPageBytes);
  (void)unused;
  return (void*)sum;
}

int main(void) {
  pthread_t threads[2];
  long sum = 0;
  pthread_barrier_init(&both_are_there, NULL, 2);
  for (int i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, walk, NULL);
  for (int i = 0; i < 2; ++i) {
    void* part = NULL;
    pthread_join(threads[i], &part);
    sum += (long)part;
  }
  printf("%ld\n", sum);
  return 7;
}
