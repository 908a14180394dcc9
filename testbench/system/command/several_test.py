"""Several traces as processes that share the core."""
import json
import re
import unittest

from support import CommandTest, random_lines

HIGH = ("mmu.format=sv39", "mmu.walk_cache.level3.entries=0", "mmu.walk_cache.level4.entries=0")


def settings(*knobs):
    return [word for knob in knobs for word in ("--set", knob)]


def shortened(lines, before):
    """A program that touches what it has given up."""
    lines = list(lines)
    lines[before:before] = [
        "SYSCALL[7,1](11) sys_munmap ( 0x10000000, 1536000 )[sync] --> Success(0x0)",
        " L 10000010,8"]
    return lines


class Several(CommandTest):
    def setUp(self):
        super().setUp()
        self.trace("a.mmt", random_lines(4000, seed=1))
        self.trace("b.mmt", random_lines(3000, seed=2))

    def run_of(self, *words, out="out", quantum=200, status=0):
        return self.mmusim("run", "--check", "-o", out,
                           *settings(f"os.quantum_instructions={quantum}", *HIGH), *words,
                           status=status)

    def test_each_has_its_share_and_its_own_memory(self):
        done = self.run_of("a.mmt", "b.mmt")
        self.assertIn("process   ", done.stdout)
        result = self.result("out")
        a, b = result["processes"]
        self.assertEqual([p["trace"]["name"] for p in (a, b)], ["a.mmt", "b.mmt"])
        self.assertEqual((a["instructions"], b["instructions"]), (2000, 1500))
        self.assertEqual((a["turns"], b["turns"]), (9, 8))
        counters = result["counters"]
        self.assertEqual(a["cycles"] + b["cycles"] + result["sharing"]["switch_cycles"],
                         counters["cpu"]["cycles"])
        for figure in ("page_faults", "minor_faults"):
            self.assertEqual(a[figure] + b[figure], counters["os"][figure])
        self.assertEqual(a["resident_bytes"] + b["resident_bytes"],
                         counters["os"]["resident_bytes"])
        self.assertEqual(counters["os"]["switches"], 16)
        # What each has is what it has alone.
        for name, process in (("a.mmt", a), ("b.mmt", b)):
            self.run_of(name, out="alone")
            alone = self.result("alone")
            self.assertNotIn("processes", alone)
            self.assertEqual(alone["trace"]["hash"], process["trace"]["hash"])
            self.assertEqual(alone["counters"]["os"]["resident_bytes"], process["resident_bytes"])

    def test_memory_of_each_is_shown(self):
        self.run_of("a.mmt", "b.mmt")
        for number, name in ((1, "a.mmt"), (2, "b.mmt")):
            self.run_of(name, out="alone")
            alone = self.mmusim("os", "maps", "alone").stdout
            one = self.mmusim("os", "maps", "out", "--process", number).stdout
            self.assertEqual(one, alone)
            self.assertIn(f"process {number}: {name}\n{alone}",
                          self.mmusim("os", "maps", "out").stdout)
        frames = [{page["frame"] for page in json.loads(self.mmusim(
            "os", "pagemap", "out", "--process", n, "--json").stdout)["pages"]} for n in (1, 2)]
        self.assertTrue(frames[0].isdisjoint(frames[1]))
        drawn = [self.mmusim("os", "layout", "out", "--process", n).stdout for n in (1, 2)]
        tables = sum(int(n) for n in re.findall(r"(\d+) frames .*page tables", drawn[1]))
        self.assertGreater(tables, 2)
        self.assertRegex(drawn[0], rf"\* +{len(frames[1]) + tables} frames .*other processes")
        explained = [self.mmusim("translate", "out", "0x401000", "--process", n).stdout
                     for n in (1, 2)]
        self.assertNotEqual(*explained)
        for words in (("os", "pagemap", "out", "--json"), ("translate", "out", "0x401000")):
            self.assertIn("--process", self.mmusim(*words, status=2).stderr)
        self.mmusim("os", "maps", "out", "--process", 3, status=2)
        (self.folder / "b.mmt").rename(self.folder / "c.mmt")
        self.mmusim("os", "maps", "out", status=3)
        self.mmusim("os", "maps", "out", "--trace", "c.mmt", status=2)
        self.mmusim("os", "maps", "out", "--trace", "c.mmt", "--trace", "a.mmt", status=3)
        self.mmusim("os", "maps", "out", "--trace", "a.mmt", "--trace", "c.mmt")
        for traces in (5, [{"trace": 5}], [{"trace": "a.mmt"}]):
            (self.folder / "out/host.json").write_text(json.dumps({"traces": traces}))
            self.assertIn("host.json", self.mmusim("os", "maps", "out", status=3).stderr)

    def test_one_is_killed_and_the_other_goes_on(self):
        self.trace("bad.mmt", shortened(random_lines(3000, seed=3), 1000))
        stack = settings("os.stack_bytes=4KiB")
        for words in ((), ("--skip", 400, "--warmup", 800), ("--instructions", 1700),
                      ("--no-run-ahead", "--interval", 300)):
            done = self.run_of(*stack, *words, "bad.mmt", "a.mmt")
            bad, a = self.result("out")["processes"]
            self.assertEqual((bad["end"], a["end"]), ("killed", "alive"))
            self.assertIn("segmentation fault: load at 0x10000010", bad["death"])
            self.assertEqual(bad["instructions_before"] + bad["instructions"], 500)
            self.assertIn("process 1 (bad.mmt) was killed after 500 of its instructions", done.stderr)
            if not words:
                self.assertEqual(a["instructions"], 2000)
            self.assertEqual(self.mmusim("os", "maps", "out", "--process", 1).stdout, "")
        self.assertIn("egmentation fault",
                      self.run_of(*stack, "bad.mmt", status=1).stderr)  # alone
        done = self.run_of(*stack, "bad.mmt", "bad.mmt", status=1)
        self.assertIn("every process was killed", done.stderr)

    def test_processes_roll_over_few_asids(self):
        traces = [self.trace(f"t{i}.mmt", random_lines(1000, seed=i)) for i in range(8)]
        for bits in (0, 2, 9):
            self.run_of(*settings(f"mmu.asid_bits={bits}"), *traces, out=f"bits{bits}", quantum=50)
        results = [self.result(f"bits{bits}") for bits in (0, 2, 9)]
        rollovers = [r["counters"]["os"]["asid_rollovers"] for r in results]
        self.assertEqual((rollovers[0], rollovers[2]), (0, 0))
        self.assertGreater(rollovers[1], 10)
        self.assertEqual(len({r["map_hash"] for r in results}), 1)

    def test_many_of_all_kinds_share_the_core(self):
        words = 10 * ["gups:bytes=64KiB,accesses=300", "a.mmt", "chase:bytes=64KiB,accesses=300",
                      "heap:objects=50,most=1KiB,accesses=300,calls=libc"]
        for asids in ("linux", "recycled", "off"):
            self.run_of(*settings(f"os.asids={asids}"), "--instructions", 30000, *words, out=asids,
                        quantum=100)
            result = self.result(asids)
            processes = result["processes"]
            self.assertEqual(len(processes), 40)
            self.assertEqual(sum(p["instructions"] for p in processes),
                             result["counters"]["cpu"]["instructions"])
            frames = [json.loads(self.mmusim("os", "pagemap", asids, "--process", n,
                                             "--json").stdout)["pages"] for n in (3, 7, 40)]
            for number, pages in enumerate(frames):
                others = {p["frame"] for other in frames[:number] for p in other}
                self.assertTrue(others.isdisjoint({p["frame"] for p in pages}))
        self.assertEqual(*(self.result(asids)["map_hash"] for asids in ("linux", "off")))

    def test_without_asids_more_is_missed(self):
        for name in ("linux", "recycled", "off"):
            self.run_of(*settings(f"os.asids={name}"), "a.mmt", "b.mmt", out=name)
        misses = {name: self.result(name)["counters"]["mmu"]["stlb"]["misses"]
                  for name in ("linux", "recycled", "off")}
        self.assertGreater(misses["off"], misses["linux"])
        self.assertEqual(misses["recycled"], misses["linux"])  # two of six

    def test_what_cannot_be_run(self):
        self.assertIn("os.quantum_instructions", self.run_of("a.mmt", "b.mmt", quantum=0,
                                                             status=2).stderr)
        self.assertIn("none.mmt", self.run_of("a.mmt", "none.mmt", status=3).stderr)
        self.assertIn("--exe", self.run_of("a.mmt", "b.mmt", "--exe", "x", status=2).stderr)
        many = ["a.mmt"] * 22
        self.assertIn("22 processes", self.run_of(*settings("os.memory_bytes=1MiB"), *many,
                                                  status=2).stderr)
        done = self.run_of(*settings("os.memory_bytes=1MiB"), "a.mmt", "b.mmt", status=1)
        self.assertIn("memory exhausted", done.stderr)


if __name__ == "__main__":
    unittest.main()
