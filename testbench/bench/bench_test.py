"""mmusim-bench works, and so does what compares two revisions; nothing here depends on speed."""
import json
import subprocess
import sys
import unittest

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


if __name__ == "__main__":
    unittest.main()
