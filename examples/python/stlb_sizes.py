#!/usr/bin/env python3
"""How large should the STLB be? Sweeps its size over a trace and prints what each size costs.

usage: stlb_sizes.py TRACE [INSTRUCTIONS]
"""
import sys

import mmusim


def main():
    trace = sys.argv[1]
    instructions = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    frame = mmusim.sweep(trace, "research-baseline", instructions=instructions,
                         axes={"mmu.stlb.entries": [384, 768, 1536, 3072]})
    frame = frame.set_index("mmu.stlb.entries")
    frame["cycles against 1536"] = frame["cycles"] / frame["cycles"][1536] - 1
    print(frame[["cycles", "stlb_mpki", "walk_latency", "cycles against 1536"]].to_string())
    best = frame["cycles"].idxmin()
    print(f"fewest cycles: {best} entries")

    # The same machine once more, to look into the run.
    result = mmusim.run("research-baseline", trace, set={"mmu.stlb.entries": best},
                        instructions=instructions)
    print(result)
    print(f"{result['translation_share']:.1%} of the cycles are due to translation; half of the "
          f"walks take at most {result.walk_latency['cycles'][49]} cycles")


if __name__ == "__main__":
    main()
