"""What the tests of pages of docs/ share that carry out the commands which stand there: what stands
there, and a folder in which these commands find what they find in that of the repository."""
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "command"))
from support import MMUSIM, CommandTest  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]


def blocks(page):
    """The fenced blocks of a page of docs/, in its order."""
    return re.findall(r"^```\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.S | re.M)


class DocumentTest(CommandTest):
    def setUp(self):
        super().setUp()
        (self.folder / "scripts").symlink_to(ROOT / "scripts")
        self.release = self.folder / "build/release"
        self.release.mkdir(parents=True)
        (self.release / "mmusim").symlink_to(MMUSIM.resolve())

    def shell(self, command):
        """Its exit status, and what it wrote to stdout and to stderr."""
        environment = {**os.environ, "MMUSIM": str(MMUSIM.resolve()),
                       "PATH": f"{self.release}:{os.environ['PATH']}"}
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=environment, text=True,
                              capture_output=True, timeout=300, check=False)
        return done.returncode, done.stdout, done.stderr
