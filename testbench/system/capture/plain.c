// A program without a library, so that it is the same instructions under every tracer: all kinds of
// accesses that x86-64 has. Ends with status 5.
typedef unsigned long u64;

static u64 call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  u64 result;
  register u64 r10 __asm__("r10") = d;
  register u64 r8 __asm__("r8") = e;
  register u64 r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static char buffer[8192] __attribute__((aligned(64)));

static u64 fibonacci(u64 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

// Each value is used: Valgrind leaves out loads of values that are not.
static void accesses_of_all_widths(void) {
  __asm__ volatile(
      "addb (%0), %%al; addw 1(%0), %%ax; addl 3(%0), %%eax; addq 7(%0), %%rax;"
      "movups %%xmm0, (%0); movups 60(%0), %%xmm1; movaps %%xmm1, 16(%0);"
      "addl $1, 3(%0); incw 4094(%0); fldt 32(%0); fstpt 48(%0);"
      "lock addq $1, 80(%0); xchg %%rax, 64(%0); lock cmpxchg16b 128(%0);"
      "pushq 8(%0); popq 24(%0)"
      :
      : "r"(buffer)
      : "memory", "xmm0", "xmm1", "rax", "rbx", "rcx", "rdx");
}

static void repeated(void) {
  char* to = buffer + 4000;
  const char* from = buffer;
  u64 count = 300;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)::"memory");
  to = buffer + 1, count = 33;
  __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(0ul) : "memory");
  to = buffer, from = buffer + 100, count = 20;
  __asm__ volatile("repe cmpsb" : "+D"(to), "+S"(from), "+c"(count)::"memory", "cc");
  to = buffer, count = 0;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(0ul) : "memory");
}

void _start(void) {
  accesses_of_all_widths();
  repeated();
  const u64 sum = fibonacci(12);  // 144
  char* area = (char*)call(9, 0, 1 << 20, 3, 0x22, ~0ul, 0);
  for (u64 i = 0; i < 1 << 20; i += 512) area[i] = 1;
  call(11, (u64)area, 1 << 20, 0, 0, 0, 0);
  const u64 end = call(12, 0, 0, 0, 0, 0, 0);
  call(12, end + 8192, 0, 0, 0, 0, 0);
  *(char*)end = 1;
  call(231, sum - 139, 0, 0, 0, 0, 0);
}
