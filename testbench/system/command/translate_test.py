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


if __name__ == "__main__":
    unittest.main()
