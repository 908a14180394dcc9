"""Whatever is wrong has a message, the right exit status, and loses nothing already computed."""
import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

from support import MMUSIM, CommandTest, random_lines, write_lackey


class BadTraces(CommandTest):
    def fails(self, name, *wanted):
        done = self.mmusim("run", "-o", "r", name, status=3)
        for text in (name, *wanted):
            self.assertIn(text, done.stderr)
        return done

    def test_missing(self):
        self.fails("none.mmt")
        self.assertFalse((self.folder / "r").exists())

    def test_empty(self):
        (self.folder / "empty").write_bytes(b"")
        self.fails("empty")

    def test_neither_format(self):
        (self.folder / "text").write_text("I am no trace.\nNot at all.\n")
        self.fails("text")

    def test_log_that_ends_in_the_middle_of_a_line(self):
        write_lackey(self.folder / "t", random_lines(100))
        text = (self.folder / "t").read_text()
        (self.folder / "cut").write_text(text[:text.rindex(" L") + 8])
        self.fails("cut", "line")

    def test_truncated(self):
        data = self.bytes_of(self.trace())
        (self.folder / "cut.mmt").write_bytes(data[:len(data) // 2])
        self.fails("cut.mmt")

    def test_damage_in_the_middle_keeps_what_came_before(self):
        # More than one block of 65,536 records, so that the first is whole.
        data = bytearray(self.bytes_of(self.trace(lines=random_lines(150_000))))
        data[int(len(data) * 0.7)] ^= 0xff
        (self.folder / "bad.mmt").write_bytes(data)
        done = self.fails("bad.mmt", "partial results in r")
        result = self.result("r")
        self.assertEqual((result["outcome"], result["partial"]), ("input-error", True))
        self.assertGreater(result["counters"]["cpu"]["records"], 60_000)
        self.assertIn("PARTIAL  input-error", done.stdout)
        self.assertIn("input-error", (self.folder / "r/log.txt").read_text())

    def test_address_that_the_format_cannot_express(self):
        # Bit 40 set: too high for sv39, fine for sv48.
        trace = self.trace(lines=["I  00401000,4", " L 10000000000,8"])
        done = self.mmusim("run", "-m", "cva6", "-o", "r", trace, status=3)
        self.assertIn("sv48", done.stderr)
        self.mmusim("run", "-m", "cva6", "--set", "mmu.format=sv48", trace)


class SimulatedErrors(CommandTest):
    def test_segmentation_fault_shows_the_areas_and_keeps_the_rest(self):
        lines = list(random_lines(1000))
        lines += ["SYSCALL[7,1](11) sys_munmap ( 0x10000000, 1536000 )[sync] --> Success(0x0)",
                  " L 10000010,8"]
        # The area that this trace has above the address is its stack; it does not grow down to it.
        done = self.mmusim("run", "-o", "r", "--set", "os.stack_bytes=4KiB",
                           self.trace(lines=lines), status=1)
        self.assertIn("egmentation fault", done.stderr)
        self.assertIn("0x10000010", done.stderr)
        self.assertIn("partial results in r", done.stderr)
        result = self.result("r")
        self.assertEqual((result["outcome"], result["partial"]), ("simulated-error", True))
        self.assertGreaterEqual(result["counters"]["cpu"]["accesses"], 500)

    def test_memory_exhausted(self):
        done = self.mmusim("run", "-o", "r", "--set", "os.memory_bytes=1MiB",
                           self.trace(lines=random_lines(4000, pages=1500)), status=1)
        self.assertIn("memory", done.stderr)
        self.assertTrue(self.result("r")["partial"])

    def test_watchdog_ends_with_4_and_explains(self):
        # A first read from DRAM alone takes more than 20 cycles.
        done = self.mmusim("run", "-o", "r", "--watchdog", 20, self.trace(), status=4)
        self.assertTrue(self.result("r")["partial"])
        self.assertEqual(self.result("r")["outcome"], "internal-error")
        self.assertIn("partial results in r", done.stderr)


class Configuration(CommandTest):
    def fails(self, *words, wanted):
        self.assertIn(wanted, self.mmusim(*words, status=2).stderr)

    def test_machine_files(self):
        trace = self.trace()
        for text, wanted in (
                ("[mmu.stlb]\nentrys = 4\n", 'm.toml:2:1: unknown key "mmu.stlb.entrys"; did you '
                                             'mean "mmu.stlb.entries"?'),
                ("[mmu]\nwalker.count = \"two\"\n", "m.toml:2:16: mmu.walker.count = \"two\""),
                ("cpu.window = 0\n", "m.toml:1:14: cpu.window = 0: must be 1..4096 accesses"),
                ("[mmu.dtlb]\nways = 3\n", "m.toml:2:8: mmu.dtlb.ways = 3 does not divide")):
            (self.folder / "m.toml").write_text(text)
            self.fails("run", "-m", "m.toml", trace, wanted=wanted)
            self.fails("machine", "check", "m.toml", wanted=wanted)

    def test_settings(self):
        trace = self.trace()
        self.fails("run", "--set", "mmu.walker.cuont=1", trace, wanted='"mmu.walker.count"?')
        self.fails("run", "-m", "skylak", trace, wanted='did you mean "skylake"?')
        self.fails("run", "--log", "wlker=debug", trace, wanted="sources: run, cpu")
        self.fails("run", "--interval", 5, trace, wanted="-o")
        self.fails("run", wanted="TRACE is required")

    def test_output_directory_with_something_else(self):
        trace = self.trace()
        (self.folder / "home").mkdir()
        (self.folder / "home/precious").write_text("text")
        self.fails("run", "-o", "home", trace, wanted="holds no result")
        self.fails("sweep", "-o", "home", trace, wanted="holds no sweep")
        self.assertEqual((self.folder / "home/precious").read_text(), "text")

    def test_results_that_are_none(self):
        done = self.mmusim("compare", "none", "nothing", status=3)
        self.assertIn("none: no result here", done.stderr)


class Interrupted(CommandTest):
    """The trace lasts for seconds; the signal comes as soon as the run is under way."""

    def long_trace(self):
        return self.trace(lines=random_lines(500_000, pages=20_000))

    def cpu_seconds_of_run(self):
        """Of the process that writes a result to the side; 0 if there is none yet."""
        for beside in self.folder.glob("**/.*.partial-*"):
            try:
                stat = Path("/proc", beside.name.rsplit("-", 1)[1], "stat").read_text()
            except FileNotFoundError:
                continue
            return sum(map(int, stat.rsplit(") ", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")
        return 0

    def cpu_seconds_to_begin(self, trace):
        """Of a run that ends at once: with sanitizers that takes most of a second."""
        before = os.times()
        self.mmusim("run", "--instructions", 1, trace)
        after = os.times()
        return (after.children_user + after.children_system - before.children_user -
                before.children_system)

    def interrupted(self, number, *words):
        begun = self.cpu_seconds_to_begin(words[-1]) + 0.3
        process = subprocess.Popen([MMUSIM, *words], cwd=self.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + 60
        while self.cpu_seconds_of_run() < begun and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1, out + err)
        return out, err

    def test_run_keeps_what_it_has(self):
        trace = self.long_trace()
        for number in (signal.SIGINT, signal.SIGTERM):
            out, err = self.interrupted(number, "run", "--no-run-ahead", "-o", "r", trace)
            self.assertIn("interrupted; partial results in r", err)
            self.assertIn("PARTIAL  interrupted", out)
            result = self.result("r")
            self.assertEqual((result["outcome"], result["partial"]), ("interrupted", True))
            counters = result["counters"]["cpu"]
            self.assertGreater(counters["accesses"], 0)
            self.assertLess(counters["records"], 500_000)
            self.assertEqual(sum(result["cycle_stack"].values()), counters["cycles"])

    def test_sweep_stops_and_goes_on(self):
        trace = self.long_trace()
        words = ("sweep", "-j", "1", "-o", "s", "--set", "seed=1,2", "--no-run-ahead", trace)
        out, err = self.interrupted(signal.SIGINT, *words)
        self.assertIn("the same command goes on", err)
        self.assertIn("not run", out)
        self.assertTrue(self.result("s/seed=1")["partial"])
        self.assertIn("done", self.mmusim(*words).stdout)
        self.assertFalse(self.result("s/seed=1")["partial"])


if __name__ == "__main__":
    unittest.main()
