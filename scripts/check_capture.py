"""Captures real programs by qemu and by Valgrind, and holds the traces against each other and against
what the programs do. Usage: check_capture.py MMUSIM. Packages: scripts/setup.sh --with-capture."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "testbench/system/capture"
MMUSIM = Path(sys.argv.pop(1)).resolve()
COMPILERS = {"x86-64": "gcc", "riscv64": "riscv64-linux-gnu-gcc", "aarch64": "aarch64-linux-gnu-gcc"}
MACHINES = {"x86-64": "skylake", "riscv64": "rocket", "aarch64": "cortex-a53"}
RECORD = re.compile(r" *\d+  (\w+) +(0x[0-9a-f]+) (\d+)")


class Capture(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def done(self, *words, status=0):
        done = subprocess.run([str(w) for w in words], cwd=self.folder, text=True,
                              capture_output=True, env={**os.environ, "MMUSIM": str(MMUSIM)},
                              timeout=600, check=False)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}\n{done.stderr}")
        return done

    def build(self, source, *flags, arch="x86-64"):
        self.done(COMPILERS[arch], "-O1", *flags, "-o", f"{source}-{arch}", SOURCES / f"{source}.c")
        return f"./{source}-{arch}"

    def capture(self, *words, status=0):
        return self.done(ROOT / "scripts/capture.sh", "-o", "t.mmt", "--clean-env", *words,
                         status=status)

    def info(self, pattern):
        text = self.done(MMUSIM, "trace", "info", "t.mmt").stdout
        return re.search(pattern, text).group(1)

    def instructions(self):
        """The accesses of the trace, and what was done between them, by instruction."""
        text = self.done(MMUSIM, "trace", "head", "-n", 10**9, "t.mmt").stdout
        instructions, calls = [], []
        for line in text.splitlines():
            found = RECORD.match(line)
            if found is None:
                calls.append(line.strip().split("  thread")[0])
                continue
            access = (found[1], int(found[2], 16), int(found[3]))
            if access[0] == "fetch":
                instructions.append([access])
            else:
                instructions[-1].append(access)
        return instructions, calls


class AgainstLackey(Capture):
    def test_same_instructions_and_accesses(self):
        program = self.build("plain", "-static", "-nostdlib", "-fno-stack-protector")
        traces = []
        for by in ("qemu", "valgrind"):
            done = self.capture("--by", by, program)
            self.assertIn("ended with status 5", done.stderr)
            self.done(MMUSIM, "run", "--check", "t.mmt")
            traces.append(self.instructions())
        (ours, our_calls), (theirs, their_calls) = traces
        self.assertEqual(len(ours), len(theirs))
        self.assertGreater(len(ours), 10_000)
        bases = {}  # of stack, mmap's area, heap: by their distance, which stays the same
        for number, (our, their) in enumerate(zip(ours, theirs)):
            # Of an atomic instruction lackey tells the load, and then the modify.
            their = [a for i, a in enumerate(their)
                     if not (a[0] == "load" and ("modify", *a[1:]) in their[i + 1:])]
            self.assertEqual([(a[0], a[2]) for a in our], [(a[0], a[2]) for a in their],
                             f"instruction {number}: {our} {their}")
            self.assertEqual(our[0], their[0], f"instruction {number}")
            for a, b in zip(our[1:], their[1:]):
                if a[1] != b[1]:
                    bases.setdefault(a[1] - b[1], number)
        self.assertEqual(len(bases), 3, f"stack, mmap and brk: {bases}")
        names = [[call.split("(")[0] for call in calls] for calls in (our_calls, their_calls)]
        self.assertEqual(names[0][:4], names[1][:4])
        self.assertEqual(names[0][:4], ["-- mmap", "-- munmap", "-- brk", "-- brk"])


class Programs(Capture):
    def walkers(self, arch, *flags):
        program = self.build("walkers", "-pthread", *flags, arch=arch)
        done = self.capture(program)
        self.assertEqual(done.stdout.splitlines()[0], "4032")
        self.assertIn("ended with status 7", done.stderr)
        self.assertEqual(self.info("threads +(.*)"), "3")
        self.assertEqual(self.info("architecture +(.*),"), arch)
        self.assertIn("munmap", self.info("events +(.*)"))
        self.done(MMUSIM, "run", "--check", "-m", MACHINES[arch], "-o", "out", "t.mmt")
        return self.info("addresses +(.*)")

    def test_threads_of_x86(self):
        self.walkers("x86-64")

    def test_threads_of_riscv_fit_sv39(self):
        self.assertIn("sv39", self.walkers("riscv64", "-static"))
        self.assertIn("sv39", self.walkers("riscv64"))

    def test_threads_of_aarch64(self):
        self.walkers("aarch64", "-static")
        self.walkers("aarch64")

    def test_two_captures_differ_in_process_numbers_only(self):
        program = self.build("endings", "-static", arch="riscv64")
        texts = []
        for _ in range(2):
            self.capture(program)
            instructions, calls = self.instructions()
            texts.append((instructions, [c for c in calls if "call 96(" not in c]))
        self.assertEqual(*texts)


class Endings(Capture):
    def test_the_limit_is_exact(self):
        program = self.build("plain", "-static", "-nostdlib", "-fno-stack-protector")
        for by in ("qemu", "valgrind"):
            self.capture("--by", by, "-n", 1234, program)
            self.assertEqual(self.info("instructions +(.*)"), "1234")

    def test_a_crash_keeps_what_came_before(self):
        done = self.capture(self.build("endings"), "crash", status=3)
        self.assertIn("was ended by signal 11", done.stderr)
        self.assertGreater(int(self.info("instructions +(.*)")), 10_000)

    def test_abort_loses_nothing(self):
        done = self.capture(self.build("endings"), "abort", status=3)
        self.assertIn("was ended by signal 6", done.stderr)
        self.assertEqual(self.instructions()[0][-1][0][2], 2, "the bytes of syscall, for tgkill")

    def test_exec_ends_the_trace_and_is_no_error(self):
        done = self.capture(self.build("endings"), "exec")
        self.assertIn("ended with status 0", done.stderr)

    def test_a_child_is_not_in_the_trace(self):
        program = self.build("endings")
        done = self.capture(program, "fork")
        self.assertIn("ended with status 3", done.stderr)
        self.assertLess(int(self.info("instructions +(.*)")), 1_000_000)


if __name__ == "__main__":
    unittest.main()
