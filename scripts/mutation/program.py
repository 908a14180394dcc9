"""The copy of the sources with the faults planted: made, built, and the tests that it has."""
import json
import os
import re
import shutil
import subprocess

from plant import HEADER, numbers_in, planted

COPIED = ("CMakeLists.txt", "hw", "os_model", "sim", "traces", "testbench", "scripts", "docs",
          "third_party", "README.md")
# Built first: they include every file that faults are planted in, and ask the compiler for values.
PLANTED = ("mmu_arch", "mmu_mmu", "arch_test")
# It starts a browser, which is slow and sees nothing that the other tests do not.
NOT_ASKED = ("system/report",)
_FLAGS = "-O1 -w -Wno-narrowing -fpermissive -include {header}"
_PLACE = re.compile(r"^(?P<file>\S+?):(?P<line>\d+):\d+: (?:error|note): ", re.MULTILINE)


class Program:
    def __init__(self, root, folder, jobs):
        self.root, self.jobs = root, jobs
        self.source, self.build = folder / "source", folder / "build"

    def write(self, faults):
        """Brings the copy up to date, with `faults` (number -> Fault) planted; files that would
        remain as they are keep their times."""
        header = self.source / "mutant.hpp"
        self.source.mkdir(parents=True, exist_ok=True)
        _update(header, HEADER)
        by_file = {}
        for number, fault in faults.items():
            by_file.setdefault(fault.file, {})[number] = fault
        for name in COPIED:
            for path in sorted((self.root / name).rglob("*")) or [self.root / name]:
                to = self.source / path.relative_to(self.root)
                if path.is_dir() or "__pycache__" in path.parts:
                    continue
                to.parent.mkdir(parents=True, exist_ok=True)
                here = by_file.get(str(path.relative_to(self.root)))
                if here:
                    _update(to, planted(path.read_text(encoding="utf-8"), here))
                elif not to.exists() or to.read_bytes() != path.read_bytes():
                    shutil.copy2(path, to)

    def configure(self):
        flags = _FLAGS.format(header=self.source / "mutant.hpp")
        _run(["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja",
              "-DCMAKE_BUILD_TYPE=None", f"-DCMAKE_CXX_FLAGS={flags}"])

    def compile_targets(self, targets):
        """Numbers of the faults whose lines the compiler objects to; empty: all is built."""
        done = subprocess.run(["cmake", "--build", self.build, "--parallel", str(self.jobs),
                               "--target", *targets, "--", "-k", "0"],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return set()
        bad = self.concerned(done.stdout)
        if not bad:
            raise SystemExit("the build failed, and not by a fault:\n"
                             f"{done.stdout[-8000:]}{done.stderr[-2000:]}")
        return bad

    def concerned(self, output):
        """Numbers of the faults in the lines that the compiler's errors and notes name. One note
        too many costs nothing: another fault is drawn."""
        numbers = set()
        for place in _PLACE.finditer(output):
            path = self.build / place["file"]
            if path.exists():
                lines = path.read_text(encoding="utf-8").split("\n")
                numbers |= numbers_in(lines[int(place["line"]) - 1])
        return numbers

    def tests(self, labels):
        """[(name, command, environment)] of those with one of `labels` that have been built."""
        listed = _run(["ctest", "--test-dir", self.build, "--show-only=json-v1"])
        found = []
        for test in json.loads(listed)["tests"]:
            properties = {p["name"]: p["value"] for p in test.get("properties", [])}
            if "command" not in test or not set(properties.get("LABELS", [])) & set(labels):
                continue
            if test["name"] in NOT_ASKED or not os.path.exists(test["command"][0]):
                continue
            environment = dict(e.split("=", 1) for e in properties.get("ENVIRONMENT", []))
            found.append((test["name"], test["command"], environment))
        return found


def _update(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout
