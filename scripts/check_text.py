"""Fails on text that has no place in the repository. Usage: check_text.py ROOT

Looked at: every text file that git tracks or would track; without git, every file below ROOT. Not
third_party/, which others have written.
"""
import re
import subprocess
import sys
from pathlib import Path

MAX_LINES = 400
SOURCES = {".hpp", ".cpp", ".py", ".sh", ".cmake", ".sv"}
# What -> pattern. Spelled so that this file does not find itself.
FORBIDDEN = {
    "a path of one machine": r"(^|[^A-Za-z0-9_.$}])/(w[o]rk|f[a]rm|r[o]ot|h[o]me|t[m]p)/[a-z]",
    "a package registry's host": r"(de[b]\.debian|regi[s]try\.npmjs|pypi\.o[r]g|artif[a]ctory"
                                 r"|pr[o]xy\.golang|localh[o]st:\d)",
    "work left open": r"\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b|\bnot impl[e]mented\b",
    "a test switched off": r"DIS[A]BLED_|GTEST_S[K]IP",
    "a word about who wrote it": r"\b([Hh]elp[e]rs?|[Ss]ub-?ag[e]nts?)\b",
}
# What Valgrind wrote, in samples and quoted in tests, names files of the traced program.
QUOTED = re.compile(r"SYSCALL\[")
PATTERNS = {what: re.compile(pattern) for what, pattern in FORBIDDEN.items()}


def files(root):
    git = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others",
                          "--exclude-standard"], capture_output=True, text=True, check=False)
    names = git.stdout.split("\n") if git.returncode == 0 else [
        p.relative_to(root).as_posix() for p in sorted(root.rglob("*"))
        if p.relative_to(root).parts[0] not in ("build", "out")]
    return [root / name for name in names
            if name and not name.startswith("third_party/") and (root / name).is_file()]


def problems(root):
    for file in files(root):
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a trace, a picture
        name = file.relative_to(root).as_posix()
        if file.suffix in SOURCES and len(lines) > MAX_LINES:
            yield f"{name}: {len(lines)} lines, more than {MAX_LINES}: find the second subject"
        for number, line in enumerate(lines, 1):
            if QUOTED.search(line):
                continue
            for what, pattern in PATTERNS.items():
                if pattern.search(line):
                    yield f"{name}:{number}: {what}: {line.strip()[:80]}"


if __name__ == "__main__":
    top = Path(sys.argv[1])
    found = list(problems(top))
    count = len(files(top))
    print("\n".join(found) or f"text: ok ({count} files)")
    sys.exit(bool(found) or count == 0)
