"""Experiments: files, resumption after a kill, limits, shares, Slurm."""
import csv
import json
import os
import pty
import signal
import subprocess
import time
import unittest
from pathlib import Path

import support
from support import CommandTest, random_lines

SAMPLE = Path(__file__).resolve().parents[3] / "traces/samples/sort.mmt"
EXPERIMENT = """
traces = ["a.mmt", "b.mmt"]
machines = ["research-baseline", "small.toml"]
[baseline]
machine = "research-baseline"
mmu.walker.count = 1
[options]
instructions = 1500
[axes]
mmu.walker.count = [2, 1]
"""


class ExperimentTest(CommandTest):
    def write_experiment(self, text=EXPERIMENT):
        self.trace("a.mmt")
        self.trace("b.mmt", random_lines(6000, seed=5, pages=900))
        (self.folder / "small.toml").write_text('base = "research-baseline"\nmmu.dtlb.entries = 16\n')
        (self.folder / "e.toml").write_text(text)

    def points(self, folder="e-sweep"):
        """Names of the points, and the states that the files alone tell."""
        plan = json.loads((self.folder / folder / "sweep.json").read_text())
        return [point["name"] for point in plan["points"]]

    def results(self, folder="e-sweep"):
        return {name: self.bytes_of(f"{folder}/{name}/result.json") for name in self.points(folder)}


class Experiment(ExperimentTest):
    def test_crosses_traces_machines_and_axes(self):
        self.write_experiment()
        out = self.mmusim("sweep", "e.toml").stdout
        self.assertEqual(len(self.points()), 8)
        name = "trace=b.mmt,machine=small,mmu.walker.count=2"
        self.assertIn(name, self.points())
        result = self.result(f"e-sweep/{name}")
        self.assertEqual(result["machine"]["mmu"]["dtlb"]["entries"], 16)
        self.assertEqual(result["machine"]["mmu"]["walker"]["count"], 2)
        self.assertEqual(result["trace"]["name"], "b.mmt")
        self.assertEqual(result["counters"]["cpu"]["instructions"], 1500)
        self.assertIn("best first (geometric mean over 2 runs):", out)

    def test_figures_are_relative_to_the_baseline_of_the_trace(self):
        self.write_experiment()
        self.mmusim("sweep", "e.toml")
        with open(self.folder / "e-sweep/sweep.csv", newline="", encoding="utf-8") as file:
            rows = {row["point"]: row for row in csv.DictReader(file)}
        for trace in ("a.mmt", "b.mmt"):
            base = int(rows[f"trace={trace},machine=research-baseline,mmu.walker.count=1"]["cycles"])
            row = rows[f"trace={trace},machine=small,mmu.walker.count=2"]
            self.assertAlmostEqual(float(row["cycles_of_baseline"]), int(row["cycles"]) / base, 5)
        maps = {row["map_hash"] for row in rows.values() if row["trace"] == "a.mmt"}
        self.assertEqual(len(maps), 1)  # like with like

    def test_a_dry_run_runs_nothing(self):
        self.write_experiment()
        out = self.mmusim("sweep", "--dry-run", "-j", 2, "e.toml").stdout
        self.assertIn("8 points, 8 to run, in e-sweep", out)
        self.assertRegex(out, r"estimated time: about [0-9.]+ s with 2 at once")
        self.assertFalse((self.folder / "e-sweep").exists())

    def test_on_a_terminal_a_table_shows_what_runs(self):
        trace = self.trace()
        ours, its = pty.openpty()
        with subprocess.Popen([support.MMUSIM, "sweep", "-j", "1", "--set", "seed=1,2", trace],
                              cwd=self.folder, stdout=subprocess.DEVNULL, stderr=its) as sweep:
            os.close(its)
            shown = b""
            try:
                while more := os.read(ours, 4096):
                    shown += more
            except OSError:  # the other end is closed
                pass
            os.close(ours)
            self.assertEqual(sweep.wait(), 0)
        self.assertRegex(shown, rb"0 of 2 points, .*\r\n +[0-9.]+ s +seed=1")
        self.assertIn(b"\033[K", shown)  # drawn again in its place
        self.assertRegex(shown, rb"1 of 2 points, [^\n]* about [0-9.]+ s left")

    def test_warns_of_another_map(self):
        self.write_experiment(f'traces = ["{SAMPLE}"]\n[axes]\nos.huge_pages = [false, true]\n'
                              '[options]\ninstructions = 300_000\n')
        done = self.mmusim("sweep", "e.toml")
        self.assertIn("1 point has another VA->PA map than the baseline, os.huge_pages=true",
                      done.stderr)

    def test_mistakes_stop_all(self):
        self.write_experiment('traces = ["a.mmt"]\n[axes]\nmmu.stlb.ways = [12, 7]\n')
        done = self.mmusim("sweep", "e.toml", status=2)
        self.assertIn("point mmu.stlb.ways=7", done.stderr)
        self.assertFalse((self.folder / "e-sweep").exists())
        (self.folder / "e.toml").write_text('tracs = ["a.mmt"]\n')
        self.assertIn("e.toml:1:1: unknown key", self.mmusim("sweep", "e.toml", status=2).stderr)
        (self.folder / "e.toml").write_text('traces = ["none.mmt"]\n')
        self.assertIn("none.mmt", self.mmusim("sweep", "e.toml", status=3).stderr)
        (self.folder / "e.toml").write_text('traces = ["a.mmt"]\n')
        for words in (("--set", "seed=1,2"), ("--check",), ("-m", "cva6")):
            done = self.mmusim("sweep", *words, "e.toml", status=2)
            self.assertIn("says itself what is run", done.stderr)


