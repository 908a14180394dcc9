"""Programs that make processes, and give memory up; that allocate; that are ELF files."""
import struct
import unittest

from support import CommandTest


def elf(machine, kind, loads):
    """An ELF file; `loads`: (flags, address, bytes in the file, bytes in memory) of segments."""
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", kind, machine, 1, 0, 64, 0, 0,
                         64, 56, len(loads), 0, 0, 0)
    segments = [struct.pack("<IIQQQQQQ", 1, flags, at % 4096, at, at, file, memory, 4096)
                for flags, at, file, memory in loads]
    return (header + b"".join(segments)).ljust(1 << 16, b"\0")


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

    def test_the_image_of_an_executable(self):
        read, write, execute = 4, 2, 1
        code = (read | execute, 0x400000, 0x1800, 0x1800)
        data = (read | write, 0x402e00, 0x100, 0x1400)
        (self.folder / "prog").write_bytes(elf(62, 2, [code, data]))
        trace = self.trace(lines=["I  00400010,4", " L 00400020,8", " S 00402e10,8",
                                  " S 00404000,8", " S 02000000,8"])
        self.mmusim("run", "--exe", "prog", "--check", "-o", "run", trace)
        self.assertEqual(self.result("run")["trace"]["executable"], "prog")
        # What the trace alone touches stays; of the rest the file has the say.
        maps = [" ".join(line.split()[i] for i in (0, 1, 5))
                for line in self.mmusim("os", "maps", "run").stdout.splitlines()]
        self.assertEqual(maps, ["00400000-00402000 r-xp prog", "00402000-00403000 rw-p prog",
                                "00403000-00405000 rw-p [bss]", "02000000-02001000 rw-p [stack]"])
        layout = self.mmusim("os", "layout", "run").stdout
        self.assertRegex(layout, r"a 0x000000400000 +8 KiB r-x +4 KiB prog")
        self.assertRegex(layout, r"c 0x000000403000 +8 KiB rw- +4 KiB \[bss\]")
        # A store where the file says there is code; without it the trace is believed.
        bad = self.trace("bad.mmt", ["I  00400010,4", " S 00400020,8"])
        self.mmusim("run", bad)
        self.assertIn("does not allow it", self.mmusim("run", "--exe", "prog", bad, status=1).stderr)
        # Anywhere: as Linux places it, or where it is told to.
        (self.folder / "pie").write_bytes(elf(243, 3, [(read | execute, 0, 0x1800, 0x1800)]))
        words = ["run", "--exe", "pie", "-m", "cva6", "--exe-base", "0x108000", "-o", "pie-run"]
        self.mmusim(*words, self.trace("low.mmt", ["I  00108010,4"]))
        self.assertIn("00108000-0010a000 r-xp", self.mmusim("os", "maps", "pie-run").stdout)
        # What cannot be.
        (self.folder / "both").write_bytes(elf(62, 2, [(7, 0x400000, 0x1800, 0x1800)]))
        for name, status, message in (
                ("both", 3, "both: segment 0 at 0x400000 may be both written and executed (W^X)"),
                ("none", 3, "none"), (trace, 3, "not an ELF file")):
            self.assertIn(message, self.mmusim("run", "--exe", name, trace, status=status).stderr)
        self.assertIn("lies where it was linked to", self.mmusim(
            "run", "--exe", "prog", "--exe-base", "0x1000", trace, status=3).stderr)
        (self.folder / "high").write_bytes(elf(62, 2, [(5, 0x500000000000, 0x10, 0x10)]))
        done = self.mmusim("run", "--exe", "high", "-m", "cva6", trace, status=3)
        self.assertIn("not canonical for sv39", done.stderr)
        self.mmusim("run", "--exe-base", "0x1000", trace, status=2)
        # The program moved on: the replay of the run needs it.
        (self.folder / "prog").rename(self.folder / "prog2")
        self.assertIn("prog", self.mmusim("os", "maps", "run", status=3).stderr)


if __name__ == "__main__":
    unittest.main()
