"""Damages traces in many ways and demands that mmusim says so. Usage: damage_traces.py MMUSIM FOLDER

For each trace of FOLDER: cut at many lengths, bits turned, stretches zeroed. Each must end with
exit status 3 and a message, or, where the damage lies in bytes that carry nothing, with 0. Anything
else, such as a signal or a sanitizer's report, is a failure. MMUSIM_DAMAGES: cases a trace (300).
"""
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path


def damages(data, count):
    dice = random.Random(1)
    yield "empty", b""
    for _ in range(count):
        at = dice.randrange(len(data))
        kind = dice.randrange(3)
        if kind == 0:
            yield f"cut to {at} bytes", data[:at]
        elif kind == 1:
            bit = dice.randrange(8)
            yield f"bit {bit} of byte {at} turned", (
                data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1:])
        else:
            end = min(len(data), at + dice.randrange(1, 4096))
            yield f"bytes {at} to {end} zeroed", data[:at] + bytes(end - at) + data[end:]


def verdict(mmusim, file):
    """None if all is well, else what went wrong; and whether the damage was noticed."""
    try:
        done = subprocess.run([mmusim, "trace", "check", str(file)], capture_output=True,
                              text=True, errors="replace", timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return "does not end", False
    if "Sanitizer" in done.stderr or "runtime error" in done.stderr:
        return done.stderr[-2000:], False
    if done.returncode not in (0, 3):
        return f"exit status {done.returncode}: {done.stderr[-500:]}", False
    if done.returncode == 3 and not done.stderr.strip():
        return "exit status 3 without a message", False
    return None, done.returncode == 3


def main(mmusim, folder):
    failures = cases = noticed = 0
    traces = [p for p in sorted(Path(folder).iterdir()) if p.suffix not in (".md", ".txt")]
    with tempfile.TemporaryDirectory() as scratch:
        for trace in traces:
            data = trace.read_bytes()
            copy = Path(scratch) / trace.name
            for what, damaged in damages(data, int(os.environ.get("MMUSIM_DAMAGES", "300"))):
                copy.write_bytes(damaged)
                problem, seen = verdict(mmusim, copy)
                cases += 1
                noticed += seen
                if problem:
                    failures += 1
                    print(f"{trace}, {what}: {problem}")
    print(f"damage: {cases} cases, {noticed} noticed, {failures} wrong")
    return 1 if failures or not noticed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
