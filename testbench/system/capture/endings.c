// A program that ends as it is told: crash, abort, exec, or after a child that does much.
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char** words) {
  const char* how = count > 1 ? words[1] : "";
  if (strcmp(how, "crash") == 0) *(volatile int*)16 = 1;
  if (strcmp(how, "abort") == 0) abort();
  if (strcmp(how, "exec") == 0) execl("/bin/true", "true", (char*)0);
  if (strcmp(how, "fork") == 0) {
    if (fork() == 0) {
      for (volatile int i = 0; i < 1000000; ++i) continue;
      execl("/bin/false", "false", (char*)0);
    }
    int status = 0;
    wait(&status);
    return WEXITSTATUS(status) + 2;
  }
  return 0;
}
