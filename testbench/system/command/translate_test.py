"""Test vectors through the command: what it prints and its exit statuses."""
import json
import unittest
from pathlib import Path

from support import CommandTest

# Sv39, one level-2 leaf (1 GiB) at the root's first entry: V R A U, frame 0x40000, so that VA 0x1234
# is PA 0x40001234. Worked out from the privileged specification.
VECTOR = {
    "id": "hand-1", "kind": "ok_1g", "mode": "sv39", "xlen": 64, "svnapot": 0, "svpbmt": 0,
    "root_ppn": "0x1", "satp_mode": 8, "asid": 1, "priv": "U", "sum": 0, "mxr": 0, "adue": 0,
    "pbmte": 0, "access": "load", "va": "0x1234", "ram": [["0x0", "0x80000000"]],
    "mem": [["0x1000", hex(0x40000 << 10 | 0b1010011)]],
    "expect": {"result": "ok", "pa": "0x40001234", "data_in_ram": 1, "level": 2,
               "page_size": "0x40000000", "pbmt": 0, "global": 0, "pte_reads": ["0x1000"],
               "pte_writes": []},
}


class Translate(CommandTest):
    def vectors(self, *changes):
        path = self.folder / "v.jsonl"
        path.write_text("".join(json.dumps({**VECTOR, "expect": {**VECTOR["expect"], **change}}) +
                                "\n" for change in changes))
        return path

    def test_a_file_that_passes(self):
        done = self.mmusim("translate", "--vectors", self.vectors({}, {}))
        self.assertIn("2 passed, 0 failed", done.stdout)

    def test_a_vector_that_fails_is_shown_and_is_status_4(self):
        done = self.mmusim("translate", "--vectors", self.vectors({}, {"pa": "0x40001235"}),
                           status=4)
        self.assertIn("1 passed, 1 failed", done.stdout)
        self.assertIn("hand-1", done.stdout)

    def test_each_pte_read_is_compared(self):
        self.mmusim("translate", "--vectors", self.vectors({"pte_reads": ["0x1008"]}), status=4)

    def test_a_damaged_file_is_status_3_with_its_line(self):
        path = self.vectors({})
        path.write_text(path.read_text() + "{\n")
        done = self.mmusim("translate", "--vectors", path, status=3)
        self.assertIn("v.jsonl", done.stderr)
        self.assertIn("2", done.stderr)

    def test_two_stage_vectors_are_refused(self):
        root = Path(__file__).resolve().parents[3]
        done = self.mmusim("translate", "--vectors",
                           root / "testbench/conformance/vectors/twostage.jsonl.zst", status=3)
        self.assertIn("two-stage", done.stderr)


def lines_of_two_pages():
    # A load and a store of one page, a load of another.
    return ["I  00401000,4", " L 10000000,8", "I  00401004,4", " S 10000008,8", " L 10005000,8"]


class Explain(CommandTest):
    def test_a_trace_and_an_address(self):
        trace = self.trace(lines=lines_of_two_pages())
        done = self.mmusim("translate", "-m", "cva6", trace, "0x10000008", "--access", "store")
        for text in ("store of VA 0x10000008 in user mode", "format sv39", "level 2 entry",
                     "level 0 entry: VA[20:12] = 0x0", "dirty", "verdict: the store goes ahead"):
            self.assertIn(text, done.stdout)

    def test_the_state_of_the_core_counts(self):
        trace = self.trace(lines=lines_of_two_pages())
        words = ("translate", "-m", "cva6", trace, "0x10000008")
        done = self.mmusim(*words, "--state", "supervisor")
        self.assertIn("load of VA 0x10000008 in supervisor mode", done.stdout)
        self.assertIn("no permission: load page fault, scause 13", done.stdout)  # U = 1, SUM = 0
        done = self.mmusim(*words, "--state", "supervisor,sum")
        self.assertIn("verdict: the load goes ahead", done.stdout)
        done = self.mmusim(*words, "--state", "el1", status=2)
        self.assertIn("--state el1: this format's manual has supervisor, sum, mxr", done.stderr)

    def test_a_finished_run_is_explained_from_its_directory(self):
        trace = self.trace(lines=lines_of_two_pages())
        self.mmusim("run", "--set", "mmu.format=aarch64-16k",
                    "--set", "mmu.walk_cache.level4.entries=0", "-o", "out", trace)
        done = self.mmusim("translate", "out", "0x10005000")
        self.assertIn("format aarch64-16k", done.stdout)
        self.assertIn("a page of 16 KiB", done.stdout)
        self.assertIn("verdict: the load goes ahead", done.stdout)

    def test_the_trace_of_a_result_may_have_moved_but_must_be_the_same(self):
        trace = self.trace(lines=lines_of_two_pages())
        self.mmusim("run", "-o", "out", trace)
        (self.folder / trace).rename(self.folder / "moved.mmt")
        self.mmusim("translate", "out", "0x10000000", status=3)
        self.mmusim("translate", "out", "0x10000000", "--trace", "moved.mmt")
        other = self.trace("other.mmt")
        done = self.mmusim("translate", "out", "0x10000000", "--trace", other, status=3)
        self.assertIn("is not the trace of out", done.stderr)

    def test_an_address_without_a_page_is_explained_as_the_fault_that_it_is(self):
        trace = self.trace(lines=lines_of_two_pages())
        done = self.mmusim("translate", trace, "0x30000000", "--access", "fetch")
        self.assertIn("area: none holds this address", done.stdout)
        self.assertIn("page not present: #PF, error code 0x14", done.stdout)

    def test_an_address_that_the_format_cannot_express_names_formats_that_can(self):
        trace = self.trace(lines=lines_of_two_pages())
        done = self.mmusim("translate", "-m", "cva6", trace, "0x7fff00000000", status=2)
        self.assertIn("not canonical for sv39", done.stderr)
        self.assertIn("sv48, sv57", done.stderr)

    def test_bad_usage(self):
        trace = self.trace(lines=lines_of_two_pages())
        self.mmusim("run", "-o", "out", trace)
        for words in ((trace,), (), (trace, "12x"), (trace, "-5"), (trace, "0x1", "--access", "jump"),
                      ("out", "0x1", "-m", "cva6"), (trace, "0x1", "--trace", trace),
                      (trace, "0x1", "--explain", "1"), (trace, "0x1", "--vectors", "v.jsonl"),
                      ("--vectors", "v.jsonl", "--state", "sum")):
            done = self.mmusim("translate", *words, status=2)
            self.assertNotEqual(done.stderr + done.stdout, "", words)
        self.mmusim("translate", "nowhere.mmt", "0x1", status=3)

    def test_a_vector_by_name_and_by_number(self):
        path = self.folder / "v.jsonl"
        path.write_text(json.dumps({**VECTOR, "id": "first"}) + "\n" + json.dumps(VECTOR) + "\n")
        for which in ("hand-1", "2"):
            done = self.mmusim("translate", "--explain", which, "--vectors", path)
            for text in ("vector hand-1 (ok_1g)", "level 2 entry: VA[38:30] = 0x0; at 0x1000",
                         "a page of 1 GiB at 0x40000000", "PA 0x40001234",
                         "expected: ok, PA 0x40001234"):
                self.assertIn(text, done.stdout)
        done = self.mmusim("translate", "--explain", "3", "--vectors", path, status=2)
        self.assertIn("there are 2", done.stderr)


if __name__ == "__main__":
    unittest.main()
