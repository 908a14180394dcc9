"""Runs tests against planted faults: a fault is caught by the first test that fails with it."""
import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from plant import REACHED_BYTES

# Bytes of address space that a test may have: a fault may ask for memory without end.
_MEMORY = 8 << 30
# How often the tests that draw at random draw here; as often as it takes to catch most.
FEWER = {"MMUSIM_MACHINES": "60", "MMUSIM_ACCESSES": "1000", "MMUSIM_SEQUENCES": "1000"}


@dataclass
class Test:
    name: str
    command: list
    environment: dict
    seconds: float = 0.0  # without a fault
    reached: frozenset = frozenset()


def _run(test, environment, timeout):
    """'' if it passes; else in a word what it did."""
    everything = {**os.environ, **FEWER, **test.environment, **environment}
    limited = ["prlimit", f"--as={_MEMORY}", "--core=0", *test.command]
    with subprocess.Popen(limited, env=everything, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return "no end"
    return "" if status == 0 else "fails" if status > 0 else "crashes"


def try_without_faults(tests, folder, jobs):
    """Runs each test once, to learn its time and the places that it passes; all must pass."""
    def one(test):
        path = folder / f"reached-{test.name.replace('/', '-')}"
        path.write_bytes(bytes(REACHED_BYTES))
        begin = time.monotonic()
        how = _run(test, {"MMUSIM_MUTANTS_REACHED": str(path)}, 900)
        test.seconds = time.monotonic() - begin
        test.reached = frozenset(i for i, byte in enumerate(path.read_bytes()) if byte)
        path.unlink()
        return f"{test.name} {how} without a fault" if how else ""

    with ThreadPoolExecutor(jobs) as pool:
        bad = [line for line in pool.map(one, tests) if line]
    if bad:
        raise SystemExit("\n".join(bad))


def judge_all(numbers, tests, jobs, tell):
    """number -> (test, what it did), or None for a survivor. The quickest tests go first."""
    def one(number):
        result = None
        for test in sorted(tests, key=lambda t: t.seconds):
            if number not in test.reached:
                continue
            how = _run(test, {"MMUSIM_MUTANT": str(number)}, 60 + 20 * test.seconds)
            if how:
                result = (test.name, how)
                break
        tell(number, result)
        return result

    with ThreadPoolExecutor(jobs) as pool:
        return dict(zip(numbers, pool.map(one, numbers)))
