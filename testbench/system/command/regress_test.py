"""Suites: what passes, what moves, what fails, what is accepted."""
import json
import os
import signal
import subprocess
import time
import unittest

import support
from support import CommandTest, random_lines

SUITE = """
traces = ["a.mmt"]
machines = ["research-baseline", "mine.toml"]
[options]
instructions = 1500
"""
MACHINE = 'base = "research-baseline"\ncpu.window = 1\nmmu.dtlb.entries = '
MINE = "nightly-expected/a.mmt,mine.json"


class SuiteTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.trace("a.mmt", random_lines(6000, pages=900))
        self.write("mine.toml", MACHINE + "64\n")
        self.write("nightly.toml", SUITE)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def expected(self, name=MINE):
        return json.loads((self.folder / name).read_text())

    def stamps(self):
        """Of every expected file: what it holds, and when it was written."""
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns)
                for path in (self.folder / "nightly-expected").iterdir()}

    def regress(self, *words, status=0):
        return self.mmusim("regress", *words, "nightly.toml", status=status)


class Regress(SuiteTest):
    def test_what_is_new_is_recorded_and_passes_then(self):
        out = self.regress(status=1).stdout
        self.assertIn("new     a.mmt,mine: nothing to compare with", out)
        self.assertFalse((self.folder / "nightly-expected").exists())
        out = self.regress("--accept").stdout
        self.assertRegex(out, r"accepted nightly-expected/a.mmt,mine.json: \d+ figures, new")
        self.assertIn("2 cases, 2 passed", self.regress().stdout)
        self.mmusim("run", "-m", "mine.toml", "--instructions", 1500, "-o", "out", "a.mmt")
        whole = self.result("out")
        del whole["mmusim"], whole["machine"]
        self.assertEqual(self.expected(), whole)

    def test_what_moves_is_told_by_its_effect_and_accepted_alone(self):
        self.regress("--accept")
        before = self.stamps()
        old = self.expected()["counters"]["mmu"]["dtlb"]["misses"]
        self.write("mine.toml", MACHINE + "16\n")
        done = self.regress("--json", "moves.json", status=1)
        now = {move["figure"]: move for case in json.loads(self.bytes_of("moves.json"))["cases"]
               for move in case["moved"]}
        misses = now["counters.mmu.dtlb.misses"]
        self.assertEqual(misses["expected"], old)
        self.assertGreater(misses["now"], old)
        self.assertAlmostEqual(misses["percent"], 100 * (misses["now"] / old - 1))
        effects = [abs(m["now"] - m["expected"]) / (m["now"] + m["expected"]) ** 0.5
                   for m in now.values()]
        self.assertEqual(effects, sorted(effects, reverse=True))
        self.assertRegex(done.stdout, r"moved   a.mmt,mine: \d+ of \d+ figures\n  figure ")
        self.assertLess(done.stdout.index("moved "), done.stdout.index("passed "))
        self.assertEqual(self.stamps(), before)  # nobody has asked to accept

        out = self.regress("--accept").stdout
        self.assertIn(f"accepted nightly-expected/a.mmt,mine.json: {len(now)} figures moved", out)
        after = self.stamps()
        other = "a.mmt,research-baseline.json"
        self.assertEqual(after[other], before[other])  # not even written
        self.assertEqual(self.expected()["counters"]["mmu"]["dtlb"]["misses"], misses["now"])
        self.assertIn("2 cases, 2 passed", self.regress().stdout)

    def test_a_run_that_fails_stops_no_other_and_is_never_accepted(self):
        self.regress("--accept")
        before = self.stamps()
        self.write("mine.toml", MACHINE + "64\nos.memory_bytes = '1MiB'\n")
        done = self.regress("--accept", "-j", 1, status=1)
        self.assertRegex(done.stdout, r"failed  a.mmt,mine: status 1: .*memory")
        self.assertIn("passed  a.mmt,research-baseline", done.stdout)
        self.assertIn("2 cases, 1 passed, 1 failed", done.stdout)
        self.assertEqual(self.stamps(), before)

    def test_a_damaged_trace_fails_its_cases_only(self):
        self.trace("b.mmt")
        data = bytearray(self.bytes_of("b.mmt"))
        data[len(data) // 2] ^= 0xff
        (self.folder / "b.mmt").write_bytes(data)
        self.write("nightly.toml", 'traces = ["b.mmt", "a.mmt"]\nmachines = ["mine.toml"]\n')
        out = self.regress("--accept", status=3).stdout
        self.assertIn("failed  b.mmt,mine: status 3: ", out)
        self.assertIn("accepted nightly-expected/a.mmt,mine.json", out)

    def test_a_case_that_takes_too_long_fails(self):
        # Seconds of work, however fast the host is and however late it looks.
        self.write("nightly.toml", 'traces = ["uniform:accesses=20M"]\n[options]\ncheck = true\n')
        out = self.regress("--timeout", 0.02, status=1).stdout
        self.assertIn("failed  uniform:accesses=20M,research-baseline: status 1: took longer than "
                      "0.02 s", out)

    def test_only_some(self):
        self.regress("--accept", "--only", "mine")
        self.assertEqual(list(self.stamps()), ["a.mmt,mine.json"])
        self.assertIn("1 case, 1 passed", self.regress("--only", "a*mine").stdout)
        self.assertIn("no case of nightly.toml fits",
                      self.regress("--only", "cva6", status=2).stderr)

    def test_results_are_kept_where_asked_and_never_taken_for_new_ones(self):
        self.regress("--accept", "-o", "kept")
        self.assertEqual(self.result("kept/a.mmt,mine")["machine"]["cpu"]["window"], 1)
        self.assertIn("must be a new or empty directory",
                      self.regress("-o", "kept", status=2).stderr)

    def test_results_are_removed_otherwise(self):
        old = os.environ.get("TMPDIR")
        self.addCleanup(lambda: os.environ.pop("TMPDIR") if old is None
                        else os.environ.__setitem__("TMPDIR", old))
        (self.folder / "t").mkdir()
        os.environ["TMPDIR"] = str(self.folder / "t")
        self.regress("--accept")
        self.assertEqual(list((self.folder / "t").iterdir()), [])

    def test_files_of_no_case_are_told(self):
        self.regress("--accept")
        self.write("nightly.toml", 'traces = ["a.mmt"]\noptions.instructions = 1500\n')
        self.assertIn("nightly-expected/a.mmt,mine.json is of no case", self.regress().stderr)

    def test_interrupted_it_accepts_nothing(self):
        self.trace("a.mmt", random_lines(400_000))
        self.write("nightly.toml", 'traces = ["a.mmt"]\nseeds = [1, 2, 3, 4, 5, 6]\n'
                                   'options.no_run_ahead = true\noptions.check = true\n')
        words = [support.MMUSIM, "regress", "--accept", "-j", "1", "-o", "kept", "nightly.toml"]
        with subprocess.Popen(words, cwd=self.folder, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as run:
            for _ in range(3000):
                if any(self.folder.glob("kept/.*partial*")):
                    break
                time.sleep(0.01)
            run.send_signal(signal.SIGTERM)
            out, err = run.communicate()
        self.assertEqual(run.returncode, 1, out + err)
        self.assertIn("interrupted; nothing is accepted", err)
        self.assertIn("not run", out)
        self.assertFalse((self.folder / "nightly-expected").exists())


class Tolerances(SuiteTest):
    def test_only_chosen_figures_are_compared_and_within_what_is_allowed(self):
        suite = SUITE + '[tolerance]\n"mmu.dtlb.misses" = %s\n'
        suite = 'figures = ["mmu.dtlb.misses", "map_hash", "cpi"]\n' + suite
        self.write("nightly.toml", suite % 0)
        self.regress("--accept")
        self.assertEqual(list(self.expected()), ["map_hash", "counters", "metrics"])
        file = self.folder / MINE
        before = self.expected()
        misses = before["counters"]["mmu"]["dtlb"]["misses"]
        before["counters"]["mmu"]["dtlb"]["misses"] = misses + 3
        file.write_text(json.dumps(before))
        self.assertIn("moved   a.mmt,mine: 1 of 3 figures", self.regress(status=1).stdout)
        self.write("nightly.toml", suite % 3)
        self.regress()
        self.write("nightly.toml", suite % '"%.6f %%"' % (301 / (misses + 3)))
        self.regress()
        self.write("nightly.toml", suite % '"%.6f %%"' % (299 / (misses + 3)))
        self.regress(status=1)
        # What is within its tolerance is not rewritten.
        self.write("nightly.toml", suite % 3)
        self.assertNotIn("accepted", self.regress("--accept").stdout)
        self.assertEqual(self.expected(), before)


class BadSuites(SuiteTest):
    def refused(self, text, message, status=2):
        self.write("nightly.toml", text)
        self.assertIn(message, self.regress(status=status).stderr)

    def test_mistakes_are_found_before_anything_runs(self):
        self.refused('traces = ["a.mmt"]\nfigurs = ["cpi"]\n',
                     'nightly.toml:2:1: unknown key "figurs"; did you mean "figures"?')
        self.refused('traces = ["a.mmt"]\nfigures = ["mmu.stlb.mises"]\n',
                     'nightly.toml:2:12: no figure "mmu.stlb.mises"; did you mean '
                     '"mmu.stlb.misses"?')
        self.refused('traces = ["a.mmt"]\n[tolerance]\nmap_hash = "a"\n', "nightly.toml:3:12: ")
        self.refused('traces = [\n', "nightly.toml:")
        self.refused('traces = ["a.mmt"]\nmachines = ["none"]\n', "none")
        self.refused('traces = ["none.mmt"]\n', "none.mmt", status=3)
        self.refused('', "no traces")
        self.assertIn("none.toml", self.mmusim("regress", "none.toml", status=2).stderr)

    def test_damaged_expected_files_are_named(self):
        self.regress("--accept")
        for text in ("{", "[1]"):
            self.write(MINE, text)
            self.assertIn(f"{MINE}: ", self.regress(status=3).stderr)

    def test_a_place_that_cannot_be_written_is_an_error(self):
        self.write("nightly-expected", "a file")
        self.assertIn("nightly-expected", self.regress("--accept", status=2).stderr)
        self.assertIn("no/such", self.regress("--json", "no/such", status=2).stderr)


if __name__ == "__main__":
    unittest.main()
