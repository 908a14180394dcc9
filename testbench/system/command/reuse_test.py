"""trace info --reuse against the simulator: one pass knows what every size of TLB misses."""
import csv
import json
import unittest
from pathlib import Path

from support import CommandTest

SAMPLES = Path(__file__).resolve().parents[3] / "traces" / "samples"
# One access at a time, so that the order in which TLBs are updated is that of the program; each
# fetch is an access, as each record is one to the analysis.
SERIAL = ("--set", "cpu.window=1", "--set", "cpu.fetch_block_bytes=4", "--set", "mmu.dtlb.ways=0",
          "--set", "mmu.dtlb.replacement=lru", "--set", "mmu.itlb.ways=0", "--set",
          "mmu.itlb.replacement=lru", "--set", "mmu.stlb.entries=0")
WORKLOADS = ("zipf:bytes=4MiB,accesses=20K,theta=0.7", "graph:vertices=10K,accesses=20K,map=populate",
             "mix:[btree:keys=100K,accesses=10K],[sequential:bytes=1MiB,accesses=10K]")


class Reuse(CommandTest):
    def curve(self, *words):
        """Misses of data, instructions and all, by number of entries."""
        self.mmusim("trace", "info", "--reuse", "--curve", "c.csv", *words)
        with open(self.folder / "c.csv", newline="", encoding="utf-8") as file:
            return {int(row["entries"]): row for row in csv.DictReader(file)}

    def misses(self, trace, entries, *words):
        self.mmusim("run", *SERIAL, "--set", f"mmu.dtlb.entries={entries}", "--set",
                    f"mmu.itlb.entries={entries}", *words, "-o", "r", trace)
        return self.result("r")["counters"]["mmu"]

    def real_program(self):
        """A sample with its stores turned into loads: a store to a page that was only read has to
        set D, which the simulator counts as a miss, and no analysis of addresses can know."""
        sample = SAMPLES / "sort-start.champsim.xz"
        lines = []
        for line in self.mmusim("trace", "head", "-n", 1_000_000, sample).stdout.splitlines():
            _, kind, address, size = line.split()[:4]
            lines.append(f"{'I ' if kind == 'fetch' else ' L'} {int(address, 16):x},{size}")
        return self.trace(lines=lines)

    def test_predicts_the_misses_of_every_size(self):
        for trace in (*WORKLOADS, self.real_program()):
            curve = self.curve(trace)
            for entries in (1, 2, 3, 7, 16, 64, 200):
                mmu = self.misses(trace, entries)
                row = curve.get(entries, curve[max(curve)])
                self.assertEqual((mmu["dtlb"]["misses"], mmu["itlb"]["misses"]),
                                 (int(row["data_misses"]), int(row["instructions_misses"])),
                                 f"{trace}, {entries} entries")

    def test_predicts_a_tlb_for_data_and_instructions(self):
        curve = self.curve(WORKLOADS[2])
        for entries in (1, 2, 3, 7, 16, 64, 200):
            mmu = self.misses(WORKLOADS[2], entries, "--set", "mmu.first_level=unified")
            self.assertEqual(mmu["dtlb"]["misses"], int(curve[entries]["all_misses"]), entries)

    def test_predicts_tlbs_for_large_pages(self):
        workload = "zipf:bytes=256MiB,accesses=20K,theta=0.3"
        curve = self.curve("--page-size", "2MiB", workload)
        for entries in (1, 7, 16, 64):
            mmu = self.misses(workload, entries, "--set", "os.huge_pages=true")
            self.assertEqual(mmu["dtlb"]["misses"], int(curve[entries]["data_misses"]), entries)

    def test_a_sample_is_within_its_error(self):
        workload = "zipf:bytes=256MiB,accesses=300K,theta=0.5"
        exact, sample = self.curve(workload), self.curve("--sample", "0.1", workload)
        for entries in (64, 1024, 8192, 32768):
            row = sample[entries]
            self.assertAlmostEqual(float(row["data_ratio"]), float(exact[entries]["data_ratio"]),
                                   delta=3 * float(row["data_error"]) + 1e-3)
        text = self.mmusim("trace", "info", "--reuse", "--sample", "0.1", workload).stdout
        self.assertRegex(text, r"from a sample of 10\.000 % of the pages; ratios are within "
                               r"\(2 standard errors\) data [0-9.]+ % .* "
                               r"instructions unknown \(")

    def test_json_has_all_of_it(self):
        # 256 pages, four times: 4 x 131,072 / 1,024 = 4 windows of 512 instructions a page.
        trace = "sequential:bytes=1MiB,accesses=524288"
        self.mmusim("trace", "info", "--reuse", "--json", "j.json", "--window", 131072, trace)
        found = json.loads((self.folder / "j.json").read_text())
        data = found["data"]
        self.assertEqual(data["footprint"], {"4096": 256, "65536": 16, "2097152": 1,
                                             "1073741824": 1})
        self.assertEqual(data["accesses"], 524288)
        # 4 instructions an access, so 32,768 accesses and 64 pages a window.
        self.assertEqual(data["working_set"], [64] * 16)
        by_entries = dict(zip(found["entries"], data["misses"]))
        self.assertEqual((by_entries[1], by_entries[255], by_entries[256]), (1024, 1024, 256))
        self.assertEqual(found["trace"]["command"],
                         "sequential:bytes=1MiB,writes=0,accesses=524288,compute=0,map=touch")

    def test_prints_tables(self):
        text = self.mmusim("trace", "info", "--reuse", "sequential:bytes=1MiB,accesses=524288").stdout
        self.assertRegex(text, r"of 2 MiB +1 +1 +2\n")
        self.assertRegex(text, r"\n256 +768 +256 +0\.049 % ")
        self.assertIn("pages         257 of 4 KiB touched, 17 of 64 KiB, 2 of 2 MiB, 1 of 1 GiB", text)
        plain = self.mmusim("trace", "info", "sequential:bytes=1MiB,accesses=524288").stdout
        self.assertTrue(text.startswith(plain))
        self.assertNotIn("reused", plain)

    def test_bad_options_end_with_status_2(self):
        for words, message in ((("--curve", "c.csv"), "--curve requires --reuse"),
                               (("--reuse", "--page-size", "3KiB"), "--page-size"),
                               (("--reuse", "--sample", "0"), "--sample"),
                               (("--reuse", "--sample", "2"), "--sample"),
                               (("--reuse", "--window", "0"), "--window"),
                               (("--reuse", "--json", "no/where.json"), "no/where.json")):
            done = self.mmusim("trace", "info", *words, "gups:accesses=10", status=2)
            self.assertIn(message, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