class CompareMany(ExperimentTest):
    def test_a_sweep_is_compared_with_its_baseline(self):
        self.write_experiment()
        self.mmusim("sweep", "e.toml")
        text = self.mmusim("compare", "e-sweep", "--json", "c.json", "--csv", "c.csv").stdout
        self.assertIn("baseline: research-baseline, 2 runs (geometric means)", text)
        self.assertRegex(text, r"mmu.walker.count 1 -> 2")
        self.assertRegex(text, r"mmu.dtlb.entries 64 -> 16 +[+-][0-9.]+ % ")
        json_text = json.loads((self.folder / "c.json").read_text())
        self.assertEqual(len(json_text["effects"]), 4)
        self.assertEqual(len(json_text["results"]), 8)
        worst = json_text["effects"][0]
        # The parts make the whole: here to the means of two runs.
        self.assertAlmostEqual(sum(worst["parts"].values()), worst["cycles"], 2)
        self.assertEqual(len((self.folder / "c.csv").read_text().splitlines()), 9)

    def test_another_baseline(self):
        self.write_experiment()
        self.mmusim("sweep", "e.toml")
        name = "trace=a.mmt,machine=small,mmu.walker.count=1"
        text = self.mmusim("compare", "e-sweep", "--baseline", name).stdout
        self.assertIn("mmu.dtlb.entries 16 -> 64", text)
        done = self.mmusim("compare", "e-sweep", "--baseline", "none", status=2)
        self.assertIn("baseline none is not among the results", done.stderr)

    def test_a_gate_fails_what_is_worse(self):
        trace = self.trace(lines=random_lines(20_000))
        one = ("--set", "cpu.window=1")  # nothing hides a walk
        self.mmusim("run", *one, "-o", "good", trace)
        self.mmusim("run", *one, "-o", "bad", "--set", "mmu.stlb.entries=12", trace)
        words = ("compare", "--fail-above", "cycles=0.1", "--fail-above", "mmu.walker.walks=1")
        self.mmusim(*words, "bad", "good")
        done = self.mmusim(*words, "good", "bad", status=1)
        self.assertRegex(done.stderr, r"bad: cycles is \d+ against \d+ of good: \+")
        self.assertIn("bad: mmu.walker.walks is", done.stderr)
        self.mmusim("compare", "--fail-above", "cycles", "good", "bad", status=2)
        self.mmusim("compare", "--fail-above", "cicles=1", "good", "bad", status=2)

    def test_one_result_is_not_enough(self):
        self.mmusim("run", "-o", "a", self.trace())
        self.assertIn("at least two results", self.mmusim("compare", "a", status=2).stderr)


class Killed(ExperimentTest):
    WORDS = ("sweep", "-j", "2", "-o", "s", "--set", "seed=1,2,3,4,5,6", "--no-run-ahead")

    def start(self, *words):
        return subprocess.Popen([support.MMUSIM, *words], cwd=self.folder, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def wait_for(self, condition):
        for _ in range(3000):
            if condition():
                return
            time.sleep(0.01)
        self.fail("nothing happened in 30 s")

    def begun(self):
        return list(self.folder.glob("s/.seed*.partial-*"))

    def test_the_same_command_goes_on_and_results_are_as_if_nothing_had_been(self):
        trace = self.trace(lines=random_lines(120_000))
        undisturbed = ("sweep", "-o", "u", *self.WORDS[5:], trace)
        self.mmusim(*undisturbed)
        sweep = self.start(*self.WORDS, trace)
        self.wait_for(lambda: (self.folder / "s/seed=1").exists() and self.begun())
        sweep.kill()
        sweep.wait()
        begun = {int(path.name.rsplit("-", 1)[1]) for path in self.begun()}
        self.wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in begun))
        self.assertIn("missing", self.mmusim("sweep", "--status", "s", status=1).stdout)
        out = self.mmusim(*self.WORDS, trace).stdout
        self.assertIn("kept", out)
        self.assertEqual(self.results("s"), self.results("u"))
        self.assertEqual(self.begun(), [])
        self.assertEqual(self.mmusim("sweep", "--status", "s").stdout, "6 done\n")

    def test_the_directory_is_enough_to_go_on(self):
        trace = self.trace(lines=random_lines(120_000))
        sweep = self.start(*self.WORDS, trace)
        self.wait_for(lambda: (self.folder / "s/seed=1").exists())
        sweep.send_signal(signal.SIGTERM)
        self.assertEqual(sweep.wait(), 1)
        (self.folder / "elsewhere").mkdir()
        self.mmusim("sweep", "../s", cwd=self.folder / "elsewhere")
        self.assertEqual(self.mmusim("sweep", "--status", "s").stdout, "6 done\n")

    def test_two_at_once_are_refused(self):
        trace = self.trace(lines=random_lines(120_000))
        sweep = self.start(*self.WORDS, trace)
        self.wait_for(self.begun)
        done = self.mmusim(*self.WORDS, trace, status=2)
        self.assertIn("another process runs this sweep", done.stderr)
        sweep.terminate()
        sweep.wait()


