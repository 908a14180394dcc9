#!/usr/bin/env python3
"""Plants single faults, drawn by seed, in the code of translation and counts how many of them the
tests catch; docs/mutation.md. Works in build/mutation; nothing of the sources is touched."""
import argparse
import json
import os
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts" / "mutation"))
from faults import faults_in  # noqa: E402
from judgement import Test, judge_all, try_without_faults  # noqa: E402
from program import PLANTED, Program  # noqa: E402
from report import page, summary  # noqa: E402

WHERE = ("hw/mmu/*.cpp", "hw/mmu/*.hpp", "hw/arch/walk.cpp", "hw/arch/walk.hpp",
         "hw/arch/rights.hpp", "hw/arch/software_interface.hpp", "hw/arch/page_table_format.cpp",
         "hw/common/set_assoc.hpp", "hw/common/replacement.hpp", "hw/common/ports.hpp")
LABELS = ("unit", "module", "system", "conformance", "fuzz", "golden")
SUITES = ("arch_test", "mmu_unit_test", "mmu_module_test", "conformance_test", "knobs_test",
          "reference_compare_test", "fuzz_test", "attribution_test", "laws_test", "presets_unit_test",
          "mmusim")
WANTED = 0.95


def all_faults(root):
    files = sorted({path for pattern in WHERE for path in root.glob(pattern)})
    return [fault for path in files for fault in
            faults_in(str(path.relative_to(root)), path.read_text(encoding="utf-8"))]


def order_of_drawing(everything, seed):
    """Numbers of all faults, by chance, but each by its own text: elsewhere the code may change."""
    seen = Counter()
    ranks = []
    for number, fault in enumerate(everything):
        text = (fault.file, fault.before, fault.after)
        seen[text] += 1
        ranks.append((sha256(repr((seed, *text, seen[text])).encode()).digest(), number))
    return [number for _, number in sorted(ranks)]


def draw(program, everything, count, seed):
    """number -> Fault: `count` of `everything` that compile. One that does not is none, and the
    next in the order of drawing takes its place."""
    order = order_of_drawing(everything, seed)
    drawn, rest = order[:count], order[count:]
    while True:
        program.write({number: everything[number] for number in sorted(drawn)})
        program.configure()
        bad = program.compile_targets(PLANTED) or program.compile_targets(SUITES)
        if not bad:
            return {number: everything[number] for number in sorted(drawn)}
        print(f"{len(bad)} do not compile and are drawn again", flush=True)
        drawn = [number for number in drawn if number not in bad] + rest[:len(bad)]
        rest = rest[len(bad):]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=120, help="faults to draw")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("MMUSIM_JOBS", 0))
                        or os.cpu_count())
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "mutation")
    parser.add_argument("--only", type=int, nargs="*", help="judge these numbers alone")
    parser.add_argument("--list", action="store_true", help="list every fault that can be drawn")
    return parser.parse_args()


def main():
    args = arguments()
    everything = all_faults(ROOT)
    if args.list:
        for number, fault in enumerate(everything):
            print(f"{number} {fault.file}:{fault.line} {fault.kind}\n  - {fault.before}\n"
                  f"  + {fault.after}")
        return 0
    program = Program(ROOT, args.folder, args.jobs)
    faults = draw(program, everything, args.count, args.seed)
    tests = [Test(*test) for test in program.tests(LABELS)]
    print(f"{len(faults)} of {len(everything)} faults planted; {len(tests)} tests", flush=True)
    try_without_faults(tests, args.folder, args.jobs)

    def tell(number, result):
        fault = faults[number]
        print(f"{number} {fault.file}:{fault.line}: "
              f"{' '.join(result) if result else 'SURVIVES'}", flush=True)

    judged = [number for number in faults if args.only is None or number in args.only]
    results = judge_all(judged, tests, args.jobs, tell)
    known = json.loads((ROOT / "scripts" / "mutation" / "harmless.json").read_text())
    head = f"Seed {args.seed}; {len(everything)} faults can be drawn; {len(tests)} tests."
    report = args.folder / "report.md"
    report.write_text(page(faults, results, known, head), encoding="utf-8")
    counts = summary(faults, results, known)
    print(f"mutate.py: {counts['drawn']} drawn, {counts['caught']} caught, "
          f"{counts['harmless']} survive and are known to change nothing, "
          f"{counts['survived']} survive; {report}")
    return 0 if counts["caught"] >= WANTED * (counts["drawn"] - counts["harmless"]) else 1


if __name__ == "__main__":
    sys.exit(main())
