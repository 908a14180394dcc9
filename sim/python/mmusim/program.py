"""Calls the program. Each run has a process, and so a SystemC kernel, of its own."""
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .errors import ConfigError


@dataclass
class Answer:
    """How the program ended."""
    status: int
    interrupted: bool
    out: str
    err: str

    def message(self):
        """What it said last on stderr, without its name; mistakes may fill several lines."""
        lines = self.err.rstrip().splitlines()
        starts = [i for i, line in enumerate(lines) if line.startswith("mmusim: ")]
        text = "\n".join(lines[starts[-1] if starts else 0:])
        return text.removeprefix("mmusim: ") or f"ended with status {self.status}"


def find():
    """$MMUSIM_PROGRAM; else the one installed with this package; else the first in $PATH."""
    named = os.environ.get("MMUSIM_PROGRAM")
    beside = Path(__file__).resolve().parents[4] / "bin" / "mmusim"  # of lib/python3/dist-packages
    if named or beside.exists():
        return named or str(beside)
    found = shutil.which("mmusim")
    if found is None:
        raise ConfigError("no program mmusim in $PATH; $MMUSIM_PROGRAM may say where it is")
    return found


def call(words):
    """Carries out a command line. After Ctrl-C the program writes what it has before it ends."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        # A group of its own: Ctrl-C on a terminal reaches this process alone, which passes it on
        # once; a second one would end the program at once.
        try:
            child = subprocess.Popen([find(), *words], stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=err, process_group=0)
        except OSError as error:
            raise ConfigError(f"{find()}: cannot be started: {error}") from error
        interrupted = False
        while child.returncode is None:
            try:
                child.wait()
            except KeyboardInterrupt:
                child.send_signal(signal.SIGTERM if interrupted else signal.SIGINT)
                interrupted = True
        out.seek(0)
        err.seek(0)
        return Answer(child.returncode, interrupted, out.read(), err.read())
