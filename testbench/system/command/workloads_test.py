"""Synthetic workloads in place of traces: formulas, the same figures as a file, bad texts."""
import json
import unittest

from support import CommandTest

# Nothing overlaps: one access at a time, a fully associative DTLB with true LRU.
SERIAL = ("--set", "cpu.window=1", "--set", "mmu.dtlb.ways=0", "--set", "mmu.dtlb.replacement=lru")


class Workloads(CommandTest):
    def run_workload(self, text, *words, out="r"):
        self.mmusim("run", *words, "-o", out, text)
        return self.result(out)

    def dtlb_misses(self, text, entries):
        result = self.run_workload(text, *SERIAL, "--set", f"mmu.dtlb.entries={entries}")
        return result["counters"]["mmu"]["dtlb"]["misses"]

    def test_a_sequential_pass_misses_once_a_page(self):
        # 64 pages of 512 words, each word once.
        words = 64 * 512
        for populate in ("touch", "populate"):
            text = f"sequential:bytes=256KiB,accesses={words},map={populate}"
            result = self.run_workload(text, *SERIAL, "--set", "mmu.dtlb.entries=16")
            self.assertEqual(result["counters"]["mmu"]["dtlb"]["misses"], 64)
            faults = result["counters"]["os"]["minor_faults"]
            self.assertEqual(faults, (64 if populate == "touch" else 0) + 1)  # and a page of code
            self.assertEqual(result["counters"]["cpu"]["loads"], words)

    def test_a_cycle_of_pages_fits_or_always_misses(self):
        # LRU: n pages in n entries miss once each, n + 1 pages always.
        self.assertEqual(self.dtlb_misses("stride:bytes=64KiB,accesses=1K", 16), 16)
        self.assertEqual(self.dtlb_misses("stride:bytes=68KiB,accesses=1K", 16), 1000)

    def test_a_heap_lies_the_same_whoever_places_it(self):
        text = "heap:objects=300,most=64KiB,accesses=60K"
        direct = self.run_workload(text, out="direct")
        told = self.run_workload(text + ",calls=libc", "--check", out="told")
        self.assertEqual(told["map_hash"], direct["map_hash"])
        heap, system = told["counters"]["heap"], told["counters"]["os"]
        self.assertGreater(heap["free_calls"], 100)
        self.assertEqual(heap["malloc_calls"] - heap["free_calls"], heap["blocks"])
        # The same calls of the kernel, now from within; the table is mapped in both.
        for name in ("brk_calls", "mmap_calls", "system_calls"):
            self.assertEqual(system[name], direct["counters"]["os"][name])
        self.assertEqual(heap["kernel_calls"], system["brk_calls"])
        self.assertEqual(direct["counters"]["heap"]["malloc_calls"], 0)
        self.assertEqual(heap["outside_bytes"] + heap["in_use_bytes"], heap["heap_bytes"])
        # The library's own work takes no time, what it asks the kernel for a trap each.
        for walks in ("told", "direct"):
            words = ["--set", "os.cost.trap_cycles=100800"]
            suffix = ",calls=libc" if walks == "told" else ""
            dear = self.run_workload(text + suffix, *words, out="dear")
            cheap = {"told": told, "direct": direct}[walks]
            stack = [result["cycle_stack"]["system_call"] for result in (cheap, dear)]
            self.assertEqual(stack[1] - stack[0], 100_000 * system["system_calls"])

    def test_a_chase_is_serial_by_its_dependences_alone(self):
        text = "chase:bytes=1MiB,accesses=20K,map=populate"
        cycles = {kind: self.run_workload(text, "--set", f"cpu.dependence={kind}")
                  ["counters"]["cpu"]["cycles"] for kind in ("none", "trace", "serial")}
        self.assertEqual(cycles["trace"], cycles["serial"])
        self.assertGreater(cycles["trace"], 2 * cycles["none"])

    def test_a_heap_calls_the_kernel_as_glibc_does(self):
        def calls(size):
            os = self.run_workload(f"heap:objects=100,least={size},most={size},accesses=300K",
                                   out="h")["counters"]["os"]
            self.assertEqual(os["failed_here"], 0)
            return os["brk_calls"], os["mmap_calls"], os["munmap_calls"]
        # The first map is the table of pointers.
        brk, mmap, munmap = calls("100KiB")
        self.assertEqual((mmap, munmap), (1, 0))
        self.assertGreater(brk, 10)
        # Mappings of their own, until one of them is freed: that moves the threshold.
        brk, mmap, munmap = calls("200KiB")
        self.assertTrue(1 < munmap < mmap < brk, (brk, mmap, munmap))
        self.assertIn("2.36", self.mmusim("trace", "workloads", "heap").stdout)

    def test_a_converted_one_gives_the_same_result(self):
        for text in ("heap:objects=200,accesses=30K", "mix:3*[zipf:accesses=5K],[chase:accesses=5K]",
                     "graph:vertices=1K,accesses=20K"):
            as_workload = self.run_workload(text, out="w")
            self.mmusim("trace", "convert", text, "t.mmt")
            as_file = self.run_workload("t.mmt", out="f")
            self.assertEqual(as_workload["trace"].pop("name"), text)
            self.assertEqual(as_file["trace"].pop("name"), "t.mmt")
            self.assertEqual(as_workload, as_file)

    def test_the_result_names_every_parameter_and_the_content(self):
        trace = self.run_workload("gups:seed=3,accesses=1K")["trace"]
        self.assertEqual(trace["command"],
                         "gups:bytes=64MiB,seed=3,accesses=1K,compute=0,map=touch")
        again = self.run_workload(trace["command"])["trace"]
        self.assertEqual(again["hash"], trace["hash"])
        other = self.run_workload("gups:seed=4,accesses=1K")["trace"]
        self.assertNotEqual(other["hash"], trace["hash"])

    def test_runs_end_where_instructions_say(self):
        result = self.run_workload("gups:accesses=1K", "--instructions", 60)
        self.assertEqual(result["counters"]["cpu"]["instructions"], 60)
        self.assertEqual(result["counters"]["cpu"]["modifies"], 10)

    def test_trace_commands_take_them(self):
        info = self.mmusim("trace", "info", "sequential:bytes=4KiB,accesses=1K").stdout
        self.assertIn("command       sequential:bytes=4KiB,writes=0,accesses=1K", info)
        head = self.mmusim("trace", "head", "-n", 2, "gups:accesses=10").stdout.splitlines()
        self.assertIn("mmap(0, 0x4000000, 3, 34, -1, 0)", head[0])
        self.assertIn("fetch   0x400000 4", head[1])
        self.assertIn(": ok, ", self.mmusim("trace", "check", "heap:accesses=10K").stdout)

    def test_translate_takes_them_and_their_results(self):
        text = "sequential:bytes=4KiB,accesses=10"
        self.run_workload(text)
        for subject in (text, "r"):
            self.assertIn("[code]", self.mmusim("translate", subject, "0x400000").stdout)

    def test_experiments_take_them(self):
        (self.folder / "e.toml").write_text(
            'traces = ["gups:accesses=1K", "chase:accesses=1K"]\n'
            "[axes]\nmmu.stlb.entries = [768, 1536]\n")
        self.mmusim("sweep", "e.toml")
        points = json.loads((self.folder / "e-sweep/sweep.json").read_text())["points"]
        self.assertEqual(len(points), 4)
        self.assertEqual({point["trace"] for point in points},
                         {"gups:accesses=1K", "chase:accesses=1K"})
        again = self.mmusim("sweep", "e.toml").stdout.splitlines()
        self.assertEqual([line.split()[-1] for line in again[1:5]], ["kept"] * 4)

    def test_lists_them_with_all_parameters(self):
        names = [line.split()[0] for line in
                 self.mmusim("trace", "workloads").stdout.split("\n\n")[0].splitlines()[1:]]
        self.assertEqual(len(names), 12)
        for name in names:
            text = self.mmusim("trace", "workloads", name).stdout
            self.assertIn("parameter", text)
            if name not in ("phases", "mix"):
                self.assertIn("source: ", text)
                self.assertIn("  accesses ", text)
        zipf = self.mmusim("trace", "workloads", "zipf").stdout
        self.assertRegex(zipf, r"theta +0\.99 +0 to 10 ")

    def test_bad_texts_end_with_status_2(self):
        for words, message in (
                (("run", "gusp:"), 'unknown workload "gusp"; did you mean "gups"?'),
                (("run", "gups"), 'the name of a workload and ":" is expected'),
                (("trace", "info", "gups:byts=1MiB"),
                 'unknown parameter "byts"; did you mean "bytes"?'),
                (("trace", "head", "zipf:theta=11"), "theta = 11: must be from 0 to 10"),
                (("sweep", "-o", "s", "gups:bytes=1"), "must be from 4KiB to 64TiB"),
                (("translate", "mix:", "0"), "workload mix: needs parts"),
                (("trace", "workloads", "heaps"), 'did you mean "heap"?')):
            done = self.mmusim(*words, status=2)
            self.assertIn(message, done.stderr)
            self.assertEqual(done.stdout, "")

    def test_a_file_of_such_a_name_is_reached_by_its_folder(self):
        self.trace("gups:accesses=10")
        self.assertIn("tiny --fast", self.mmusim("trace", "info", "./gups:accesses=10").stdout)
        self.assertIn("tiny --fast",
                      self.mmusim("trace", "info", "--format", "own", "gups:accesses=10").stdout)
        self.assertIn("synthetic", self.mmusim("trace", "info", "gups:accesses=10").stdout)


if __name__ == "__main__":
    unittest.main()
