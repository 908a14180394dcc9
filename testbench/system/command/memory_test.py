"""Requests against DRAM alone through the command: text, JSON, both kinds of file, errors."""
import json
import unittest

from support import CommandTest

HIT_CLOCKS, CLOSED_CLOCKS, CLOCK_NS = 23, 40, 0.83  # dramsim3-ddr4-2400


class MemoryReplay(CommandTest):
    def replay(self, lines, *words, status=0):
        (self.folder / "r").write_text("".join(line + "\n" for line in lines))
        return self.mmusim("memory", "replay", "r", "-m", "dramsim3-ddr4-2400", *words, status=status)

    def test_a_closed_row_and_a_hit(self):
        done = json.loads(self.replay(["0x0 READ 0", "0x40 READ 500"], "--json").stdout)
        channel, = done["channels"]
        self.assertEqual((channel["reads"], channel["row_closed"], channel["row_hits"]), (2, 1, 1))
        self.assertEqual(channel["row_hit_rate"], 0.5)
        latency = channel["read_latency"]
        self.assertAlmostEqual(latency["mean_ns"], (HIT_CLOCKS + CLOSED_CLOCKS) / 2 * CLOCK_NS)
        self.assertAlmostEqual(latency["p50_ns"], HIT_CLOCKS * CLOCK_NS)
        self.assertAlmostEqual(latency["max_ns"], CLOSED_CLOCKS * CLOCK_NS)

    def test_the_text_has_the_figures(self):
        text = self.replay(["0x0 READ 0", "0x40 WRITE 500"]).stdout
        for word in ("channel 0", "row_hit_rate", "mean_ns", "p99_ns", "bandwidth_gb_s"):
            self.assertIn(word, text)

    def test_ramulators_files_have_no_cycles(self):
        done = json.loads(self.replay(["0x0 R", "0x40 W", "0x80 R"], "--json").stdout)
        self.assertEqual(done["channels"][0]["requests"], 3)
        self.assertNotIn("not_taken_mean_ns", done["channels"][0], "nobody knows when they came")

    def test_settings_reach_the_controller(self):
        lines = ["0x0 READ 0", "0x40 READ 500"]
        done = json.loads(self.replay(lines, "--json", "--set", "dram.row_policy=closed").stdout)
        self.assertEqual(done["channels"][0]["row_closed"], 2)
        self.assertEqual((done["dram"]["row_policy"], done["dram"]["cl"]), ("closed", 17))

    def test_errors_name_the_line(self):
        good = "0x0 READ 5"
        for bad, why in (("x READ 6", "no address"), ("0x0 FETCH 6", "no command"),
                         ("0x0 READ 4", "cycle 4 after cycle 5"), ("0x0 READ", "missing"),
                         ("0x0 READ z", "no cycle"), ("0x0 READ 9000000000000000000", "no cycle"),
                         ("64 READ 6", "begin with 0x"), ("0x0 READ 6" + " " * 4096, "characters"),
                         ("0x100000000 READ 6", "outside")):
            error = self.replay([good, bad], status=3).stderr
            self.assertIn("line 2", error)
            self.assertIn(why, error)
        self.replay([good], "--set", "dram.cl=0", status=2)
        self.mmusim("memory", "replay", "r", "-m", "nothing", status=2)



class MemoryInRuns(CommandTest):
    runs = 0

    def dram(self, *settings):
        words = [word for setting in settings for word in ("--set", setting)]
        self.runs += 1
        folder = f"r{self.runs}"
        self.mmusim("run", self.trace(), "-o", folder, *words)
        result = self.result(folder)
        return result["counters"]["dram"], result["counters"]["cpu"]["cycles"]

    def test_the_models_serve_the_same_lines_in_their_own_time(self):
        size = "os.memory_bytes=8GiB"
        runs = [self.dram(size, "dram.model=" + model) for model in ("banks", "commands", "fixed")]
        self.assertEqual(len({dram["reads"] for dram, _ in runs}), 1)
        self.assertEqual(len({cycles for _, cycles in runs}), 3)
        self.assertGreater(runs[1][0]["row_hits"], 0)
        self.assertEqual(runs[2][0]["row_hits"], 0, "there are no rows")

    def test_the_controller_is_a_preset_with_changes(self):
        settings = ("os.memory_bytes=8GiB", "dram.model=commands")
        _, as_it_is = self.dram(*settings)
        _, slow = self.dram(*settings, "dram.controller=ddr4-3200:cl=60,rcd=60")
        self.assertGreater(slow, as_it_is)

    def test_errors_say_what_there_is(self):
        for settings, why in ((["dram.controller=ddr9"], "ddr4-3200"),
                              (["dram.controller=ddr4-3200:cl"], "KEY=VALUE"),
                              (["dram.controller=ddr4-3200:cl=0"], "dram.cl = 0: must be 1"),
                              (["dram.model=commands"], "os.memory_bytes"),
                              (["dram.model=commands", "os.memory_bytes=8GiB", "cache.l1i.line_bytes=128",
                                "cache.l1d.line_bytes=128", "cache.l2.line_bytes=128",
                                "cache.llc.line_bytes=128"], "64 bytes")):
            words = [word for setting in settings for word in ("--set", setting)]
            self.assertIn(why, self.mmusim("run", self.trace(), *words, status=2).stderr)


if __name__ == "__main__":
    unittest.main()
