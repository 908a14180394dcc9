"""Captures: the samples that were taken with scripts/capture.sh, and the script itself, with a qemu
that only says what it was asked. scripts/check_capture.py takes real ones."""
import shutil
import struct
import subprocess
import unittest
from pathlib import Path

from support import MMUSIM, CommandTest

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "traces/samples"
FETCH, MARK_CALL, MARK_END = 0, 0x1c << 56, 0x2c << 56


def stream(machine, fetches, *more):
    """A stream of the capture plugin: so many instructions of 4 bytes."""
    words = [1 | machine << 32]
    words += [4 << 59 | FETCH << 56 | 0x10000 + 4 * i for i in range(fetches)]
    words += [*more, MARK_END | fetches]
    return b"\x89MMC\r\n\x1a\n" + struct.pack(f"<{len(words)}Q", *words)


def elf(machine, interpreter=b"", bits=2):
    """The header of an ELF file, and of its dynamic linker if it has one."""
    header = b"\x7fELF" + bytes([bits, 1, 1]) + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", 2, machine, 1, 0x10000, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x10000, 0x10000, 200, 200, 4096)
    wanted = struct.pack("<IIQQQQQQ", 3 if interpreter else 4, 4, 176, 0, 0,
                         len(interpreter) + 1, 0, 1)
    return header + load + wanted + interpreter + b"\0"


class Captured(CommandTest):
    """Two threads, each with 64 pages: testbench/system/capture/walkers.c."""

    def captured(self, sample, machine, instructions, records):
        info = self.mmusim("trace", "info", SAMPLES / sample).stdout
        self.assertIn(f"instructions  {instructions}\n", info)
        self.assertIn("threads       3\n", info)
        self.assertIn("2 munmap", info)
        self.assertIn("rw-  [stack]", info)
        self.assertIn(f"ok, {records:,} records", self.mmusim("trace", "check",
                                                              SAMPLES / sample).stdout)
        self.mmusim("run", "--check", "-m", machine, "-o", machine, SAMPLES / sample)
        result = self.result(machine)
        counters = result["counters"]
        self.assertEqual((result["outcome"], counters["cpu"]["instructions"]),
                         ("done", instructions))
        # 128 pages written for the first time, by a thread each; and all else that is touched.
        self.assertGreater(counters["os"]["minor_faults"], 128)
        return info

    def test_riscv_fits_sv39(self):
        info = self.captured("walkers-riscv64.mmt", "rocket", 12126, 16561)
        self.assertIn("riscv64", info)
        self.assertIn("up to 0x3fffffffff; formats that fit: sv39,", info)

    def test_aarch64_runs_on_an_arm_machine(self):
        info = self.captured("walkers-aarch64.mmt", "cortex-a53", 12178, 15880)
        self.assertIn("aarch64", info)
        self.assertIn("up to 0x55018a1fff; formats that fit: sv48,", info)
        done = self.mmusim("run", "-m", "rocket", SAMPLES / "walkers-aarch64.mmt", status=3)
        self.assertIn("is not canonical for sv39", done.stderr)
        self.assertIn("formats that fit: sv48, ", done.stderr)

    def test_pages_of_the_threads_are_written_once_and_read_back(self):
        text = self.mmusim("trace", "head", "-n", 99999, SAMPLES / "walkers-riscv64.mmt").stdout
        areas = [int(line.split("mmap(")[1].split(" = ")[1].split()[0], 16)
                 for line in text.splitlines() if "mmap(0, 0x40000, 3, 34, -1, 0)" in line]
        self.assertEqual(len(areas), 2)  # perhaps one after the other at the same place
        for area in set(areas):
            for page in range(64):
                hits = [line.split()[1] for line in text.splitlines()
                        if f" {area + 4096 * page:#x} 1" in line]
                self.assertEqual(hits, ["store", "load"] * areas.count(area), (area, page))

    def test_conversion_says_what_fits(self):
        (self.folder / "t.capture").write_bytes(stream(243, 10))
        done = self.mmusim("trace", "convert", "t.capture", "t.mmt")
        self.assertIn("10 instructions", done.stdout)
        self.assertIn("addresses up to 0x10fff, formats that fit: sv32,", done.stdout)

    def test_a_damaged_stream_names_the_place(self):
        good = stream(243, 1000)
        (self.folder / "cut.capture").write_bytes(good[:-8])
        (self.folder / "bad.capture").write_bytes(stream(243, 1000, 7 << 56))
        for words in (("run",), ("trace", "check"), ("trace", "info")):
            self.assertIn("record 1003 at byte 8016: the stream ends without its end mark",
                          self.mmusim(*words, "cut.capture", status=3).stderr)
            self.assertIn("record 1003 at byte 8016: kind 7; 0 to 4 are possible",
                          self.mmusim(*words, "bad.capture", status=3).stderr)
        self.mmusim("trace", "convert", "--keep-partial", "cut.capture", "t.mmt", status=3)
        self.assertIn("ok, 1,000 records", self.mmusim("trace", "check", "t.mmt").stdout)


