"""The extension of the Python package: runs in this process, machines and knobs, traces of arrays."""
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import mmusim
import numpy

SAMPLE = Path(__file__).resolve().parents[3] / "traces/samples/sort.mmt"
SHORT = {"instructions": 20_000}
SLOW = {"no_run_ahead": True, "check": True}  # takes seconds


def command(*words):
    return subprocess.run([os.environ["MMUSIM_PROGRAM"], *map(str, words)], text=True,
                          capture_output=True, check=True).stdout


class ExtensionTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class InProcess(ExtensionTest):
    def test_files_are_the_bytes_that_the_command_writes(self):
        result = mmusim.run("rocket", SAMPLE, set={"os.huge_pages": True}, seed=7, skip=1000,
                            warmup=2000, interval=5000, why=3, out=self.folder / "here", **SHORT)
        out = command("run", "-m", "rocket", "--set", "os.huge_pages=true", "--set", "seed=7",
                      "--skip", 1000, "--warmup", 2000, "--interval", 5000, "--why", 3,
                      "--instructions", 20_000, "-o", self.folder / "there", SAMPLE)
        names = sorted(file.name for file in (self.folder / "there").iterdir())
        self.assertEqual(sorted(file.name for file in (self.folder / "here").iterdir()), names)
        self.assertIn("slowest.json", names)
        for name in names:
            if name != "host.json":
                self.assertEqual((self.folder / "here" / name).read_bytes(),
                                 (self.folder / "there" / name).read_bytes(), name)
        self.assertEqual(result.summary, out)
        self.assertEqual(result["seed"], 7)

    def test_no_process_is_started(self):
        program = os.environ.pop("MMUSIM_PROGRAM")
        self.addCleanup(os.environ.__setitem__, "MMUSIM_PROGRAM", program)
        os.environ["MMUSIM_PROGRAM"] = "/none"
        here = mmusim.run("cva6", SAMPLE, **SHORT)
        with self.assertRaisesRegex(mmusim.ConfigError, "/none"):
            mmusim.run("cva6", SAMPLE, in_process=False, **SHORT)
        os.environ["MMUSIM_PROGRAM"] = program
        there = mmusim.run("cva6", SAMPLE, in_process=False, **SHORT)
        self.assertEqual(here.json, there.json)
        self.assertEqual(here.summary, there.summary)

    def test_the_kernel_says_nothing_of_further_runs(self):
        script = ("import mmusim\n"
                  f"for _ in range(2): mmusim.run('cva6', '{SAMPLE}', warmup=9, instructions=9)")
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                              check=True)
        self.assertEqual(done.stdout + done.stderr, "")

    def test_intervals_need_no_directory(self):
        self.assertGreater(len(mmusim.run("cva6", SAMPLE, interval=5000, **SHORT).intervals), 2)

    def test_progress_is_told_while_other_threads_run(self):
        told, turns, ended = [], [0], threading.Event()

        def others():
            while not ended.is_set():
                turns[0] += 1
                ended.wait(0.001)

        thread = threading.Thread(target=others)
        thread.start()
        result = mmusim.run("cva6", SAMPLE, progress=lambda *done: told.append(done), **SLOW)
        ended.set()
        thread.join()
        self.assertGreater(len(told), 2)
        self.assertEqual(told, sorted(told))
        self.assertEqual(told[-1][1:], (result["cpu.instructions"], result["cycles"]))
        self.assertEqual(told[-1][0], result["cpu.records"])
        self.assertGreater(turns[0], 100)

    def test_what_progress_raises_ends_the_run(self):
        def stop(*_):
            raise KeyboardInterrupt

        def fail(*_):
            raise LookupError("mine")

        with self.assertRaises(mmusim.Interrupted) as caught:
            mmusim.run("cva6", SAMPLE, progress=stop, out=self.folder / "out", **SLOW)
        partial = caught.exception.result
        self.assertTrue(partial.partial)
        self.assertEqual(partial["outcome"], "interrupted")
        self.assertEqual(mmusim.read_result(self.folder / "out").json, partial.json)
        with self.assertRaisesRegex(LookupError, "mine"):
            mmusim.run("cva6", SAMPLE, progress=fail, **SLOW)
        self.assertFalse(mmusim.run("cva6", SAMPLE, **SHORT).partial)

    def test_a_run_within_another_is_refused(self):
        with self.assertRaisesRegex(mmusim.ConfigError, "under way"):
            mmusim.run("cva6", SAMPLE, progress=lambda *_: mmusim.run("cva6", SAMPLE), **SHORT)


