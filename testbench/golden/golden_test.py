"""Runs that must not change: the first 300,000 instructions of traces/samples/sort.mmt on three
machines, counter by counter. When numbers move on purpose: scripts/update_golden.py, in the same
commit, whose message says which numbers moved, by how much and why.

golden_test.py PROGRAM PRESET...   compares, printing what differs first
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TRACE = HERE.parents[1] / "traces" / "samples" / "sort.mmt"
PRESETS = ("research-baseline", "champsim-default", "cva6")
INSTRUCTIONS = 300_000
SHOWN = 20
# No simulated figures: a new version, or a new knob, is no change of these numbers.
LEFT_OUT = ("mmusim", "machine")


def golden_file(preset):
    return HERE / f"{preset}.json"


def simulate(program, preset):
    """The result of the run, as it is compared. Raises CalledProcessError if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "run", "-m", preset, "--instructions", str(INSTRUCTIONS), "-o",
                        f"{folder}/out", TRACE], check=True, stdout=subprocess.DEVNULL)
        result = json.loads(Path(folder, "out", "result.json").read_text())
    return {key: value for key, value in result.items() if key not in LEFT_OUT}


def flat(value, path=""):
    """(path, value) of every leaf, in order."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from flat(inner, f"{path}[{i}]")
    else:
        yield path, value


def differences(golden, now):
    """One line for each leaf that is not the same, in the order of the result."""
    old, new = dict(flat(golden)), dict(flat(now))
    for path in dict.fromkeys([*old, *new]):
        if path not in new:
            yield f"{path}: gone, was {old[path]}"
        elif path not in old:
            yield f"{path}: new, {new[path]}"
        elif old[path] != new[path]:
            yield f"{path}: {old[path]} before, {new[path]} now"


def main():
    program, *wanted = sys.argv[1:]
    failed = False
    for preset in wanted or PRESETS:
        golden = json.loads(golden_file(preset).read_text())
        lines = list(differences(golden, simulate(program, preset)))
        if not lines:
            continue
        failed = True
        print(f"{preset}: {len(lines)} figures differ")
        print("\n".join("  " + line for line in lines[:SHOWN]))
    if failed:
        print("If they are meant to: scripts/update_golden.py, and say why in the commit.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