class CaptureScript(CommandTest):
    def setUp(self):
        super().setUp()
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for tool in ("od", "tr", "tail", "head", "basename", "dirname", "mktemp", "rm", "cat",
                     "env", "sh"):
            (self.bin / tool).symlink_to(shutil.which(tool))

    def program(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o755)
        return f"./{name}"

    def capture(self, *words, status=0, mmusim=MMUSIM):
        done = subprocess.run(
            [shutil.which("sh"), ROOT / "scripts/capture.sh", *map(str, words)], cwd=self.folder,
            env={"PATH": str(self.bin), "MMUSIM": str(mmusim)}, text=True, capture_output=True,
            timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def refused(self, *words, mmusim=MMUSIM):
        return self.capture(*words, status=2, mmusim=mmusim).stderr

    def qemu(self, name, content, status=7):
        """A qemu that notes its arguments and writes `content` where the plugin would."""
        (self.folder / "stream").write_bytes(content)
        self.program(f"bin/{name}", f'#!/bin/sh\necho "$*" > arguments\ncat stream >&9\n'
                     f"echo its output\nexit {status}\n".encode())

    def test_takes_the_trace_and_tells_the_programs_status(self):
        self.qemu("qemu-riscv64", stream(243, 10))
        program = self.program("prog", elf(243))
        done = self.capture("-o", "t.mmt", "--instructions=10", program, "-x", "a b")
        self.assertIn("its output\n", done.stdout)
        self.assertIn("10 instructions", done.stdout)
        self.assertIn("./prog ended with status 7", done.stderr)
        self.assertIn("ok, 10 records", self.mmusim("trace", "check", "t.mmt").stdout)
        arguments = (self.folder / "arguments").read_text()
        self.assertTrue(arguments.startswith("-R 0x4000000000 "), arguments)
        self.assertTrue(arguments.endswith(" ./prog -x a b\n"), arguments)
        self.assertIn("mmusim_capture.so,fd=9,span=0x4000000000,words=11,instructions=10",
                      arguments)
        # The words before the program's, qemu's name among them.
        self.assertEqual(len(arguments.split(" ./prog -x")[0].split()), 11 - 1)

    def test_names_the_trace_after_the_program(self):
        for machine, name in ((62, "qemu-x86_64"), (183, "qemu-aarch64")):
            self.qemu(name, stream(machine, 3), status=0)
            self.capture("--clean-env", self.program(f"p{machine}", elf(machine)))
            self.assertIn("ok, 3 records",
                          self.mmusim("trace", "check", f"p{machine}.mmt").stdout)
            self.assertIn("-B 0x100000000000", (self.folder / "arguments").read_text())

    def test_a_program_that_is_killed_leaves_what_came_before(self):
        self.qemu("qemu-riscv64", stream(243, 10)[:-8], status=139)
        done = self.capture("-o", "t.mmt", self.program("prog", elf(243)), status=3)
        self.assertIn("was ended by signal 11", done.stderr)
        self.assertIn("without its end mark", done.stderr)
        self.assertIn("ok, 10 records", self.mmusim("trace", "check", "t.mmt").stdout)

    def test_dynamic_programs_need_their_linker(self):
        self.qemu("qemu-riscv64", stream(243, 1))
        program = self.program("prog", elf(243, b"/lib/ld-mine.so.1"))
        text = self.refused("--sysroot", "roots", program)
        self.assertIn("its dynamic linker /lib/ld-mine.so.1 is not in roots", text)
        self.assertIn("apt-get install libc6-riscv64-cross", text)
        (self.folder / "roots/lib").mkdir(parents=True)
        (self.folder / "roots/lib/ld-mine.so.1").touch()
        self.capture("--sysroot", "roots", "--cpu", "any", program)
        arguments = (self.folder / "arguments").read_text()
        self.assertIn("-L roots -cpu any", arguments)
        self.assertIn("words=15", arguments)

    def test_missing_tools_are_named_with_their_package(self):
        riscv, x86 = self.program("r", elf(243)), self.program("x", elf(62))
        self.assertIn("qemu-riscv64 is needed; install it with: apt-get install qemu-user\n",
                      self.refused(riscv))
        self.assertIn("qemu-user (or trace with --by valgrind)", self.refused(x86))
        self.assertIn("apt-get install valgrind", self.refused("--by", "valgrind", x86))
        self.assertIn("not built", self.refused(x86, mmusim="./nowhere"))
        self.qemu("qemu-x86_64", b"")
        alone = self.folder / "alone"
        alone.mkdir()
        (alone / "mmusim").symlink_to(MMUSIM)
        self.assertIn("mmusim_capture.so: the plugin for qemu is not there",
                      self.refused(x86, mmusim=alone / "mmusim"))

    def test_what_cannot_be_captured_is_refused(self):
        self.assertIn("no such program", self.refused("./nothing"))
        script = self.program("script", b"#!/bin/sh\nexit 0\n")
        self.assertIn("is no ELF file of 64 bits", self.refused(script))
        self.assertIn("capture.sh sh ./script", self.refused(script))
        self.assertIn("is no ELF file of 64 bits", self.refused(self.program("e", b"")))
        self.assertIn("is no ELF file of 64 bits", self.refused(self.program("o", elf(3, bits=1))))
        self.assertIn("for machine 40", self.refused(self.program("arm", elf(40))))
        riscv = self.program("r", elf(243))
        self.assertIn("is a program of riscv64, not of aarch64",
                      self.refused("--arch", "aarch64", riscv))
        self.assertIn("Valgrind traces x86-64", self.refused("--by=valgrind", riscv))

    def test_bad_options_are_refused(self):
        program = self.program("r", elf(243))
        for words, wanted in ((("-n", "many"), "a number of instructions"),
                              (("--instructions", "0"), "a number of instructions"),
                              (("--by", "pin"), "qemu and valgrind are possible"),
                              (("--arch", "vax"), "x86-64, riscv64 and aarch64 are possible"),
                              (("--speed", "9"), "unknown option --speed"), (("-q",), "-q"),
                              (("--by", "valgrind", "--cpu", "max"), "are qemu's")):
            self.assertIn(wanted, self.refused(*words, program), words)
        self.assertIn("a value is needed", self.refused("-o"))
        self.assertIn("usage:", self.refused())
        self.assertIn("--by qemu|valgrind", self.capture("--help").stdout)


if __name__ == "__main__":
    unittest.main()
