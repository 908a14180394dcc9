"""What the end-to-end tests share: the program, small traces, a folder of their own."""
import json
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MMUSIM = Path(sys.argv.pop(1)) if len(sys.argv) > 1 else None


def write_lackey(path, lines):
    """A log as Valgrind's lackey writes it."""
    path.write_text("==7== Lackey, an example Valgrind tool\n==7== Command: tiny --fast\n==7== \n" +
                    "".join(line + "\n" for line in lines) + "==7== \n")


def random_lines(count, seed=1, pages=300):
    """Pairs of a fetch and a load or store; pages far enough apart for several page tables."""
    rng = random.Random(seed)
    for i in range(count // 2):
        yield f"I  {0x401000 + 4 * i % 8000:08x},4"
        address = 0x10000000 + rng.randrange(pages) * 0x5000 + rng.randrange(512) * 8
        yield f" {rng.choice('LLS')} {address:08x},8"


class CommandTest(unittest.TestCase):
    """Runs the program in a folder of its own, which is removed afterwards."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def mmusim(self, *words, status=0, cwd=None):
        """Runs it; fails unless it ends with `status`. Returns what it wrote."""
        done = subprocess.run([MMUSIM, *map(str, words)], cwd=cwd or self.folder, text=True,
                              capture_output=True, timeout=300, check=False)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}\n{done.stderr}")
        self.assertNotIn("SystemC", done.stdout + done.stderr)  # its banner
        return done

    def trace(self, name="tiny.mmt", lines=None):
        """A trace in the project's own format, converted by the program."""
        log = self.folder / (name + ".lackey")
        write_lackey(log, lines if lines is not None else random_lines(6000))
        self.mmusim("trace", "convert", log, name)
        return name

    def result(self, path):
        return json.loads((self.folder / path / "result.json").read_text())

    def bytes_of(self, path):
        return (self.folder / path).read_bytes()
