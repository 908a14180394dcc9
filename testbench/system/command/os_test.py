"""The memory of a finished run's process through the command: sums, formats, errors."""
import json
import struct
import unittest

from support import CommandTest, random_lines

FORMATS = ("sv39", "x86-64-4level", "aarch64-16k")


class Os(CommandTest):
    def setUp(self):
        super().setUp()
        self.trace(lines=random_lines(2000))

    def run_with(self, *settings, out="out"):
        words = [word for setting in settings for word in ("--set", setting)]
        self.mmusim("run", "--map-on-touch", *words, "-o", out, "tiny.mmt")
        return self.result(out)["counters"]["os"]

    def of_format(self, name):
        return self.run_with(f"mmu.format={name}",
                             *(f"mmu.walk_cache.level{n}.entries=0" for n in (2, 3, 4)), out=name)

    def os(self, view, *words, status=0):
        return self.mmusim("os", view, *words, status=status)

    def pages(self, *words):
        return json.loads(self.os("pagemap", *words, "--json").stdout)

    def smaps(self, out, field):
        """Of all areas together, in bytes."""
        rows = [line.split() for line in self.os("smaps", out).stdout.splitlines()]
        return sum(int(row[1]) << 10 for row in rows if row[0] == field + ":")

    def test_what_is_resident_is_what_the_run_has_in_use(self):
        for name in FORMATS:
            counters = self.of_format(name)
            pages = self.pages(name)
            in_use = counters["frames_in_use"] * pages["page_bytes"]
            self.assertGreater(in_use, 0)
            self.assertEqual(self.smaps(name, "Rss"), in_use, name)
            self.assertEqual(sum(p["bytes"] for p in pages["pages"] if p["present"]), in_use, name)
            self.assertEqual(len({p["frame"] for p in pages["pages"]}), len(pages["pages"]))

    def test_tables_of_the_layout_are_those_of_the_run(self):
        for name in FORMATS:
            counters = self.of_format(name)
            lines = self.os("layout", name).stdout.splitlines()
            tables = sum(int(line.split()[1]) for line in lines if "page tables of level" in line)
            self.assertEqual(tables, counters["table_pages"], name)
            areas = sum(int(line.split()[1].replace(",", "")) for line in lines
                        if "areas, as on the left" in line or "other areas" in line)
            self.assertEqual(areas, counters["frames_in_use"], name)

    def test_areas_are_those_of_the_run(self):
        counters = self.run_with()
        maps = self.os("maps", "out").stdout.splitlines()
        self.assertEqual(len(maps), counters["areas"])
        for line in maps:
            self.assertRegex(line, r"^[0-9a-f]{8,}-[0-9a-f]{8,} [r-][w-][x-][ps] [0-9a-f]{8} 00:00 0 ")
        smaps = self.os("smaps", "out").stdout.splitlines()
        self.assertEqual([line for line in smaps if "-" in line.split()[0]], maps)

    def test_huge_pages_show(self):
        self.mmusim("run", "--set", "os.huge_pages=true", "-o", "out",
                    "chase:bytes=16MiB,accesses=20000")
        counters = self.result("out")["counters"]["os"]
        pages = self.pages("out")["pages"]
        huge = [page for page in pages if page["huge"]]
        self.assertEqual(len(huge), counters["huge_pages_mapped"])
        self.assertGreater(len(huge), 0)
        self.assertEqual(self.smaps("out", "AnonHugePages"), len(huge) << 21)

    def test_stores_leave_dirty_pages(self):
        self.trace("two.mmt", ["I  00401000,4", " L 10000000,8", "I  00401004,4", " S 10005008,8"])
        self.mmusim("run", "-o", "out", "two.mmt")
        dirty = [page["va"] for page in self.pages("out")["pages"] if page["dirty"]]
        self.assertEqual(dirty, ["0x10005000"])
        line = [text for text in self.os("pagemap", "out", "--range", "0x10005fff:0x10006000")
                .stdout.splitlines() if text.startswith("0x")]
        self.assertEqual(len(line), 1)
        self.assertIn("P-AD-", line[0])
        self.assertEqual(self.smaps("out", "Private_Dirty"), 4096)

    def test_binary_entries_are_those_of_the_list(self):
        self.run_with()
        listed = {int(p["va"], 16): p["frame"] for p in self.pages("out")["pages"]}
        start, end = 0x10000000, 0x10040000
        self.os("pagemap", "out", "--range", f"{start:#x}:{end:#x}", "--binary", "p.bin")
        entries = [e for e, in struct.iter_unpack("<Q", self.bytes_of("p.bin"))]
        self.assertEqual(len(entries), (end - start) // 4096)
        for place, entry in enumerate(entries):
            frame = listed.get(start + place * 4096)
            self.assertEqual(entry >> 63, int(frame is not None))
            self.assertEqual(entry & ((1 << 55) - 1), frame or 0)
        self.os("pagemap", "out", "--binary", "all.bin")
        with open(self.folder / "all.bin", "rb") as file:
            file.seek(start // 4096 * 8)
            self.assertEqual(file.read(len(entries) * 8), self.bytes_of("p.bin"))

    def test_layout_as_a_page(self):
        self.run_with()
        self.os("layout", "out", "--html", "l.html")
        html = self.bytes_of("l.html").decode()
        self.assertIn("page tables of level 0", html)
        self.assertIn("<h1>Memory of the process of out</h1>", html)

    def test_a_program_that_ended_in_an_error_is_shown_up_to_there(self):
        lines = [*random_lines(200), "SYSCALL[7,1](11) sys_munmap ( 0x10000000, 1536000 )[sync] --> "
                 "Success(0x0)", " L 10000010,8"]
        self.trace("bad.mmt", lines)
        self.mmusim("run", "-o", "out", "--set", "os.stack_bytes=4KiB", "bad.mmt", status=1)
        done = self.os("maps", "out")
        self.assertIn("the program ended in an error: segmentation fault", done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), self.result("out")["counters"]["os"]["areas"])
        self.assertEqual(self.smaps("out", "Rss"),
                         self.result("out")["counters"]["os"]["frames_in_use"] * 4096)

    def test_a_run_that_was_stopped_is_shown_as_it_was_then(self):
        self.mmusim("run", "--instructions", "50", "-o", "out", "tiny.mmt")
        in_use = self.result("out")["counters"]["os"]["frames_in_use"]
        self.assertEqual(self.smaps("out", "Rss"), in_use * 4096)
        self.mmusim("run", "-o", "all", "tiny.mmt")
        self.assertGreater(self.smaps("all", "Rss"), in_use * 4096)

    def test_clear_errors(self):
        self.run_with("mmu.format=sv39")
        (self.folder / "partial").mkdir()
        (self.folder / "partial/machine.toml").write_bytes(self.bytes_of("out/machine.toml"))
        for words, status, message in (
                (("maps", "nowhere"), 3, "not the directory of a finished run"),
                (("maps", "out/result.json"), 3, "not the directory of a finished run"),
                (("smaps", "partial"), 3, "no result here"),
                (("pagemap", "out", "--range", "0x2000:0x1000"), 2, "START is the lower"),
                (("pagemap", "out", "--range", "12x:0x1000"), 2, "START is the lower"),
                (("pagemap", "out", "--range", "0x1000"), 2, "must be START:END"),
                (("pagemap", "out", "--range", "0x1000:0x8000000000"), 2, "outside of what sv39"),
                (("pagemap", "out", "--range", "0x1000:0xffffffffffffffff"), 2, "halves"),
                (("pagemap", "out", "--binary", "nowhere/p"), 2, "cannot be written"),
                (("pagemap", "out", "--binary", "p", "--json"), 2, ""),
                (("layout", "out", "--html", "l", "--text"), 2, ""),
                (("layout", "out", "--html", "nowhere/l"), 2, "nowhere/l"),
                (("maps",), 2, ""), ((), 2, "")):
            done = self.mmusim("os", *words, status=status)
            self.assertIn(message, done.stderr, words)

    def test_a_trace_that_has_moved(self):
        self.run_with()
        (self.folder / "tiny.mmt").rename(self.folder / "moved.mmt")
        done = self.os("maps", "out", status=3)
        self.assertIn("tiny.mmt", done.stderr)
        self.os("maps", "out", "--trace", "moved.mmt")
        self.trace("other.mmt", random_lines(100, seed=9))
        done = self.os("maps", "out", "--trace", "other.mmt", status=3)
        self.assertIn("is not the trace of out", done.stderr)


if __name__ == "__main__":
    unittest.main()
