"""A second level of two TLBs, through the program."""
import json
import unittest

from support import CommandTest


class SecondLevel(CommandTest):
    def test_an_l2_itlb_has_figures_of_its_own(self):
        split = [word for knob in ("itlb.entries=4", "second_level=split", "l2_itlb.entries=8",
                                   "l2_itlb.ways=0", "l2_itlb.latency_cycles=9")
                 for word in ("--set", f"mmu.{knob}")]
        trace = self.trace()
        done = self.mmusim("run", "-o", "r", "--check", "--miss-classes", *split, trace)
        result = self.result("r")
        counters = result["counters"]["mmu"]
        misses = counters["l2_itlb"]["misses"]
        self.assertGreater(misses, 0)
        self.assertEqual(counters["l2_itlb"]["accesses"], counters["itlb"]["sent"])
        self.assertEqual(counters["stlb"]["accesses"], counters["dtlb"]["sent"])
        self.assertEqual(sum(result["miss_classes"]["l2_itlb"].values()), misses)
        self.assertGreater(result["latency_stack"]["l2_itlb"], 9 * misses)
        booked = json.loads(self.bytes_of("r/attribution.json"))
        self.assertEqual(booked["all"]["l2_itlb_misses"], misses)
        self.assertIn("DTLB misses  L2 ITLB misses  STLB misses  walks", done.stdout)
        self.assertRegex(done.stdout, r"\nl2_itlb +\d")
        self.mmusim("run", "-o", "one", trace)
        self.assertNotIn("l2_itlb", self.result("one")["counters"]["mmu"])
        self.assertRegex(self.mmusim("compare", "one", "r").stdout, r"l2_itlb MPKI +- +\d")

    def test_a_split_second_level_needs_a_split_first(self):
        done = self.mmusim("run", "-o", "r", "--set", "mmu.first_level=unified", "--set",
                           "mmu.second_level=split", self.trace(), status=2)
        self.assertIn("mmu.second_level = split: mmu.first_level = unified", done.stderr)
        done = self.mmusim("run", "-o", "r", "--set", "mmu.l2_itlb.entries=512", self.trace(),
                           status=2)
        self.assertIn("--set: mmu.l2_itlb.entries = 512: nobody would use it", done.stderr)


if __name__ == "__main__":
    unittest.main()
