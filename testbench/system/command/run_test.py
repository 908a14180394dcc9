"""A run through the program: what it writes and prints, and that it is always the same."""
import json
import unittest
from pathlib import Path

from support import CommandTest, write_lackey

PARTS_OF_A_RESULT = {"machine.toml", "result.json", "attribution.json", "host.json",
                     "intervals.csv", "log.txt", "walk_latency.csv"}


class Run(CommandTest):
    def test_writes_its_directory_and_prints_a_summary(self):
        done = self.mmusim("run", "-o", "r", self.trace())
        self.assertEqual({p.name for p in (self.folder / "r").iterdir()}, PARTS_OF_A_RESULT)
        for word in ("IPC", "dtlb", "stlb", "page walks", "walk latency", "row hit rate",
                     "share of cycles due to translation", "VA->PA map: 0x"):
            self.assertIn(word, done.stdout)
        self.assertEqual([p.name for p in self.folder.iterdir() if ".partial" in p.name], [])

    def test_figures_add_up(self):
        self.mmusim("run", "-o", "r", self.trace())
        result = self.result("r")
        counters = result["counters"]
        self.assertEqual(result["outcome"], "done")
        self.assertEqual(counters["cpu"]["records"], 6000)
        self.assertEqual(counters["cpu"]["instructions"], 3000)
        for tlb in ("itlb", "dtlb", "stlb"):
            c = counters["mmu"][tlb]
            self.assertEqual(c["hits"] + c["misses"], c["accesses"], tlb)
        for cache in ("l1i", "l1d", "l2", "llc"):
            c = counters["cache"][cache]
            self.assertEqual(c["hits"] + c["misses"], c["accesses"], cache)
        self.assertEqual(sum(result["cycle_stack"].values()), counters["cpu"]["cycles"])
        self.assertEqual(sum(result["latency_stack"].values()), counters["cpu"]["latency_cycles"])
        reads = counters["mmu"]["walker"]["pte_reads"]
        self.assertEqual(sum(sum(level.values()) for level in reads.values()),
                         counters["mmu"]["walker"]["reads"])
        self.assertGreater(counters["os"]["page_faults"], 0)

    def test_levels_of_tlb_may_be_inclusive_or_exclusive(self):
        trace = self.trace()
        small = ["--set", "mmu.stlb.entries=48", "--set", "mmu.dtlb.entries=32", "--check"]
        for inclusion in ("neither", "inclusive", "exclusive"):
            self.mmusim("run", "-o", inclusion, *small, "--set", "mmu.stlb.inclusion=" + inclusion,
                        trace)
        counters = {name: self.result(name)["counters"]["mmu"]
                    for name in ("neither", "inclusive", "exclusive")}
        for name in counters:
            dtlb, stlb = counters[name]["dtlb"], counters[name]["stlb"]
            self.assertEqual(dtlb["back_invalidated"] > 0, name == "inclusive", name)
            self.assertEqual(stlb["victims"] > 0, name == "exclusive", name)
            self.assertEqual(stlb["moved"] > 0, name == "exclusive", name)
        # Together they hold more: fewer walks.
        self.assertLess(counters["exclusive"]["walker"]["walks"],
                        counters["neither"]["walker"]["walks"])
        self.assertIn('inclusion = "exclusive"', self.bytes_of("exclusive/machine.toml").decode())

    def test_attribution_adds_up_to_the_counters(self):
        done = self.mmusim("run", "-o", "r", self.trace())
        counters = self.result("r")["counters"]["mmu"]
        booked = json.loads(self.bytes_of("r/attribution.json"))
        by_instruction = [*booked["top_instructions"], booked["other_instructions"]]
        for rows in (by_instruction, booked["areas"], [booked["all"]]):
            for tlb in ("itlb", "dtlb", "stlb"):
                self.assertEqual(sum(row[tlb + "_misses"] for row in rows), counters[tlb]["misses"])
            cycles = sum(row["itlb_walk_cycles"] + row["dtlb_walk_cycles"] for row in rows)
            self.assertEqual(cycles, counters["walker"]["walk_cycles"])
            self.assertEqual(sum(row["walks"] for row in rows), counters["walker"]["walks"])
        self.assertEqual(len(booked["top_instructions"]), 100)
        self.assertIn(booked["top_instructions"][0]["address"], done.stdout)
        self.assertIn(f"{booked['other_instructions']['addresses'] + 90:,} others", done.stdout)
        self.assertTrue(booked["instructions_known"])

    def test_miss_classes_are_told_when_asked_for(self):
        # Two entries in two sets; pages 0, 2, 0, 2 of one set: two cold ones (faults, then replays
        # that do not count), two conflicts. Then page 1 is cold; pages 0, 1, 2, 0: the twin has 1
        # and 2 when 0 comes back.
        at = [0x10000000 + page * 4096 for page in (0, 2, 0, 2, 1, 0)]
        # System calls keep accesses apart, so that nothing merges.
        pause = "SYSCALL[7,1](39) sys_getpid ()[sync] --> Success(0x7)"
        lines = [line for address in at for line in (f" L {address:08x},8", pause)]
        small = ("--set", "mmu.dtlb.entries=2", "--set", "mmu.dtlb.ways=1")
        trace = self.trace(lines=lines)
        done = self.mmusim("run", "-o", "r", "--miss-classes", *small, trace)
        result = self.result("r")
        self.assertEqual(result["miss_classes"]["dtlb"],
                         {"cold": 3, "capacity": 1, "conflict": 2, "fence": 0})
        self.assertIn("misses by class  cold  capacity  conflict  fence", done.stdout)
        self.mmusim("run", "-o", "off", *small, trace)
        off = self.result("off")
        self.assertNotIn("miss_classes", off)
        del result["miss_classes"]
        self.assertEqual(result, off)
        self.assertIn("counters: the same", self.mmusim("compare", "r", "off").stdout)

    def test_levels_behind_the_stlb_have_figures_of_their_own(self):
        three = [word for knob in ("stlb.entries=8", "stlb.ways=0", "stlb.sector_pages=4",
                                   "level3.entries=16", "level3.latency_cycles=9")
                 for word in ("--set", f"mmu.{knob}")]
        trace = self.trace()
        done = self.mmusim("run", "-o", "r", "--check", "--miss-classes", *three, trace)
        result = self.result("r")
        misses = result["counters"]["mmu"]["level3"]["misses"]
        self.assertGreater(misses, 100)
        self.assertEqual(sum(result["miss_classes"]["level3"].values()), misses)
        self.assertNotIn("level4", result["miss_classes"])
        self.assertGreater(result["latency_stack"]["level3"], 9 * misses)
        self.assertEqual(result["latency_stack"]["level4"], 0)
        booked = json.loads(self.bytes_of("r/attribution.json"))
        self.assertEqual(booked["all"]["level3_misses"], misses)
        self.assertEqual(sum(row["level3_misses"] for row in booked["areas"]), misses)
        self.assertNotIn("level4_misses", booked["all"])
        self.assertIn("STLB misses  level3 misses  walks", done.stdout)
        self.mmusim("run", "-o", "two", trace)
        compared = self.mmusim("compare", "two", "r").stdout
        self.assertRegex(compared, r"level3 MPKI +- +\d")
        self.assertNotIn("level4 MPKI", compared)

    def test_a_sweep_runs_again_what_has_no_miss_classes_yet(self):
        words = ("sweep", "-o", "s", "--set", "mmu.dtlb.entries=16,32", self.trace())
        self.mmusim(*words)
        self.assertIn("kept", self.mmusim(*words).stdout)
        self.assertNotIn("kept", self.mmusim(*words, "--miss-classes").stdout)
        self.assertIn("miss_classes", self.result("s/mmu.dtlb.entries=16"))

    def test_a_trace_without_fetches_says_so(self):
        trace = self.trace(lines=[f" L {0x10000000 + 4096 * i:08x},8" for i in range(9)])
        done = self.mmusim("run", "-o", "r", "--map-on-touch", trace)
        self.assertIn("translation by instruction: the trace has no fetch records", done.stdout)
        booked = json.loads(self.bytes_of("r/attribution.json"))
        self.assertFalse(booked["instructions_known"])
        self.assertEqual([row["address"] for row in booked["top_instructions"]], ["unknown"])

    def test_same_input_same_bytes_wherever_it_runs(self):
        trace = self.folder / self.trace()
        other = self.folder / "other" / "place"
        other.mkdir(parents=True)
        (other / "tiny.mmt").write_bytes(trace.read_bytes())
        here = self.mmusim("run", "-o", "r", "--interval", 500, trace)
        there = self.mmusim("run", "-o", "r", "--interval", 500, "tiny.mmt", cwd=other)
        for name in PARTS_OF_A_RESULT - {"host.json"}:
            self.assertEqual(self.bytes_of(f"r/{name}"), self.bytes_of(f"other/place/r/{name}"), name)
        self.assertEqual(here.stdout, there.stdout)

    def test_running_ahead_changes_no_figure(self):
        trace = self.trace()
        self.mmusim("run", "-o", "ahead", trace)
        self.mmusim("run", "-o", "step", "--no-run-ahead", trace)
        for name in ("result.json", "attribution.json"):
            self.assertEqual(self.bytes_of(f"ahead/{name}"), self.bytes_of(f"step/{name}"))
        wakes = [json.loads(self.bytes_of(f"{d}/host.json"))["timeline"]["activations"]
                 for d in ("ahead", "step")]
        self.assertLess(wakes[0], wakes[1])  # the two did run differently

    def test_machine_of_a_result_runs_again(self):
        trace = self.trace()
        self.mmusim("run", "-m", "skylake", "--set", "mmu.stlb.entries=48", "-o", "a", trace)
        self.mmusim("run", "-m", "a/machine.toml", "-o", "b", trace)
        self.assertEqual(self.bytes_of("a/result.json"), self.bytes_of("b/result.json"))

    def test_other_hardware_has_the_same_map(self):
        trace = self.trace()
        self.mmusim("run", "-o", "a", trace)
        self.mmusim("run", "--set", "mmu.stlb.entries=24", "--set", "cpu.window=1", "-o", "b", trace)
        self.assertEqual(self.result("a")["map_hash"], self.result("b")["map_hash"])
        self.assertNotEqual(self.result("a")["counters"]["cpu"]["cycles"],
                            self.result("b")["counters"]["cpu"]["cycles"])

    def test_policies_of_frames_leave_other_room_for_large_pages(self):
        one_page_each = "stride:bytes=16MiB,stride=4096,accesses=4000"
        unusable = {}
        for policy in ("packed", "buddy", "first-fit", "sequential", "scattered"):
            done = self.mmusim("run", "-o", policy, "--set", "os.frames.policy=" + policy, "--set",
                               "os.memory_bytes=64MiB", one_page_each)
            counters = self.result(policy)["counters"]["os"]
            free = counters["free_blocks"]
            # 12,287 frames of data: a quarter is for page tables, and the first is never used.
            self.assertEqual(counters["frames_in_use"] + counters["free_frames"], 12287)
            self.assertEqual(sum(n << int(order[5:]) for order, n in free.items()),
                             counters["free_frames"])
            self.assertEqual(counters["free_frames"] - (free["order9"] << 9)
                             - (free["order10"] << 10), counters["unusable_frames"])
            unusable[policy] = counters["unusable_frames"]
            self.assertIn("unusable for large pages", done.stdout)
        in_use = 12287 - self.result("packed")["counters"]["os"]["free_frames"]
        for policy in ("packed", "buddy", "first-fit", "sequential"):
            self.assertEqual(unusable[policy], -(in_use + 1) % 512, policy)
        self.assertEqual(unusable["scattered"], 12287 - in_use)

    def test_a_larger_page_without_room_is_counted(self):
        self.mmusim("run", "-o", "r", "--set", "os.frames.policy=scattered", "--set",
                    "os.memory_bytes=64MiB", "--set", "os.huge_pages=true",
                    "phases:[stride:bytes=2044KiB,stride=4096,accesses=511],"
                    "[stride:bytes=32MiB,stride=2097152,accesses=16]")
        counters = self.result("r")["counters"]["os"]
        self.assertEqual(counters["huge_pages_mapped"] + counters["huge_fallbacks"], 16)
        self.assertGreater(counters["huge_fallbacks"], 10)

    def test_translation_costs_what_the_baselines_leave_out(self):
        sample = Path(__file__).resolve().parents[3] / "traces/samples/sort.mmt"
        modes = ("no-translation", "perfect-tlb", "normal")
        self.mmusim("sweep", "-o", "s", "--set", "mmu.mode=" + ",".join(modes),
                    "--instructions", 100_000, sample)
        results = [self.result(f"s/mmu.mode={mode}") for mode in modes]
        cycles = [result["counters"]["cpu"]["cycles"] for result in results]
        self.assertLess(cycles[0], cycles[1])
        self.assertLess(cycles[1], cycles[2])
        self.assertEqual(len({result["map_hash"] for result in results}), 1)
        self.assertEqual(len({result["counters"]["os"]["page_faults"] for result in results}), 1)
        for result in results[:2]:
            self.assertEqual(result["counters"]["mmu"]["walker"]["walks"], 0)
            self.assertEqual(result["counters"]["mmu"]["dtlb"]["misses"], 0)

    def test_switches_to_another_process_empty_tlbs_without_asids(self):
        trace = self.trace()
        results = []
        for bits in (16, 0):
            self.mmusim("run", "--check", "--set", "os.switch_instructions=500",
                        "--set", f"mmu.asid_bits={bits}", "-o", f"r{bits}", trace)
            results.append(self.result(f"r{bits}"))
        switches = {r["counters"]["os"]["switches"] for r in results}
        instructions = results[0]["counters"]["cpu"]["instructions"]
        self.assertEqual(switches, {instructions // 500})  # a data record follows the last one
        self.assertEqual(results[0]["counters"]["mmu"]["stlb"]["fenced"], 0)
        self.assertGreater(results[1]["counters"]["mmu"]["stlb"]["fenced"], 0)
        self.assertGreater(results[1]["counters"]["mmu"]["walker"]["walks"],
                           results[0]["counters"]["mmu"]["walker"]["walks"])

    def test_fences_take_a_part_of_the_cycles(self):
        trace = self.trace()
        self.mmusim("run", "--set", "os.switch_instructions=500", "--set", "mmu.asid_bits=0",
                    "--set", "mmu.fence.latency_cycles=100", "-o", "r", trace)
        stack = self.result("r")["cycle_stack"]
        # Two fences a switch; what is asked 200 cycles later or not at all waits less.
        self.assertGreater(stack["fence"], 0)
        self.assertLessEqual(stack["fence"], 200 * self.result("r")["counters"]["os"]["switches"])

    def test_every_preset_runs(self):
        trace = self.trace()
        rows = self.mmusim("machine", "list").stdout.split("\n\n")[0].splitlines()[1:]
        presets = [row.split()[0].strip(",") for row in rows]
        self.assertEqual(len(presets), 14)
        for preset in (*presets, "riscv-small"):
            self.mmusim("run", "-m", preset, trace)

    def test_a_log_runs_as_its_converted_trace_does(self):
        self.trace()
        self.mmusim("run", "-o", "a", "tiny.mmt")
        self.assertIn("read twice", self.mmusim("run", "-o", "b", "tiny.mmt.lackey").stderr)
        a, b = self.result("a"), self.result("b")
        self.assertEqual(a["trace"].pop("name"), "tiny.mmt")
        self.assertEqual(b["trace"].pop("name"), "tiny.mmt.lackey")
        self.assertEqual(a, b)

    def test_intervals_sum_to_the_run(self):
        self.mmusim("run", "-o", "r", "--interval", 1000, self.trace())
        names, *rows = [line.split(",") for line in
                        (self.folder / "r/intervals.csv").read_text().splitlines()]
        self.assertEqual(len(rows), 3)
        misses = sum(int(row[names.index("stlb_misses")]) for row in rows)
        self.assertLessEqual(misses, self.result("r")["counters"]["mmu"]["stlb"]["misses"])
        self.assertGreater(misses, 0)
        self.assertGreaterEqual(int(rows[0][0]), 1000)

    def test_instructions_limit_the_run(self):
        self.mmusim("run", "-o", "r", "--instructions", 1000, self.trace())
        result = self.result("r")
        self.assertEqual(result["counters"]["cpu"]["instructions"], 1000)
        self.assertEqual(result["outcome"], "done")

    def test_skip_and_warmup_come_before_what_is_counted(self):
        trace = self.trace()
        self.mmusim("run", "-o", "all", trace)
        self.mmusim("run", "-o", "skip", "--skip", 1000, trace)
        done = self.mmusim("run", "-o", "warm", "--skip", 400, "--warmup", 600, trace)
        self.assertIn("before   400 instructions skipped, 600 of warm-up; not counted below\n",
                      done.stdout)
        everything, skip, warm = (self.result(name) for name in ("all", "skip", "warm"))
        self.assertEqual(warm["before"], {"skipped_instructions": 400, "warmed_instructions": 600,
                                          "records": 1999})  # not the last one's load
        for result in (skip, warm):
            self.assertEqual(result["counters"]["cpu"]["instructions"], 2000)
            self.assertEqual(result["map_hash"], everything["map_hash"])
            self.assertEqual(sum(result["cycle_stack"].values()),
                             result["counters"]["cpu"]["cycles"])
        misses = [r["counters"]["mmu"]["stlb"]["misses"] for r in (warm, skip, everything)]
        self.assertLess(misses[0], misses[1])
        self.assertLess(misses[1], misses[2])
        compared = self.mmusim("compare", "skip", "warm")
        self.assertIn("limited differently (--warmup): 0 against 600", compared.stdout)
        explained = self.mmusim("translate", "warm", "0x10000000")
        self.assertIn("area:", explained.stdout)

    def test_a_warmup_that_takes_the_whole_trace_leaves_nothing_to_measure(self):
        done = self.mmusim("run", "--skip", 1000, "--warmup", 2001, self.trace(), status=3)
        self.assertIn("the trace ends within the first 3001 instructions", done.stderr)
        self.assertIn("--skip and --warmup", done.stderr)

    def test_the_slowest_accesses_are_explained_to_the_last_cycle(self):
        trace = self.trace()
        done = self.mmusim("run", "-o", "r", "--why", 5, trace)
        self.assertIn("the slowest accesses, and where their cycles went", done.stdout)
        rows = json.loads((self.folder / "r/slowest.json").read_text())["accesses"]
        self.assertEqual(len(rows), 5)
        for row in rows:
            self.assertEqual(row["cycles"], row["complete"] - row["issued"])
            at = row["issued"]
            for part in row["story"]:
                self.assertEqual(part["from"], at)
                at = part["to"]
            self.assertEqual(at, row["complete"])
        cycles = [row["cycles"] for row in rows]
        self.assertEqual(cycles, sorted(cycles, reverse=True))
        self.assertIn("fault_os", [part["part"] for part in rows[0]["story"]])
        # With all of them kept, their sum is the run's.
        accesses = self.result("r")["counters"]["cpu"]["accesses"]
        self.mmusim("run", "-o", "all", "--why", accesses + 1, trace)
        rows = json.loads((self.folder / "all/slowest.json").read_text())["accesses"]
        self.assertEqual(len(rows), accesses)
        self.assertEqual(sum(row["cycles"] for row in rows),
                         self.result("r")["counters"]["cpu"]["latency_cycles"])
        self.assertTrue(all(row["va"][-3:] == row["pa"][-3:] for row in rows))
        self.assertEqual(self.bytes_of("r/result.json"), self.bytes_of("all/result.json"))

    def timeline(self, *arguments):
        self.mmusim("run", "-o", "r", "--timeline", "t.json", *arguments, self.trace())
        return json.loads((self.folder / "t.json").read_text())["traceEvents"]

    def test_a_timeline_shows_every_walk_and_trap(self):
        events = self.timeline("--timeline-cycles", "0:1000000000", "--set", "mmu.walker.count=2")
        lines = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
        self.assertEqual(sorted(lines.values()),
                         ["fences", "operating system", "walker 0", "walker 1"])
        slices = [e for e in events if e["ph"] == "X"]
        walks = [e for e in slices if e["name"].startswith("walk 0x")]
        counters = self.result("r")["counters"]
        self.assertEqual(len(walks), counters["mmu"]["walker"]["walks"])
        self.assertEqual(sum(e["dur"] for e in walks), counters["mmu"]["walker"]["walk_cycles"])
        faults = [e for e in slices if e["name"] == "page fault"]
        self.assertEqual(len(faults), counters["os"]["page_faults"])
        # The parts of a walk lie in it, one after the other, and fill it.
        parts = [e for e in slices if e["name"].startswith(("pte_", "walk_cache", "ad_update"))]
        for walk in walks:
            inside = [e for e in parts if e["tid"] == walk["tid"] and
                      walk["ts"] <= e["ts"] < walk["ts"] + walk["dur"]]
            self.assertEqual(sum(e["dur"] for e in inside), walk["dur"])

    def test_a_timeline_shows_system_calls_and_their_fences(self):
        lines = [" L 10000000,8", "SYSCALL[7,1](11) sys_munmap ( 0x10000000, 4096 )[sync] --> "
                 "Success(0x0)", " L 10001008,8"]
        self.mmusim("run", "--timeline", "t.json", self.trace(lines=lines))
        events = json.loads((self.folder / "t.json").read_text())["traceEvents"]
        call = next(e for e in events if e["name"] == "munmap")
        fences = [e for e in events if e["ph"] == "i"]
        self.assertEqual([e["args"]["va"] for e in fences], ["0x10000000"])
        self.assertEqual(fences[0]["ts"], call["ts"] + call["dur"])  # at the end of the trap

    def test_a_timeline_holds_what_begins_in_its_window(self):
        every = [e for e in self.timeline("--timeline-cycles", "0:1000000000") if "ts" in e]
        begins = sorted(e["ts"] for e in every if e["name"].startswith("walk "))
        window = (sorted(set(begins))[2], sorted(set(begins))[5])
        some = self.timeline("--timeline-cycles", "%d:%d" % window)
        self.assertEqual(sorted(e["ts"] for e in some if e["name"].startswith("walk ")),
                         [at for at in begins if window[0] <= at < window[1]])

    def test_a_timeline_without_file_or_with_a_bad_window_is_refused(self):
        done = self.mmusim("run", "--timeline-cycles", "1:2", self.trace(), status=2)
        self.assertIn("--timeline", done.stderr)
        for window in ("5", "5:5", "7:5", "a:b", "1:2:3", "-1:5"):
            done = self.mmusim("run", "--timeline", "t.json", "--timeline-cycles=" + window,
                               self.trace(), status=2)
            self.assertIn("FROM:TO", done.stderr, window)

    def test_an_earlier_result_is_replaced_and_said_so(self):
        trace = self.trace()
        self.mmusim("run", "-o", "r", trace)
        done = self.mmusim("run", "-o", "r", "--instructions", 10, trace)
        self.assertIn("r holds an earlier result, which is replaced", done.stderr)
        self.assertEqual(self.result("r")["counters"]["cpu"]["instructions"], 10)

    def test_the_log_says_how_the_run_went(self):
        self.mmusim("run", "-o", "r", self.trace())
        lines = (self.folder / "r/log.txt").read_text().splitlines()
        self.assertRegex(lines[0], r"^ +0 info +run: mmusim .*: trace tiny.mmt, machine research-b")
        self.assertRegex(lines[-1], r"^ +\d+ info +run: done$")

    def test_map_on_touch_makes_areas(self):
        # An event that unmaps an area in use, and a touch behind it.
        lines = [" L 10000000,8", "SYSCALL[7,1](11) sys_munmap ( 0x10000000, 4096 )[sync] --> "
                 "Success(0x0)", " L 10000008,8"]
        trace = self.trace(lines=lines)
        self.mmusim("run", trace, status=1)
        done = self.mmusim("run", "--map-on-touch", trace)
        self.assertIn("areas made on touch: 1\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
