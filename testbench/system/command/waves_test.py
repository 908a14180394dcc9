"""What --waves writes, read back: against the counters, and against cycles worked out by hand."""
import bisect
import os
import shutil
import subprocess
import unittest

from support import MMUSIM, CommandTest

STATES = ["free", "starts", "looks up", "offers", "reads", "decodes", "offers update", "updates",
          "updated"]


class Waves:
    """A value change dump: of each signal, by its full name, its changes as (cycle, value)."""

    def __init__(self, path, period_ps):
        self.changes, names, scope = {}, {}, []
        words = iter(path.read_text().split())
        at = None
        for word in words:
            if word == "$scope":
                next(words)
                scope.append(next(words))
            elif word == "$upscope":
                scope.pop()
            elif word == "$timescale":
                unit = next(words)
                assert unit == "1ps" or unit + next(words) == "1ps"
            elif word == "$var":
                next(words), next(words)
                code = next(words)
                names[code] = ".".join([*scope, next(words)])
                self.changes[names[code]] = []
            elif word in ("$comment", "$date", "$version"):
                while next(words) != "$end":
                    pass
            elif word[0] == "#":
                assert int(word[1:]) % period_ps == 0, word
                at = int(word[1:]) // period_ps
            elif word[0] in "01x":
                self.changes[names[word[1:]]].append((at, word[0]))
            elif word[0] == "b":
                self.changes[names[next(words)]].append((at, word[1:]))
        assert not scope
        self.end = at
        for changes in self.changes.values():
            changes[:] = [(cycle, None if "x" in value else int(value, 2))
                          for cycle, value in changes]

    def at(self, name, cycle):
        changes = self.changes[name]
        place = bisect.bisect_right(changes, cycle, key=lambda change: change[0])
        return changes[place - 1][1] if place else None

    def cycles(self, name):
        """The cycles in which it is 1."""
        found = set()
        pairs = zip(self.changes[name], [*self.changes[name][1:], (self.end, None)])
        for (since, value), (until, _) in pairs:
            if value == 1:
                found |= set(range(since, until))
        return found

    def lanes(self, scope):
        """Names of the lanes of a link, e.g. core_l1d.request."""
        return sorted({name.rsplit(".", 1)[0] for name in self.changes
                       if name.startswith(scope) and name.endswith(".valid")})

    def carried(self, scope, **fields):
        """How many times a link carries something with these values."""
        return sum(all(self.at(f"{lane}.{field}", cycle) == value
                       for field, value in fields.items())
                   for lane in self.lanes(scope) for cycle in self.cycles(lane + ".valid"))


