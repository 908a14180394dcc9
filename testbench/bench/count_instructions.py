"""How many instructions of the host the simulator needs for fixed small runs; docs/benchmarks.md.

count_instructions.py MMUSIM            compares with instructions.json; status 1 if one is off
count_instructions.py MMUSIM --record   writes that file anew

Counted by callgrind, and only while the simulated machine runs: not what loading, the command line
and results take. Unlike times these counts repeat, to a few in a million.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

RECORDED = pathlib.Path(__file__).with_name("instructions.json")
MOST_OFF = 0.02  # either way: what got faster is recorded too, or the next loss would hide in it

MACHINE = "champsim-default"
RUNS = {
    "hits": "sequential:bytes=16KiB,accesses=200K",
    "walks": "gups:bytes=64MiB,accesses=40K,map=populate",
    "faults": "stride:bytes=64MiB,stride=4KiB,accesses=4K",
}


def count(mmusim, program):
    """Instructions while Platform::run() is on the stack."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=mmu::Platform::run()",
             f"--callgrind-out-file={folder}/callgrind.out",
             mmusim, "run", "-m", MACHINE, program],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: status {done.returncode}\n{done.stderr}")
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def findings(recorded, measured):
    """Of each run that is off by more than is allowed, or known to one side only: what to say."""
    said = []
    for name in sorted(recorded.keys() | measured.keys()):
        if name not in recorded or name not in measured:
            said.append(f"{name}: not in " + ("the file" if name in measured else "the runs"))
            continue
        change = measured[name] - recorded[name]
        if abs(change) > MOST_OFF * recorded[name]:
            said.append(f"{name}: {measured[name]:,} instructions, recorded are "
                        f"{recorded[name]:,}: {change / recorded[name]:+.1%}")
    return said


def main():
    mmusim, *words = sys.argv[1:]
    measured = {name: count(mmusim, program) for name, program in RUNS.items()}
    for name, instructions in measured.items():
        print(f"{name:<8} {instructions:>13,} instructions")
    if words == ["--record"]:
        RECORDED.write_text(json.dumps(measured, indent=1) + "\n")
        return 0
    said = findings(json.loads(RECORDED.read_text()), measured)
    if said:
        print(*said, "If that is meant: count_instructions.py MMUSIM --record, and say why.",
              sep="\n")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