class Limits(ExperimentTest):
    def test_a_failure_is_recorded_and_the_others_go_on(self):
        trace = self.trace(lines=random_lines(4000, pages=1500))
        words = ("sweep", "-o", "s", "--set", "os.memory_bytes=1MiB,1GiB", trace)
        self.mmusim(*words, status=1)
        failure = json.loads(self.bytes_of("s/os.memory_bytes=1MiB.failed.json"))
        self.assertEqual((failure["status"], failure["attempts"]), (1, 1))
        self.assertIn("memory", failure["message"])
        done = self.mmusim("sweep", "--status", "s", status=1)
        self.assertIn("1 done\n1 failed\nos.memory_bytes=1MiB: status 1 after 1 attempt", done.stdout)

    def test_a_point_that_takes_too_long_is_tried_again_and_given_up(self):
        trace = self.trace(lines=random_lines(400_000))
        done = self.mmusim("sweep", "-o", "s", "--timeout", 0.02, "--retry", 1, "--set", "seed=1",
                           "--no-run-ahead", "--check", trace, status=1)
        self.assertIn("base is tried again", done.stderr)
        failure = json.loads(self.bytes_of("s/base.failed.json"))
        self.assertEqual((failure["timed_out"], failure["attempts"]), (True, 2))
        self.assertIn("took longer than 0.02 s", failure["message"])
        # What failed once is run again, and then nothing tells of it.
        self.mmusim("sweep", "s")
        self.assertFalse((self.folder / "s/base.failed.json").exists())


class Shares(ExperimentTest):
    def test_shares_make_the_whole(self):
        self.write_experiment()
        self.mmusim("sweep", "-o", "whole", "e.toml")
        self.mmusim("sweep", "--shard", "0/3", "-o", "parts", "e.toml")
        states = self.mmusim("sweep", "--status", "parts", status=1).stdout
        self.assertIn("3 done", states)
        for share in ("1/3", "2/3"):
            self.mmusim("sweep", "--shard", share, "parts")
        self.assertEqual(self.results("parts"), self.results("whole"))
        both = [self.mmusim("sweep", "--collect", name).stdout for name in ("parts", "whole")]
        self.assertEqual(both[0], both[1])
        self.assertIn("best first", both[0])

    def test_bad_shares(self):
        self.write_experiment()
        for text in ("3/3", "1", "a/b", "1/2x", "-1/2"):
            self.assertIn("must be I/N", self.mmusim("sweep", "--shard=" + text, "x", status=2).stderr)
        for words in (("--status", "e.toml"), ("--collect", "e.toml"), ("--status", "--dry-run", ".")):
            self.mmusim("sweep", *words, status=2)
        self.assertIn("no sweep here", self.mmusim("sweep", ".", status=3).stderr)


class Slurm(ExperimentTest):
    """With a stand-in for sbatch that runs the tasks one after the other."""

    SBATCH = """#!/bin/bash
last=$(sed -n 's/^#SBATCH --array=0-//p' "$1")
for ((i = 0; i <= last; ++i)); do SLURM_ARRAY_TASK_ID=$i bash "$1" || true; done
echo "Submitted batch job 1"
"""

    def setUp(self):
        super().setUp()
        path = self.folder / "bin"
        path.mkdir()
        (path / "sbatch").write_text(self.SBATCH)
        (path / "sbatch").chmod(0o755)
        old = os.environ["PATH"]
        os.environ["PATH"] = f"{path}:{old}"
        self.addCleanup(os.environ.__setitem__, "PATH", old)

    def test_tasks_take_all_points(self):
        self.write_experiment()
        out = self.mmusim("sweep", "--slurm", "--slurm-tasks", 3, "--slurm-option=--mem=500",
                          "e.toml").stdout
        self.assertIn("8 points in 3 tasks", out)
        script = (self.folder / "e-sweep/sweep.sbatch").read_text()
        self.assertIn("#SBATCH --array=0-2\n", script)
        self.assertIn("#SBATCH --mem=500\n", script)
        self.assertEqual(self.mmusim("sweep", "--status", "e-sweep").stdout, "8 done\n")

    def test_a_refusal_is_told(self):
        self.write_experiment()
        (self.folder / "bin/sbatch").write_text("#!/bin/sh\nexit 1\n")
        done = self.mmusim("sweep", "--slurm", "e.toml", status=2)
        self.assertIn("sbatch has refused", done.stderr)


if __name__ == "__main__":
    unittest.main()
