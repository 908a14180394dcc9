"""What the tests of the scripts share: small trees with something planted in them."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class PlantedTree(unittest.TestCase):
    """Runs a checking script over a tree of a few files."""

    script = ""

    def check(self, files):
        """Exit status and output of the script over a tree of `files`: name -> text."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                file = Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            done = subprocess.run([sys.executable, ROOT / "scripts" / self.script, folder],
                                  capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def assert_clean(self, files):
        status, output = self.check(files)
        self.assertEqual((status, output.count("\n")), (0, 1), output)

    def assert_found(self, files, *texts):
        """Expects exactly one finding, whose line holds each of `texts`."""
        status, output = self.check(files)
        self.assertEqual((status, output.count("\n")), (1, 1), output)
        for text in texts:
            self.assertIn(text, output)
