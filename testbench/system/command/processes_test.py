"""Programs that make processes, and give memory up."""
import unittest

from support import CommandTest


class Processes(CommandTest):
    def test_a_fork_shares_frames_until_they_are_written(self):
        stores = [f" S {0x10000000 + 4096 * page:08x},8" for page in range(4)]
        fork = ["SYSCALL[7,1](56) sys_clone ( 1200011, 0x0, 0x0, 0x4c2fa10, 0x0 )"
                "   clone(fork): process 7 created child 9",
                " --> [pre-success] Success(0x9) "]
        wait = ["SYSCALL[7,1](61) sys_wait4 ( -1, 0x1ffeffe1ac, 0, 0x0 ) --> [async] ... ",
                "SYSCALL[7,1](61) ... [async] --> Success(0x9) "]
        trace = self.trace(lines=[*stores, *fork, *stores[:2], *wait, *stores])
        self.assertIn("fork", self.mmusim("trace", "info", trace).stdout)
        for walks in ("l1d", "l2"):
            self.mmusim("run", "-o", walks, "--check", "--set", f"mmu.walker.reads_enter={walks}",
                        trace)
            counters = self.result(walks)["counters"]["os"]
            found = {name: counters[name] for name in (
                "fork_calls", "exit_calls", "minor_faults", "cow_faults", "cow_reused",
                "failed_here", "processes", "frames_shared", "frames_in_use", "frames_peak")}
            self.assertEqual(found, {
                "fork_calls": 1, "exit_calls": 1, "minor_faults": 4, "cow_faults": 2,
                "cow_reused": 2, "failed_here": 0, "processes": 1, "frames_shared": 0,
                "frames_in_use": 4, "frames_peak": 6})
        self.assertEqual(self.result("l1d")["map_hash"], self.result("l2")["map_hash"])
        # Two traps, each with a frame of its own to copy, of 1800 cycles at first.
        self.mmusim("run", "-o", "dear", "--set", "os.cost.copy_frame_cycles=101800", trace)
        cycles = [self.result(run)["counters"]["cpu"]["cycles"] for run in ("l1d", "dear")]
        # (Refreshes of the memory fall elsewhere.)
        self.assertAlmostEqual(cycles[1] - cycles[0], 2 * 100_000, delta=2_000)

    def test_pages_that_are_given_up_come_back_as_new_ones(self):
        stores = [f" S {0x10000000 + 4096 * page:08x},8" for page in range(4)]
        advise = ["SYSCALL[7,1](28) sys_madvise ( 0x10000000, 8192, 4 ) --> [sync] Success(0x0) "]
        trace = self.trace(lines=[*stores, *advise, *stores])
        self.assertIn("madvise", self.mmusim("trace", "info", trace).stdout)
        self.assertIn("madvise(0x10000000, 8192, 4) = 0x0",
                      self.mmusim("trace", "head", trace).stdout)
        self.mmusim("run", "-o", "run", "--check", trace)
        counters = self.result("run")["counters"]["os"]
        self.assertEqual((counters["madvise_calls"], counters["minor_faults"],
                          counters["frames_in_use"], counters["frames_peak"]), (1, 4 + 2, 4, 4))

    def test_what_larger_pages_cost_is_told(self):
        """Two pages of 2 MiB, in which 3 and 1 of 512 pieces are accessed."""
        mmap = ["SYSCALL[7,1](9) sys_mmap ( 0x0, 4194304, 3, 34, -1, 0 ) --> "
                "[pre-success] Success(0x40000000) "]
        accesses = [f" {kind} {address:08x},8" for kind, address in (
            ("S", 0x40000000), ("L", 0x40001000), ("L", 0x40001ff8), ("S", 0x401ff000),
            ("L", 0x40200000))]
        trace = self.trace(lines=[*mmap, *(["I  00401000,4"] * 8), *accesses])
        code = 4096
        for case, options in (("small", ["os.huge_pages=false"]), ("large", ["os.huge_pages=true"]),
                              ("warmed", ["os.huge_pages=true"])):
            warm_up = ["--warmup", "8"] if case == "warmed" else []
            text = self.mmusim("run", "-o", case, "--check", *warm_up, "--set", *options,
                               trace).stdout
            counters = self.result(case)["counters"]["os"]
            if case == "small":
                self.assertEqual(counters["resident_bytes"], code + 4 * 4096)
                self.assertEqual(counters["untouched_bytes"], 0)
                self.assertEqual(counters["zeroed_bytes"], code + 4 * 4096)
            else:
                self.assertEqual(counters["resident_bytes"], code + 2 * (2 << 20))
                self.assertEqual(counters["untouched_bytes"], 2 * (2 << 20) - 4 * 4096)
                self.assertRegex(text, r"never touched, in larger pages +4,177,920 +99.51 %")
        # Code was read in the warm-up: zeroed then, and resident now.
        self.assertEqual(counters["zeroed_bytes"], 2 * (2 << 20))

    def test_calls_of_malloc_in_a_log(self):
        log = ["malloc(24) = 0x5000", "I  00400000,4", " S 00005010,8", "malloc(200000) = 0x6000",
               " S 00006000,8", " S 0000f000,8", "free(0x6000)", "free(0x5000)"]
        trace = self.trace(lines=log)
        self.assertIn("2 malloc 0 calloc 0 memalign 0 realloc 2 free",
                      self.mmusim("trace", "info", trace).stdout)
        self.assertIn("free(24576) = 0x0  of handle 1", self.mmusim("trace", "head", trace).stdout)
        text = self.mmusim("run", "-o", "run", "--check", trace).stdout
        counters = self.result("run")["counters"]
        self.assertEqual([counters["os"][f"{name}_calls"] for name in
                          ("brk", "mmap", "munmap", "system")], [1, 1, 1, 3])
        self.assertEqual(counters["heap"]["requested_peak_bytes"], 200_024)
        self.assertEqual(counters["heap"]["held_peak_bytes"], (33 + 49) * 4096)
        self.assertEqual(counters["os"]["resident_peak_bytes"], 4 * 4096)
        self.assertRegex(text, r"held +135,168 +335,872")
        maps = self.mmusim("os", "maps", "run").stdout
        self.assertRegex(maps, r"00401000-00422000 rw-p .*\[heap\]")
        # Twice: of the log by its reader; of a trace by the library.
        (self.folder / "twice").write_text("\n".join([*log, "free(0x5000)", ""]))
        done = self.mmusim("run", "twice", status=3)
        self.assertIn("twice:9: 'free(0x5000)': no block is at 0x5000", done.stderr)
        large = self.trace("large.mmt", ["malloc(0x10000000000000) = 0x5000", " L 00005000,8"])
        self.assertIn("event 1 (malloc): no room for",
                      self.mmusim("run", large, status=1).stderr)


if __name__ == "__main__":
    unittest.main()
