"""mmusim-bench works, and so does what compares two revisions; nothing here depends on speed."""
import json
import subprocess
import sys
import unittest

from count_instructions import RECORDED, RUNS, findings
from ratios import summary

BENCH = sys.argv.pop(1)


def bench(*words):
    return subprocess.run([BENCH, *words], capture_output=True, text=True, timeout=100, check=False)


class Bench(unittest.TestCase):
    def test_every_case_says_its_figures(self):
        done = bench("--scale", "0.002", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        figures = json.loads(done.stdout)
        self.assertEqual(list(figures),
                         ["hits", "random", "gups", "chase", "stream", "touch", "decode", "trace"])
        for name, case in figures.items():
            self.assertGreater(case["records_per_second"], 0, name)
            self.assertGreater(case["peak_memory_bytes"], 1_000_000, name)
            if name != "decode":
                self.assertGreater(case["accesses"], 1000, name)
                self.assertGreater(case["timeline"]["wakes_per_access"], 0, name)
        self.assertEqual(figures["hits"]["accesses"], 160_000)
        self.assertGreater(figures["chase"]["cycles"], figures["random"]["cycles"])

    def test_the_table_has_a_line_for_the_case_asked_for(self):
        done = bench("--scale", "0.001", "-c", "stream")
        lines = done.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["case", "stream"], done.stderr)
        self.assertEqual(len(lines[0].split()) + 1, len(lines[1].split()) + 2)  # "peak MB" is one

    def test_a_trace_that_is_not_there_is_an_error(self):
        done = bench("-c", "trace", "nowhere.mmt")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nowhere.mmt", done.stderr)

    def test_what_it_does_not_understand_gets_the_usage(self):
        for words in (["-c", "nothing"], ["--scale", "0"], ["--speed"], ["a.mmt", "b.mmt"]):
            done = bench(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("usage: mmusim-bench", done.stderr)


class Ratios(unittest.TestCase):
    def test_the_median_ratio_and_its_spread(self):
        pairs = [({"hits": {"cpu_seconds": old}}, {"hits": {"cpu_seconds": 1.0}})
                 for old in (1.5, 1.0, 2.0)]
        self.assertEqual(summary(pairs), {"hits": (1.5, 1.0, 2.0)})


class Instructions(unittest.TestCase):
    def test_two_percent_either_way_are_let_pass(self):
        self.assertEqual(findings({"hits": 1000, "walks": 1000}, {"hits": 1020, "walks": 980}), [])

    def test_what_is_off_by_more_is_told(self):
        self.assertEqual(findings({"hits": 1000, "walks": 1000}, {"hits": 1021, "walks": 979}),
                         ["hits: 1,021 instructions, recorded are 1,000: +2.1%",
                          "walks: 979 instructions, recorded are 1,000: -2.1%"])

    def test_a_run_without_a_record_is_told_and_the_other_way_round(self):
        self.assertEqual(findings({"hits": 1}, {"walks": 1}),
                         ["hits: not in the runs", "walks: not in the file"])

    def test_the_file_has_all_runs(self):
        self.assertEqual(set(json.loads(RECORDED.read_text())), set(RUNS))


if __name__ == "__main__":
    unittest.main()
