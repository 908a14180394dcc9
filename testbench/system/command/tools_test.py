"""The commands around a run: sweep, compare, machine, trace, help."""
import json
import unittest

from support import CommandTest, random_lines


class Sweep(CommandTest):
    WORDS = ("sweep", "-o", "s", "--set", "mmu.stlb.entries=48,768", "--set", "mmu.walker.count=1,2")

    def test_runs_every_combination(self):
        done = self.mmusim(*self.WORDS, self.trace())
        rows = [line.split() for line in done.stdout.splitlines()]
        self.assertEqual([row[:2] for row in rows[1:5]],
                         [["48", "1"], ["48", "2"], ["768", "1"], ["768", "2"]])
        self.assertEqual({row[-1] for row in rows[1:5]}, {"done"})
        points = json.loads((self.folder / "s/sweep.json").read_text())["points"]
        self.assertEqual(len(points), 4)
        for point in (point["name"] for point in points):
            machine = self.result(f"s/{point}")["machine"]["mmu"]
            self.assertEqual(point, f"mmu.stlb.entries={machine['stlb']['entries']},"
                                    f"mmu.walker.count={machine['walker']['count']}")

    def test_points_are_as_single_runs(self):
        trace = self.trace()
        self.mmusim(*self.WORDS, trace)
        self.mmusim("run", "--set", "mmu.stlb.entries=48", "--set", "mmu.walker.count=2", "-o", "r",
                    trace)
        self.assertEqual(self.bytes_of("s/mmu.stlb.entries=48,mmu.walker.count=2/result.json"),
                         self.bytes_of("r/result.json"))

    def test_complete_points_are_kept_and_others_run(self):
        trace = self.trace()
        self.mmusim(*self.WORDS, trace)
        host = self.folder / "s/mmu.stlb.entries=48,mmu.walker.count=2/host.json"
        before = host.read_bytes()
        gone = self.folder / "s/mmu.stlb.entries=48,mmu.walker.count=1/result.json"
        gone.write_text(gone.read_text().replace('"partial": false', '"partial": true'))
        states = [line.split()[-1] for line in self.mmusim(*self.WORDS, trace).stdout.splitlines()[:5]]
        self.assertEqual(states[1:], ["done", "kept", "kept", "kept"])
        self.assertEqual(host.read_bytes(), before)
        self.assertIn('"partial": false', gone.read_text())

    def test_points_of_another_trace_or_option_are_run_again(self):
        self.mmusim(*self.WORDS, self.trace())
        other = self.trace(lines=random_lines(6000, seed=2))
        for words in ((other,), ("--instructions", 50, other)):
            out = self.mmusim(*self.WORDS, *words).stdout.splitlines()
            self.assertEqual({line.split()[-1] for line in out[1:5]}, {"done"})

    def test_a_mistake_in_any_point_stops_all(self):
        done = self.mmusim("sweep", "-o", "s", "--set", "mmu.stlb.ways=12,7", self.trace(), status=2)
        self.assertIn("point mmu.stlb.ways=7:\n--set: mmu.stlb.ways = 7 does not divide", done.stderr)
        self.assertFalse((self.folder / "s").exists())

    def test_a_point_that_fails_gives_its_status(self):
        trace = self.trace(lines=random_lines(4000, pages=1500))
        done = self.mmusim("sweep", "-o", "s", "--set", "os.memory_bytes=1MiB,1GiB", trace, status=1)
        states = [line.split()[-1] for line in done.stdout.splitlines()[:3]]
        self.assertEqual(states[1:], ["failed", "done"])
        self.assertIn("ended with status 1", done.stderr)


class Compare(CommandTest):
    def test_says_which_part_is_responsible(self):
        trace = self.trace(lines=random_lines(40_000))
        # Window 1: nothing hides a walk.
        one = ("--set", "cpu.window=1")
        self.mmusim("run", *one, "-o", "big", trace)
        self.mmusim("run", *one, "--set", "mmu.stlb.entries=12", "-o", "small", trace)
        text = self.mmusim("compare", "big", "small").stdout
        self.assertIn("mmu.stlb.entries", text)
        self.assertRegex(text, r"B needs [0-9.]+ % more cycles an instruction than A; responsible "
                               r"above all: page walks, ")
        self.assertIn("mmu.stlb.misses", text)
        self.assertNotIn("warning", text)

    def test_warns_of_other_traces_and_partial_results(self):
        self.mmusim("run", "-o", "a", self.trace())
        self.mmusim("run", "-o", "b", "--watchdog", 20,
                    self.trace("b.mmt", random_lines(5000, seed=3)), status=4)
        text = self.mmusim("compare", "a", "b").stdout
        self.assertIn("warning: the traces differ: tiny.mmt against b.mmt", text)
        self.assertIn("warning: b is partial (internal-error)", text)


