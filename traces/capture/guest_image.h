/* What the traced program's address space holds before its first instruction. */
#pragma once

#include <stdint.h>

/* Writes one area mark for each mapping among host addresses [base, base + span), as guest
   addresses. Requires the stream's lock. */
void put_guest_image(uint64_t base, uint64_t span);
