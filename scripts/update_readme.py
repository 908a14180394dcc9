"""Puts the output of the demo's commands into README.md, between its output markers.

usage: scripts/update_readme.py [--check] [PROGRAM]; PROGRAM is build/release/mmusim by default.
With --check nothing is written: status 1 if README.md shows something else than the program does.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- output:begin -->\n", "<!-- output:end -->"
TRACE = "traces/samples/sort.mmt"
COMMANDS = [
    ["run", "-m", "research-baseline", "-o", "out/demo/baseline", TRACE],
    ["run", "-m", "research-baseline", "--set", "mmu.dtlb.entries=16", "-o",
     "out/demo/small-dtlb", TRACE],
    ["compare", "out/demo/baseline", "out/demo/small-dtlb"],
]


def outputs(program):
    """What each command prints, run in a folder of its own that sees the sample."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "traces").symlink_to(ROOT / "traces")
        return [subprocess.run([program, *command], cwd=folder, text=True, check=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
                for command in COMMANDS]


def section(program):
    first, _, last = outputs(program)
    run, small, compare = (" ".join(command) for command in COMMANDS)
    return (f"```\n$ mmusim {run}\n{first}```\n\n"
            f"And a smaller DTLB on the same trace, compared:\n\n"
            f"```\n$ mmusim {small}\n$ mmusim {compare}\n{last}```\n")


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    program = str(Path(arguments[0] if arguments else ROOT / "build/release/mmusim").resolve())
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    new = head + BEGIN + section(program) + END + rest.split(END)[1]
    if new == text:
        return 0
    if "--check" in sys.argv:
        print("README.md shows another output than the program; run scripts/update_readme.py")
        return 1
    readme.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