class WavesOfRuns(CommandTest):
    def waves(self, *words, period_ps=250, name="w.vcd"):
        self.mmusim("run", "-o", "r", "--waves", name, *words)
        return Waves(self.folder / name, period_ps)

    def test_agree_with_the_counters(self):
        trace = self.trace()
        words = ("--instructions", 400, "--waves-cycles", "0:1000000000",
                 "--set", "mmu.walker.count=2", "--set", "mmu.walker.memory_slots=1")
        waves = self.waves(*words, trace)
        counters = self.result("r")["counters"]
        walker, dram = counters["mmu"]["walker"], counters["dram"]
        self.assertGreater(walker["reads"], 100)
        reads, updates = (waves.carried("walkers_l1d.request", accepted=1, op=op) for op in (0, 1))
        self.assertEqual(reads, walker["reads"])
        self.assertEqual(updates, walker["updates"])
        self.assertEqual(waves.carried("walkers_l1d.request", accepted=0), walker["reads_refused"])
        self.assertEqual(waves.carried("walkers_l1d.reply"), reads + updates)
        # Of each walk the begin, the end, and the cycles in between.
        busy = [waves.changes[f"walker{i}.busy"] for i in range(2)]
        self.assertEqual(sum(value == 1 for walks in busy for _, value in walks), walker["walks"])
        self.assertEqual(sum(len(waves.cycles(f"walker{i}.busy")) for i in range(2)),
                         walker["walk_cycles"])
        # Links between other modules.
        for link, module in (("core_itlb", counters["mmu"]["itlb"]),
                             ("core_dtlb", counters["mmu"]["dtlb"])):
            self.assertEqual(waves.carried(link + ".request", accepted=1, replay=0),
                             module["accesses"], link)
            self.assertEqual(waves.carried(link + ".request", accepted=1),
                             waves.carried(link + ".reply"), link)
        for tlb in ("itlb", "dtlb"):
            module = counters["mmu"][tlb]
            self.assertEqual(waves.carried(tlb + "_stlb.request"),
                             module["sent"] + module["replays_sent"], tlb)
        self.assertEqual(waves.carried("stlb_walkers.reply"), walker["walks"])
        self.assertEqual(waves.carried("llc_dram.request", accepted=1, op=0), dram["reads"])
        self.assertEqual(waves.carried("llc_dram.request", accepted=1, op=2), dram["writes"])
        for upper in ("l1i", "l1d"):
            self.assertEqual(waves.carried(f"core_{upper}.request", accepted=1),
                             counters["cache"][upper]["accesses"] -
                             (reads + updates if upper == "l1d" else 0))

    def test_change_no_result(self):
        trace = self.trace()
        knobs = ("--set", "mmu.level3.entries=64", "--set", "mmu.stlb.inclusion=exclusive",
                 "--set", "mmu.prefetch.kind=stride", "--set", "mmu.stlb.entries=48")
        for words in ((), knobs, ("--check",), ("--set", "mmu.first_level=unified"),
                      ("--set", "mmu.mode=perfect-tlb"), ("--warmup", 500), ("--miss-classes",)):
            self.mmusim("run", "-o", "plain", *words, trace)
            self.mmusim("run", "-o", "shown", "--waves", "w.vcd", *words, trace)
            for name in ("result.json", "attribution.json"):
                self.assertEqual(self.bytes_of(f"plain/{name}"), self.bytes_of(f"shown/{name}"),
                                 words)

    def test_show_each_cycle_of_a_walk_where_it_is(self):
        # One load, nothing mapped: docs/timing.md, sections 2, 3, 5.
        #   issued in 1; DTLB 3 cycles:  the STLB sees it in 1 + 3 = 4
        #   STLB 7 cycles:               the walkers see it, and one accepts, in 4 + 7 = 11
        #   walk cache 2 cycles:         first read in 11 + 2 + 1 = 14
        #   data in r: the entry, not present, is decoded in r + 2, and the walk ends
        knobs = [word for knob in ("mmu.dtlb.latency_cycles=3", "mmu.stlb.latency_cycles=7",
                                   "mmu.walk_cache.latency_cycles=2", "clock.period_ps=400")
                 for word in ("--set", knob)]
        waves = self.waves(*knobs, self.trace(lines=[" L 10000040,8"]), period_ps=400)
        for name, cycle in (("core_dtlb.request0", 1), ("dtlb_stlb.request0", 4),
                            ("stlb_walkers.request0", 11), ("walkers_l1d.request0", 14)):
            self.assertEqual([waves.at(name + ".valid", at) for at in (cycle - 1, cycle, cycle + 1)],
                             [0, 1, 0], name)
        self.assertEqual(waves.at("core_dtlb.request0.va", 1), 0x10000040)
        self.assertEqual([waves.at("walker0.busy", at) for at in (10, 11)], [0, 1])
        there = min(waves.cycles("walkers_l1d.reply0.valid"))
        self.assertEqual([waves.at("walker0.busy", at) for at in (there + 1, there + 2)], [1, 0])
        states = [(at, STATES[state]) for at, state in waves.changes["walker0.state"]
                  if state is not None and 0 < at < there + 3]
        self.assertEqual(states, [(11, "starts"), (14, "reads"), (there, "decodes"),
                                  (there + 2, "free")])
        self.assertEqual(waves.at("walker0.level", 14), 4)
        self.assertEqual(waves.at("walker0.va", 14), 0x10000040)

    def test_hold_their_window_only(self):
        trace = self.trace(lines=[" L 10000040,8"])
        every = self.waves(trace)
        some = self.waves("--waves-cycles", "11:20", trace)
        self.assertEqual(some.end, 20)
        self.assertEqual(some.at("walker0.busy", 11), 1)
        for name, changes in some.changes.items():
            self.assertTrue(all(11 <= at < 20 for at, _ in changes), name)
            for at in range(11, 20):
                if some.at(name, at) is not None:
                    self.assertEqual(some.at(name, at), every.at(name, at), name)

    def test_are_the_same_each_time(self):
        trace = self.trace()
        for name in ("a.vcd", "b.vcd"):
            self.mmusim("run", "--waves", name, trace)
        self.assertEqual(self.bytes_of("a.vcd"), self.bytes_of("b.vcd"))

    def test_bad_files_and_windows_are_refused(self):
        trace = self.trace()
        for words, text in (
                (["--waves", "w.txt"], "w.txt ends neither with .vcd nor with .fst"),
                (["--waves", "no/such/w.vcd"], "no/such/w.vcd: cannot be written"),
                (["--waves-cycles", "1:2"], "--waves"),
                (["--waves", "w.vcd", "--waves-cycles", "7:7"], "FROM:TO"),
                (["--waves", "w.vcd", "--no-run-ahead=false"], "--no-run-ahead=false")):
            self.assertIn(text, self.mmusim("run", *words, trace, status=2).stderr)
        self.mmusim("run", "--waves", "w.vcd", "--no-run-ahead", trace)
        self.assertEqual([p.name for p in self.folder.iterdir() if ".new-" in p.name], [])

    def test_an_fst_needs_the_converter(self):
        trace = self.folder / self.trace()
        done = subprocess.run([MMUSIM, "run", "--waves", "w.fst", trace], env={"PATH": "/nowhere"},
                              cwd=self.folder, text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("Debian package gtkwave", done.stderr)

    def test_an_fst_is_made_by_the_converter(self):
        trace = self.trace()
        tools = self.folder / "tools"
        tools.mkdir()
        converter = tools / "vcd2fst"
        path = f"{tools}:{os.environ['PATH']}"
        for script, status in (('cp "$1" "$2"', 0), ("exit 7", 2)):
            converter.write_text(f"#!/bin/sh\n{script}\n")
            converter.chmod(0o755)
            done = subprocess.run([MMUSIM, "run", "--waves", "w.fst", trace], cwd=self.folder,
                                  env={"PATH": path}, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn("w.fst: vcd2fst has failed", done.stderr)
        self.mmusim("run", "--waves", "w.vcd", trace)
        self.assertEqual(self.bytes_of("w.fst"), self.bytes_of("w.vcd"))
        self.assertEqual([p.name for p in self.folder.iterdir() if ".new-" in p.name], [])

    @unittest.skipUnless(shutil.which("vcd2fst") and shutil.which("fst2vcd"), "needs gtkwave")
    def test_an_fst_holds_what_the_dump_holds(self):
        trace = self.trace()
        self.mmusim("run", "--instructions", 100, "--waves", "w.fst", trace)
        self.mmusim("run", "--instructions", 100, "--waves", "w.vcd", trace)
        back = self.folder / "back.vcd"
        subprocess.run(["fst2vcd", "-f", self.folder / "w.fst", "-o", back], check=True)
        dump, again = Waves(self.folder / "w.vcd", 250), Waves(back, 250)
        self.assertEqual(dump.changes.keys(), again.changes.keys())
        for name, changes in dump.changes.items():
            for at, _ in changes:
                self.assertEqual(again.at(name, at), dump.at(name, at), name)


if __name__ == "__main__":
    unittest.main()