class Machines(ExtensionTest):
    def test_a_machine_is_that_of_a_result(self):
        machine = mmusim.machine("cva6", {"mmu.walker.count": 2, "os.huge_pages": True})
        result = mmusim.run("cva6", SAMPLE, set={"mmu.walker.count": 2, "os.huge_pages": True},
                            **SHORT)
        self.assertEqual(machine, result.json["machine"])
        self.assertEqual(machine["mmu"]["walker"]["count"], 2)
        with self.assertRaisesRegex(mmusim.ConfigError, "mmu.stlb.entries"):
            mmusim.machine("cva6", {"mmu.stlb.entrys": 2})

    def test_presets_are_those_of_the_command(self):
        rows = command("machine", "list").splitlines()
        for name in mmusim.presets():
            self.assertTrue(any(row.split(",")[0].split()[:1] == [name] for row in rows), name)
        self.assertIn("research-baseline", mmusim.presets())

    def test_knobs_are_a_frame_by_path(self):
        knobs = mmusim.knobs()
        entries = knobs.loc["mmu.stlb.entries"]
        self.assertEqual(entries["unit"], "entries")
        self.assertIn("..", entries["allowed"])
        self.assertGreater(len(entries["text"]), 3)
        self.assertIs(knobs.loc["os.huge_pages", "default"], False)
        (self.folder / "empty.toml").write_text("")
        plain = mmusim.machine(self.folder / "empty.toml")
        for path, default in knobs["default"].items():
            value = plain
            for key in path.split("."):
                value = value[key]
            if path != "name":
                self.assertEqual(value, default, path)


class Traces(ExtensionTest):
    ADDRESSES = [0x10000, 0x20000, 0x10004, 0x31000, 0x20008, 0x10008, 0x42000]
    KINDS = ["fetch", "load", "fetch", "store", "modify", "fetch", "load"]

    def test_arrays_are_the_trace_that_a_file_of_them_is(self):
        letters = {"fetch": "I ", "load": " L", "store": " S", "modify": " M"}
        (self.folder / "lackey").write_text("".join(
            f"{letters[kind]} {address:08x},4\n"
            for address, kind in zip(self.ADDRESSES, self.KINDS)))
        file = mmusim.run("cva6", self.folder / "lackey", format="lackey")
        trace = mmusim.Trace(numpy.array(self.ADDRESSES, dtype=numpy.uint64), self.KINDS, bytes=4,
                             instructions=[int(kind == "fetch") for kind in self.KINDS])
        self.assertEqual(len(trace), 7)
        arrays = mmusim.run("cva6", trace)
        self.assertEqual(arrays["trace.hash"], file["trace.hash"])
        self.assertEqual(arrays.json["counters"], file.json["counters"])
        self.assertEqual(arrays["trace.name"], "arrays")
        self.assertEqual(mmusim.run("cva6", trace).json, arrays.json)

    def test_one_value_stands_for_all_and_numbers_for_kinds(self):
        pages = numpy.arange(100, dtype=numpy.uint32) * 4096
        by_name = mmusim.run("cva6", mmusim.Trace(pages, "store", instructions=3, depends_on=1))
        by_number = mmusim.run("cva6", mmusim.Trace(list(pages), [2] * 100, bytes=[8] * 100,
                                                    instructions=[3] * 100, depends_on=[1] * 100))
        self.assertEqual(by_name.json, by_number.json)
        self.assertEqual(by_name["cpu.stores"], 100)
        self.assertEqual(by_name["cpu.instructions"], 300)
        self.assertGreaterEqual(by_name["mmu.dtlb.misses"], 100)
        free = mmusim.run("cva6", mmusim.Trace(pages, "load"))
        chained = mmusim.run("cva6", mmusim.Trace(pages, "load", depends_on=1))
        self.assertGreaterEqual(chained["cycles"], free["cycles"])

    def test_dependences_cost_time(self):
        pages = numpy.tile(numpy.arange(4000, dtype=numpy.uint64) * 4096, 2)
        runs = [mmusim.run("research-baseline", mmusim.Trace(pages, depends_on=back), skip=4000)
                for back in (0, 1)]  # the faults lie before
        self.assertGreater(runs[1]["cycles"], 1.5 * runs[0]["cycles"])

    def test_bad_arrays_are_clear_errors(self):
        some = numpy.arange(3)
        for arguments, text in (
                (([],), "a trace without records"),
                ((some, ["load"]), "kinds: 1 values for 3 addresses"),
                ((some, ["load", "lode", "load"]), 'kinds: unknown kind "lode"; kinds: fetch, load'),
                ((some, [0, 4, 1]), r"kinds: 4 at 1 is not in 0\.\.3"),
                ((some / 2,), "addresses: of type float64; whole numbers are wanted"),
                ((some - 1,), "addresses: -1 at 0 is not in"),
                (([[1, 2]],), "addresses: an array of 2 dimensions"),
                ((7,), "addresses: one value"),
                ((["a"],), "addresses: of type <U1"),
                (([2**64],), "addresses: of type object"),
                (([2**64 - 2],), "record 0 goes beyond the last address")):
            with self.assertRaisesRegex(mmusim.ConfigError, text):
                mmusim.Trace(*arguments)
        with self.assertRaisesRegex(mmusim.ConfigError, "record 1 accesses no bytes"):
            mmusim.Trace(some, bytes=[1, 0, 1])
        with self.assertRaisesRegex(mmusim.ConfigError, "instructions: 2 values for 3 addresses"):
            mmusim.Trace(some, instructions=[1, 2])
        with self.assertRaisesRegex(mmusim.ConfigError, "bytes: 65536 at 0"):
            mmusim.Trace(some, bytes=65536)

    def test_what_the_format_cannot_express_is_the_error_of_a_run(self):
        with self.assertRaisesRegex(mmusim.Error, "0x4000000000"):
            mmusim.run("cva6", mmusim.Trace([0x4000000000]))


if __name__ == "__main__":
    unittest.main()
