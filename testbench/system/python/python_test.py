"""The Python package: the same figures as the command's, the same errors, and Ctrl-C."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import mmusim

SAMPLE = Path(__file__).resolve().parents[3] / "traces/samples/sort.mmt"
SHORT = {"instructions": 20_000}
INTERRUPTED = """
import sys, mmusim
try:
    {call}
except mmusim.Interrupted as end:
    partial = end.result
    print("interrupted", partial is not None and partial.partial and partial["cycles"] > 0)
"""


def command(*words, cwd):
    return subprocess.run([os.environ["MMUSIM_PROGRAM"], *map(str, words)], cwd=cwd, text=True,
                          capture_output=True, check=False)


class PythonTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Runs(PythonTest):
    def test_a_run_is_what_the_command_runs(self):
        result = mmusim.run("cva6", SAMPLE, set={"mmu.walker.count": 2, "os.huge_pages": True},
                            out=self.folder / "here", interval=5000, **SHORT)
        command("run", "-m", "cva6", "--set", "mmu.walker.count=2", "--set", "os.huge_pages=true",
                "--instructions", 20_000, "--interval", 5000, "-o", "there", SAMPLE,
                cwd=self.folder)
        there = json.loads((self.folder / "there/result.json").read_text())
        self.assertEqual(result.json, there)
        self.assertEqual(result["mmu.walker.walks"], there["counters"]["mmu"]["walker"]["walks"])
        self.assertEqual(result["machine.mmu.walker.count"], 2)
        self.assertFalse(result.partial)
        self.assertIn("instructions", result.summary)
        self.assertEqual(mmusim.read_result(self.folder / "there").json, there)
        lines = (self.folder / "there/intervals.csv").read_text().splitlines()
        self.assertGreater(len(result.intervals), 2)
        self.assertEqual(len(result.intervals), len(lines) - 1)
        self.assertEqual(",".join(result.intervals.columns), lines[0])
        self.assertEqual(len(result.walk_latency), 100)
        self.assertIn("schema", result.attribution)
        with self.assertRaises(KeyError):
            result["mmu.stlb.mises"]

    def test_a_list_of_traces_shares_the_core(self):
        both = [SAMPLE, "gups:bytes=1MiB,accesses=2K"]
        for in_process in (True, False):
            result = mmusim.run("champsim-default", both, set={"os.quantum_instructions": 1000},
                                in_process=in_process, **SHORT)
            self.assertEqual([p["trace"]["name"] for p in result.json["processes"]],
                             ["sort.mmt", both[1]])
            self.assertGreater(result["os.switches"], 5)

    def test_computed_figures_are_those_of_the_program(self):
        names = list(mmusim.run("cva6", SAMPLE, **SHORT).metrics)
        (self.folder / "s.toml").write_text(
            f'traces = ["{SAMPLE}"]\nmachines = ["cva6"]\nfigures = ["metrics"]\n'
            'options.instructions = 20_000\n')
        command("regress", "--accept", "s.toml", cwd=self.folder)
        theirs = json.loads((self.folder / "s-expected/sort.mmt,cva6.json").read_text())["metrics"]
        ours = mmusim.run("cva6", SAMPLE, **SHORT).metrics
        self.assertEqual(names, list(theirs))
        for name, value in theirs.items():
            self.assertAlmostEqual(ours[name], value, 12, name)
        self.assertGreater(ours["translation_share"], 0)

    def test_several_runs_in_one_process_and_at_the_same_time_are_alike(self):
        first = mmusim.run("cva6", SAMPLE, **SHORT)
        results = [None] * 3

        def one(i):
            results[i] = mmusim.run("cva6", SAMPLE, **SHORT)

        threads = [threading.Thread(target=one, args=(i,)) for i in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([result.json for result in results], [first.json] * 3)
        table = mmusim.frame([first, *results])
        self.assertEqual(list(table["cycles"]), [first["cycles"]] * 4)
        self.assertEqual(table["mmu.stlb.misses"][0], first["mmu.stlb.misses"])


class Sweeps(PythonTest):
    def test_a_sweep_is_a_frame_with_a_row_for_each_point(self):
        table = mmusim.sweep(SAMPLE, "cva6", variants={"two": ("cva6", {"mmu.walker.count": 2})},
                             axes={"mmu.dtlb.entries": [8, 16]}, out=self.folder / "s",
                             instructions=300_000)
        self.assertEqual(list(table["machine"]), ["cva6", "cva6", "two", "two"])
        self.assertEqual(list(table["mmu.dtlb.entries"]), [8, 16, 8, 16])
        self.assertEqual(set(table["state"]), {"done"})
        alone = mmusim.run("cva6", SAMPLE, set={"mmu.dtlb.entries": 8}, instructions=300_000)
        self.assertEqual(table["mmu.dtlb.misses"].iloc[0], alone["mmu.dtlb.misses"])
        self.assertGreater(table["dtlb_mpki"].iloc[0], table["dtlb_mpki"].iloc[1])
        again = mmusim.read_sweep(self.folder / "s")
        self.assertTrue(table.equals(again))

    def test_a_point_that_fails_stops_no_other(self):
        table = mmusim.sweep(SAMPLE, axes={"os.memory_bytes": ["1MiB", "1GiB"]})
        self.assertEqual(list(table["state"]), ["failed", "done"])
        self.assertGreater(table["cycles"].iloc[1], 0)

    def test_one_point_without_axes(self):
        self.assertEqual(len(mmusim.sweep(SAMPLE, "cva6", **SHORT)), 1)


class Errors(PythonTest):
    def test_they_are_of_the_kind_and_with_the_text_of_the_command(self):
        (self.folder / "bad").write_text("nothing\n")
        for kind, machine, trace, knobs in (
                (mmusim.ConfigError, "cva6", SAMPLE, {"mmu.stlb.entrys": 4}),
                (mmusim.ConfigError, "cva7", SAMPLE, {}),
                (mmusim.InputError, "cva6", self.folder / "bad", {})):
            words = [word for path, value in knobs.items() for word in ("--set", f"{path}={value}")]
            theirs = command("run", "-m", machine, *words, trace, cwd=self.folder).stderr
            with self.assertRaises(kind) as caught:
                mmusim.run(machine, trace, set=knobs)
            # (A note that a trace is read twice stands before the error.)
            self.assertTrue(theirs.endswith(f"mmusim: {caught.exception}\n"), theirs)
            self.assertIsNone(caught.exception.result)
        self.assertTrue(issubclass(mmusim.ConfigError, ValueError))

    def test_an_unknown_option_is_an_error(self):
        with self.assertRaisesRegex(mmusim.ConfigError, "--instruction-s=3"):
            mmusim.run("cva6", SAMPLE, instruction_s=3)
        with self.assertRaisesRegex(mmusim.ConfigError, "did you mean \"instructions\""):
            mmusim.sweep(SAMPLE, instruktions=3)

    def test_what_was_computed_before_comes_along(self):
        with self.assertRaisesRegex(mmusim.SimulatedError, "memory") as caught:
            mmusim.run("research-baseline", SAMPLE, set={"os.memory_bytes": "1MiB"})
        result = caught.exception.result
        self.assertTrue(result.partial)
        self.assertGreater(result["cycles"], 0)

    def test_an_older_result_is_not_taken_for_the_one_of_a_failure(self):
        mmusim.run("cva6", SAMPLE, out=self.folder / "out", **SHORT)
        with self.assertRaises(mmusim.InputError) as caught:
            mmusim.run("cva6", self.folder / "none.mmt", out=self.folder / "out")
        self.assertIsNone(caught.exception.result)

    def test_mistakes_of_a_sweep_and_what_cannot_be_read(self):
        with self.assertRaisesRegex(mmusim.ConfigError, "mmu.stlb.entries"):
            mmusim.sweep(SAMPLE, axes={"mmu.stlb.entrys": [1]})
        with self.assertRaisesRegex(mmusim.InputError, "none.mmt"):
            mmusim.sweep(self.folder / "none.mmt")
        for read in (mmusim.read_sweep, mmusim.read_result):
            with self.assertRaisesRegex(mmusim.InputError, "here"):
                read(self.folder)
        (self.folder / "result.json").write_text('{"counters": 3}')
        with self.assertRaisesRegex(mmusim.InputError, "damaged"):
            mmusim.read_result(self.folder)


class Interrupts(PythonTest):
    def interrupt(self, call, begun):
        environment = {**os.environ, "TMPDIR": str(self.folder)}
        with subprocess.Popen([sys.executable, "-c", INTERRUPTED.format(call=call)], text=True,
                              stdout=subprocess.PIPE, env=environment) as process:
            for _ in range(3000):
                if any(self.folder.glob(begun)):
                    break
                time.sleep(0.01)
            time.sleep(0.3)  # the run itself begins
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=120)
        return out

    def test_a_run_gives_what_it_has(self):
        call = (f'mmusim.run("cva6", "{SAMPLE}", out="{self.folder}/out", no_run_ahead=True, '
                'check=True)')
        self.assertEqual(self.interrupt(call, ".out.partial*"), "interrupted True\n")
        self.assertTrue(mmusim.read_result(self.folder / "out").partial)

    def test_a_sweep_goes_on_later(self):
        where = self.folder / "s"
        call = (f'mmusim.sweep("{SAMPLE}", "cva6", seeds=[1, 2, 3, 4], out="{where}", jobs=1, '
                'no_run_ahead=True, check=True)')
        self.assertEqual(self.interrupt(call, "s/.seed*.partial*"), "interrupted False\n")
        self.assertNotIn("failed", set(mmusim.read_sweep(where)["state"]))


class Program(PythonTest):
    def test_it_is_named_by_the_environment_or_found_in_the_path(self):
        program = os.environ.pop("MMUSIM_PROGRAM")
        self.addCleanup(os.environ.__setitem__, "MMUSIM_PROGRAM", program)
        path = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        os.environ["PATH"] = str(self.folder)
        with self.assertRaisesRegex(mmusim.ConfigError, "no program mmusim"):
            mmusim.run("cva6", SAMPLE, in_process=False, **SHORT)
        (self.folder / "mmusim").symlink_to(program)
        self.assertGreater(mmusim.run("cva6", SAMPLE, in_process=False, **SHORT)["cycles"], 0)
        os.environ["MMUSIM_PROGRAM"] = str(self.folder / "none")
        with self.assertRaisesRegex(mmusim.ConfigError, "none: cannot be started"):
            mmusim.run("cva6", SAMPLE, in_process=False, **SHORT)


class WithoutExtension(PythonTest):
    def test_what_needs_it_says_so(self):
        for call in (mmusim.presets, mmusim.knobs, lambda: mmusim.machine("cva6"),
                     lambda: mmusim.Trace([0]),
                     lambda: mmusim.run("cva6", SAMPLE, progress=print)):
            with self.assertRaisesRegex(mmusim.ConfigError, "needs the extension mmusim._core"):
                call()


if __name__ == "__main__":
    unittest.main()
