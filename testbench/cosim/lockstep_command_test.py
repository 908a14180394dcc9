"""mmusim run --set mmu.walker.model=lockstep: traces without a difference; a fault planted in the
RTL; what cannot be had. Usage: lockstep_command_test.py MMUSIM [MMUSIM_WITH_THE_FAULT]"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RISCV = ROOT / "traces/samples/walkers-riscv64.mmt"
SORT = ROOT / "traces/samples/sort.mmt"
MMUSIM = Path(sys.argv[1])
WRONG = Path(sys.argv[2]) if len(sys.argv) > 2 else None
LOCKSTEP = ("--set", "mmu.walker.model=lockstep")


class Lockstep(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_it(self, *words, program=MMUSIM, status=0):
        done = subprocess.run([program, "run", *map(str, words)], cwd=self.folder, text=True,
                              capture_output=True, timeout=300, check=False)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stderr

    @unittest.skipUnless(WRONG, "a build without RTL")
    def test_traces_agree_in_every_cycle(self):
        sv48 = ("-m", "xiangshan", "--set", "mmu.format=sv48", "--set", "mmu.prefetch.kind=off")
        for trace in (RISCV, SORT):
            for machine in ((*sv48, "--set", "mmu.walker.count=1"),
                            (*sv48, "--set", "mmu.walker.count=4"), ("-m", "cva6"),
                            ("-m", "rocket", "--set", "mmu.walk_cache.organisation=split")):
                said = self.run_it(*machine, *LOCKSTEP, "--instructions", "300000", "-o", "out", trace)
                self.assertRegex(said, r"lockstep: [1-9]\d* walks agree in every cycle")
                self.assertFalse((self.folder / "out/lockstep.txt").exists())

    @unittest.skipUnless(WRONG, "a build without RTL")
    def test_it_changes_no_figure(self):
        counters = []
        for model in ("systemc", "lockstep"):
            self.run_it("-m", "cva6", "--set", f"mmu.walker.model={model}", "--instructions", "100000", "-o",
                        model, RISCV)
            result = json.loads((self.folder / model / "result.json").read_text())
            counters.append(result["counters"])
        self.assertEqual(counters[0], counters[1])

    @unittest.skipUnless(WRONG, "a build without RTL")
    def test_a_fault_planted_in_the_rtl_ends_the_run_with_a_report(self):
        said = self.run_it("-m", "cva6", "--set", "mmu.format=sv48", *LOCKSTEP, "-o", "out", RISCV,
                           program=WRONG, status=4)
        self.assertIn("model and RTL differ in the value of a walk-cache fill", said)
        report = (self.folder / "out/lockstep.txt").read_text()
        self.assertRegex(report, r"walker 0, \w+ to VA 0x[0-9a-f]+")
        self.assertRegex(report, r"fill level 3 .*fill level 2 ")  # model and RTL, side by side
        self.assertEqual(json.loads((self.folder / "out/result.json").read_text())["outcome"],
                         "internal-error")
        self.assertIn("-o", self.run_it("-m", "cva6", "--set", "mmu.format=sv48", *LOCKSTEP, RISCV,
                                        program=WRONG, status=4))

    @unittest.skipUnless(WRONG, "a build without RTL")
    def test_the_fault_is_in_one_format_only(self):
        self.run_it("-m", "cva6", *LOCKSTEP, "--instructions", "20000", RISCV, program=WRONG)

    def test_machines_that_it_is_not_for_are_refused_with_the_reason(self):
        for machine, reason in ((("-m", "skylake"), "RTL walker is one for RISC-V"),
                                (("-m", "cva6", "--set", "mmu.prefetch.kind=stride"),
                                 "makes no prefetches"),
                                (("-m", "cva6", "--set", "mmu.walk_cache.organisation=pte-tagged"),
                                 "pte-tagged")):
            said = self.run_it(*machine, *LOCKSTEP, RISCV, status=2)
            self.assertIn("mmu.walker.model = lockstep", said)
            self.assertIn(reason, said)

    def test_a_model_that_is_none_is_refused_with_those_there_are(self):
        said = self.run_it("-m", "cva6", "--set", "mmu.walker.model=verilog", RISCV, status=2)
        self.assertIn("lockstep", said)

    @unittest.skipIf(WRONG, "a build with RTL")
    def test_a_build_without_rtl_says_how_to_get_it(self):
        said = self.run_it("-m", "cva6", *LOCKSTEP, RISCV, status=2)
        self.assertIn("apt-get install verilator", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
