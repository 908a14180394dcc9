"""The study of docs/study.md, command by command as it stands there, only shorter; where a browser
is installed its page is opened, and the best machine found on it."""
import json
import re
import shutil
import subprocess
import time
import unittest

from document_test_support import MMUSIM, ROOT, DocumentTest, blocks
from page_test_support import browser, webdriver

POINTS = 24
COMPLETE = "out/study/sweep/[!.]*/result.json"  # what is under way has a name with a dot
CAN_CAPTURE = shutil.which("qemu-x86_64") and MMUSIM.with_name("mmusim_capture.so").exists()
CAN_BROWSE = webdriver is not None and shutil.which("chromium") and shutil.which("chromedriver")


def commands_of_the_page():
    commands = []
    for block in blocks("study.md"):
        commands += re.findall(r"^(?:[^\n]*<<'TOML'\n.*?^TOML|[^\n]+)$", block, re.S | re.M)
    return commands


class Study(DocumentTest):
    def kill_half_way(self, command):
        """What `timeout -s KILL` does after a while, here as soon as one point is done."""
        words = command.split()[4:]
        sweep = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not list(self.folder.glob(COMPLETE)):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)
        sweep.kill()
        self.assertEqual(sweep.wait(), -9)

    def carry_out(self, command):
        if command.startswith("scripts/setup.sh"):
            return ""  # what is missing is not installed by a test
        if command.startswith("timeout -s KILL"):
            return self.kill_half_way(command)
        if command.startswith("scripts/capture.sh"):
            if not CAN_CAPTURE:
                shutil.copy(ROOT / "traces/samples/sort.mmt", self.folder / "out/study/awk.mmt")
                return ""
            command = command.replace("-n 50000000", "-n 1000000")
        status, output, errors = self.shell(command)
        output += errors
        self.assertEqual(status, 1 if "--status" in command else 0, f"{command}\n{output}")
        return output

    def test_the_page_finds_the_best_machine(self):
        said = {command: self.carry_out(command) for command in commands_of_the_page()}
        results = {path.parent.name: json.loads(path.read_text())["counters"]["cpu"]["cycles"]
                   for path in self.folder.glob(COMPLETE)}
        self.assertEqual(len(results), POINTS)
        best = min(results.values())

        def said_by(word):
            return next(text for command, text in said.items() if word in command and text)
        self.assertIn(f"{POINTS} points", said_by("--dry-run"))
        self.assertRegex(said_by("--status"), r"[1-9]\d* done")
        self.assertIn("missing", said_by("--status"))
        resumed = next(text for command, text in said.items()
                       if re.match(r"\S+ sweep out\S+toml", command))
        self.assertIn("kept", resumed)
        first = re.search(r"^best first.*\n.*\n *(\d+) +(\d+) +(\d+) ", resumed, re.M)
        self.assertIsNotNone(first, resumed)
        name = "mmu.dtlb.entries={},mmu.stlb.entries={},mmu.walker.count={}".format(*first.groups())
        self.assertEqual(results[name], best, resumed)
        self.look_at_the_page(results, best)

    def look_at_the_page(self, results, best):
        if not CAN_BROWSE:
            return
        page = browser()
        self.addCleanup(page.quit)
        page.get(f"file://{self.folder}/out/study/study.html")
        place = [head.text.split(" ")[0] for head in page.find_elements("css selector", "#table th")]
        next(head for head in page.find_elements("css selector", "#table th button")
             if head.text == "cycles").click()
        row = [cell.text for cell in page.find_elements("css selector", "#table td")][:len(place)]
        self.assertEqual(int(row[place.index("cycles")].replace(",", "")), best)
        self.assertEqual(results[row[place.index("result")]], best)


if __name__ == "__main__":
    unittest.main()
