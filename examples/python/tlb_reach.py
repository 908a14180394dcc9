#!/usr/bin/env python3
"""How many pages does the DTLB reach? Chases pointers through ever more pages, by traces that are
made here as arrays and stand in no file. Needs the extension (docs/python.md).

usage: tlb_reach.py [MACHINE]
"""
import sys

import mmusim
import numpy

PAGE = 4096
ACCESSES = 8192


def chase(pages):
    """Loads from so many pages in turn, one of each; each address comes from the load before."""
    order = numpy.random.default_rng(1).permutation(pages)
    turns = numpy.resize(order, ACCESSES).astype(numpy.uint64)
    # Another cache line of each page, or all would share the sets of the caches.
    addresses = numpy.uint64(0x10000000) + turns * numpy.uint64(PAGE) + turns % 64 * numpy.uint64(64)
    return mmusim.Trace(addresses, "load", depends_on=1, name=f"chase-{pages}")


def main():
    machine = sys.argv[1] if len(sys.argv) > 1 else "research-baseline"
    entries = mmusim.machine(machine)["mmu"]["dtlb"]["entries"]
    reach = 0
    for pages in (entries // 2, entries, entries + 1, 2 * entries, 4 * entries):
        # The first turn fills the TLB.
        result = mmusim.run(machine, chase(pages), warmup=pages)
        misses = result["mmu.dtlb.misses"]
        print(f"{pages:5} pages {result['cpi']:8.2f} cycles a load {misses:6} misses")
        if misses == 0:
            reach = pages
    print(f"first misses with more than {reach} pages: the DTLB has {entries} entries")


if __name__ == "__main__":
    main()
