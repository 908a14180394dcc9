"""Traces of other tools, through the program: recognized, run, converted, refused."""
import bz2
import gzip
import lzma
import shutil
import struct
import subprocess
import unittest
import zipfile
from pathlib import Path

from support import MMUSIM, CommandTest

SAMPLES = Path(__file__).parents[3] / "traces/samples"
INSTRUCTIONS = 45_000
FORMATS = {"sort-start.capture.zst": "capture",
           "sort-start.champsim.xz": "champsim", "sort-start.cloudsuite.bz2": "cloudsuite",
           "sort-start.drmemtrace.gz": "drmemtrace", "sort-start.lackey.zst": "lackey"}


def instr(ip, load=0, branch=0):
    """ChampSim's input_instr."""
    return struct.pack("<QBB2B4B2Q4Q", ip, branch, 0, 0, 0, 0, 0, 0, 0, 0, 0, load, 0, 0, 0)


class Formats(CommandTest):
    def test_every_sample_runs_as_its_conversion_does(self):
        for sample in FORMATS:
            self.mmusim("run", "-o", "a", SAMPLES / sample)
            self.mmusim("trace", "convert", SAMPLES / sample, "own.mmt")
            self.mmusim("run", "-o", "b", "own.mmt")
            a, b = self.result("a"), self.result("b")
            self.assertEqual((a["outcome"], a["counters"]["cpu"]["instructions"]),
                             ("done", INSTRUCTIONS), sample)
            self.assertNotEqual(a["trace"].pop("name"), b["trace"].pop("name"))
            self.assertEqual(a, b, sample)

    def test_every_sample_is_described_and_checked(self):
        for sample, name in FORMATS.items():
            self.assertIn(f"instructions  {INSTRUCTIONS}\n",
                          self.mmusim("trace", "info", SAMPLES / sample).stdout)
            self.assertIn("ok, 55,", self.mmusim("trace", "check", SAMPLES / sample).stdout)
            text = self.mmusim("trace", "head", "-n", 3, "--format", name, SAMPLES / sample).stdout
            self.assertEqual(text.split()[:3], ["0", "fetch", "0x401ab70"])

    def test_system_calls_of_drmemtrace_cost_what_they_cost(self):
        self.mmusim("run", "-o", "a", SAMPLES / "sort-start.drmemtrace.gz")
        self.mmusim("run", "-o", "b", SAMPLES / "sort-start.cloudsuite.bz2")
        self.assertEqual(self.result("a")["counters"]["os"]["system_calls"], 45)
        self.assertEqual(self.result("b")["counters"]["os"]["system_calls"], 0)
        self.assertGreater(self.result("a")["cycle_stack"]["system_call"], 0)

    def test_archives_and_folders_of_drmemtrace_run_as_the_plain_file_does(self):
        with gzip.open(SAMPLES / "sort-start.drmemtrace.gz") as packed:
            plain = packed.read()
        (self.folder / "plain.drmemtrace").write_bytes(plain)
        self.mmusim("run", "-o", "plain", "plain.drmemtrace")
        expected = self.result("plain")
        expected["trace"].pop("name")
        folder = self.folder / "drmemtrace.sort.1.dir/trace"
        folder.mkdir(parents=True)
        third = len(plain) // 3
        for path in (self.folder / "t.memtrace.zip", folder / "drmemtrace.sort.1.trace.zip"):
            with zipfile.ZipFile(path, "w") as archive:
                for i in range(3):
                    chunk = plain[i * third:None if i == 2 else (i + 1) * third]
                    archive.writestr(f"chunk.{i:04}", chunk, (zipfile.ZIP_DEFLATED,
                                                              zipfile.ZIP_STORED)[i % 2])
        (folder / "cpu_schedule.bin.zip").write_bytes(b"no trace")
        for trace in ("t.memtrace.zip", "drmemtrace.sort.1.dir", "drmemtrace.sort.1.dir/trace"):
            self.mmusim("run", "-o", "packed", trace)
            packed = self.result("packed")
            packed["trace"].pop("name")
            self.assertEqual(packed, expected, trace)
            self.assertIn("ok, 55,", self.mmusim("trace", "check", trace).stdout)
        self.mmusim("sweep", "-o", "s", "--set", "seed=1,2", "drmemtrace.sort.1.dir")
        (folder / "b.trace").write_bytes(plain[:60])
        self.assertIn("b.trace", self.mmusim("run", "drmemtrace.sort.1.dir", status=3).stderr)

    def test_the_format_given_decides(self):
        shutil.copy(SAMPLES / "sort-start.champsim.xz", self.folder / "t.mmt")
        self.mmusim("run", "t.mmt")  # its content does, where none is given
        self.mmusim("sweep", "--format", "champsim", "--set", "mmu.walker.count=1,2", "t.mmt")
        for format_name in ("own", "lackey", "cloudsuite", "drmemtrace", "capture"):
            for words in (("run",), ("trace", "info"), ("trace", "head"), ("trace", "check")):
                self.assertIn("t.mmt", self.mmusim(*words, "--format", format_name, "t.mmt",
                                                   status=3).stderr)
            self.mmusim("trace", "convert", "--format", format_name, "t.mmt", "o.mmt", status=3)
            self.mmusim("sweep", "--format", format_name, "--set", "seed=1,2", "-o", format_name,
                        "t.mmt", status=3)
        done = self.mmusim("run", "--format", "pin", "t.mmt", status=2)
        self.assertIn("drmemtrace", done.stderr)

    def test_a_run_remembers_the_format_for_translate(self):
        # Three records of 64 bytes that could be two of 96, in a file named like those.
        text = instr(0x401000) + instr(0x401004, 0x10000010) + instr(0x401008, 0x10000020)
        (self.folder / "t.cloudsuite").write_bytes(text)
        self.assertIn("instructions  2\n", self.mmusim("trace", "info", "t.cloudsuite").stdout)
        self.mmusim("run", "--format", "champsim", "-o", "out", "t.cloudsuite")
        self.assertEqual(self.result("out")["counters"]["cpu"]["instructions"], 3)
        self.assertIn("goes ahead", self.mmusim("translate", "out", "0x10000010").stdout)
        self.assertIn("goes ahead", self.mmusim("translate", "--format", "champsim", "t.cloudsuite",
                                                "0x10000010").stdout)
        done = self.mmusim("translate", "out", "0x10000010", "--trace", "t.cloudsuite", status=3)
        self.assertIn("another hash", done.stderr)
        self.mmusim("translate", "out", "0x10000010", "--trace", "t.cloudsuite", "--format",
                    "champsim")
        self.mmusim("translate", "out", "0x10000010", "--format", "champsim", status=2)

    def test_reads_a_compressed_trace_from_a_pipe(self):
        with open(SAMPLES / "sort-start.champsim.xz", "rb") as sample:
            done = subprocess.run(["sh", "-c", f"cat | '{MMUSIM}' trace convert /dev/stdin o.mmt"],
                                  cwd=self.folder, stdin=sample, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("ok, 55,644 records", self.mmusim("trace", "check", "o.mmt").stdout)

    def test_loads_that_wait_for_each_other_take_longer(self):
        def program(source):
            """Each load is of a line of its own, writes rax (10) and reads `source`."""
            text = b""
            for i in range(1000):
                record = bytearray(instr(0x401000, 0x10000000 + 64 * (i * 37 % 1024)))
                record[10], record[12] = 10, source
                text += bytes(record)
            return text
        cycles = []
        for name, source in (("free", 11), ("chained", 10)):
            (self.folder / f"{name}.champsim").write_bytes(program(source))
            self.mmusim("run", "--set", "cpu.dependence=trace", "-o", name, f"{name}.champsim")
            cycles.append(self.result(name)["counters"]["cpu"]["cycles"])
        self.assertGreater(cycles[1], 1.5 * cycles[0])


class BadFormats(CommandTest):
    def fails(self, name, *wanted):
        for words in (("run",), ("trace", "check"), ("trace", "info"), ("trace", "convert"),
                      ("sweep", "-o", "s", "--set", "seed=1,2")):
            more = ("out.mmt",) if "convert" in words else ()
            text = self.mmusim(*words, name, *more, status=3).stderr
            for part in (name, *wanted):
                self.assertIn(part, text)
        self.assertFalse((self.folder / "out.mmt").exists())

    def test_physical_addresses_are_refused(self):
        (self.folder / "dram.trc").write_text("0x1A2B3C40 READ 100\n0x1A2B3C80 WRITE 120\n")
        self.fails("dram.trc", "physical addresses", "DRAMsim3", "nothing to translate")
        (self.folder / "ls.trc.gz").write_bytes(gzip.compress(b"LD 0x1A2B3C40\nST 0x10\n"))
        self.fails("ls.trc.gz", "physical addresses", "Ramulator 2")

    def test_truncated_packing_names_the_byte(self):
        text = b"".join(instr(0x401000 + i) for i in range(300))
        for name, pack in (("gz", gzip.compress), ("xz", lzma.compress), ("bz2", bz2.compress)):
            packed = pack(text)
            file = f"t.champsim.{name}"
            (self.folder / file).write_bytes(packed[:-5])
            self.fails(file, f"byte {len(packed) - 5}: damaged or truncated")

    def test_malformed_records_name_their_place(self):
        good = b"".join(instr(0x401000 + i) for i in range(1000))
        (self.folder / "cut.champsim").write_bytes(good + b"1234")
        self.fails("cut.champsim", "record 1001 at byte 64000: the trace ends after 4 of its 64")
        (self.folder / "bad.champsim").write_bytes(good + instr(0x402000, branch=7) + good)
        self.fails("bad.champsim", "record 1001 at byte 64000: is_branch is neither 0 nor 1")
        done = self.mmusim("trace", "convert", "--keep-partial", "bad.champsim", "p.mmt", status=3)
        self.assertIn("what came before it is in p.mmt", done.stderr)
        self.assertIn("ok, 1,000 records", self.mmusim("trace", "check", "p.mmt").stdout)

    def test_what_is_no_trace_says_so(self):
        (self.folder / "noise").write_bytes(bytes(range(256)) * 200)
        self.fails("noise", "--format")
        (self.folder / "t.trace.zip").write_bytes(b"PK\x03\x04 and so on")
        self.fails("t.trace.zip", "damaged or truncated zip archive")
        (self.folder / "empty").mkdir()
        for words in (("run",), ("trace", "check"), ("trace", "info")):
            self.assertIn("is an empty folder", self.mmusim(*words, "empty", status=3).stderr)


if __name__ == "__main__":
    unittest.main()