class Machine(CommandTest):
    def test_list_names_the_presets(self):
        text = self.mmusim("machine", "list").stdout
        for preset in ("research-baseline", "champsim-default", "skylake", "cva6, riscv-small"):
            self.assertIn(preset, text)

    def test_list_shows_trust_and_source(self):
        rows = self.mmusim("machine", "list").stdout.splitlines()
        self.assertRegex(rows[0], r"^preset +trust +source ")
        row = next(row for row in rows if row.startswith("cortex-a72 "))
        self.assertRegex(row, r"^cortex-a72 +good +Arm 100095, 5\.2\.3 +aarch64-4k ")

    def test_source_and_trust_of_a_base_are_not_those_of_a_file(self):
        (self.folder / "m.toml").write_text('base = "skylake"\n')
        text = self.mmusim("machine", "show", "m.toml").stdout
        self.assertRegex(text, r'(?m)^source = ""')
        self.assertRegex(text, r'(?m)^trust = ""')

    def test_probe_finds_what_is_configured(self):
        text = self.mmusim("machine", "probe", "cortex-a53", "--set", "mmu.dtlb.entries=12").stdout
        self.assertRegex(text, r"(?m)^DTLB +4K +12 +12 +1 +1 +12 +12 +1 +1$")
        self.assertRegex(text, r"(?m)^ITLB +2M +10 +10 +1 +1 +10 +10 +1 +1$")
        self.assertRegex(text, r"(?m)^STLB +4K +512 +512 +4 +4 +8 +8$")

    def test_what_show_prints_is_a_machine_file(self):
        text = self.mmusim("machine", "show", "cva6", "--set", "mmu.walker.count=2").stdout
        (self.folder / "m.toml").write_text(text)
        self.assertEqual(self.mmusim("machine", "check", "m.toml").stdout, "m.toml: ok\n")
        self.assertEqual(self.mmusim("machine", "show", "m.toml").stdout, text)


class Trace(CommandTest):
    def test_describes_and_checks(self):
        trace = self.trace()
        info = self.mmusim("trace", "info", trace).stdout
        for text in ("tiny --fast", "3000", "6000"):
            self.assertIn(text, info)
        self.assertEqual(len(self.mmusim("trace", "head", "-n", 5, trace).stdout.splitlines()), 5)
        self.assertIn("ok, 6,000 records", self.mmusim("trace", "check", trace).stdout)

    def test_check_finds_damage(self):
        data = bytearray(self.bytes_of(self.trace()))
        data[len(data) // 2] ^= 0xff
        (self.folder / "bad.mmt").write_bytes(data)
        self.assertIn("bad.mmt", self.mmusim("trace", "check", "bad.mmt", status=3).stderr)

    def test_convert_cuts_and_keeps_what_came_before_damage(self):
        self.trace()
        self.mmusim("trace", "convert", "--records", 100, "tiny.mmt", "cut.mmt")
        self.assertIn("ok, 100 records", self.mmusim("trace", "check", "cut.mmt").stdout)
        log = (self.folder / "tiny.mmt.lackey").read_text().splitlines()[:1000]
        (self.folder / "bad").write_text("\n".join(log) + "\n L 12")
        self.mmusim("trace", "convert", "bad", "no.mmt", status=3)
        self.assertFalse((self.folder / "no.mmt").exists())
        done = self.mmusim("trace", "convert", "--keep-partial", "bad", "some.mmt", status=3)
        self.assertIn("what came before it is in some.mmt", done.stderr)
        self.mmusim("trace", "check", "some.mmt")


class Help(CommandTest):
    def test_help_and_version(self):
        self.assertRegex(self.mmusim("--version").stdout, r"^mmusim \d+\.\d+\.\d+\n$")
        text = self.mmusim("--help").stdout
        self.assertIn("Exit status", text)
        for command in ("run", "sweep", "compare", "machine", "trace"):
            self.assertIn(command, text)
            self.assertIn("Usage: mmusim " + command, self.mmusim(command, "--help").stdout)


if __name__ == "__main__":
    unittest.main()
