"""Runs and sweeps: writes the command line, and reads what the program has written."""
import json
import os
import re
import tempfile
from pathlib import Path

from . import program
from .errors import Interrupted, error_of
from .results import Result, read_sweep


def _option_words(options):
    """instructions=5, map_on_touch=True -> --instructions=5 --map-on-touch"""
    for name, value in options.items():
        word = "--" + name.replace("_", "-")
        if value is True:
            yield word
        elif value is not None and value is not False:
            for each in value if isinstance(value, (list, tuple)) else [value]:
                yield f"{word}={each}"


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def run(machine, trace, *, set=None, out=None, **options):
    """Replays a trace through a machine and returns the Result.

    machine: a preset or a machine file; set: knobs by path; out: keep the result directory there;
    options: those of "mmusim run", e.g. instructions=1_000_000, map_on_touch=True.
    Raises ConfigError, InputError, SimulatedError or ModelError with the text of the program, and
    Interrupted after Ctrl-C; what was computed before is their `result`.
    """
    with tempfile.TemporaryDirectory(prefix="mmusim-") as folder:
        where = os.fspath(out) if out is not None else os.path.join(folder, "out")
        words = ["run", "-m", os.fspath(machine), "-o", where]
        for path, value in (set or {}).items():
            words += ["--set", f"{path}={_text(value)}"]
        answer = program.call([*words, *_option_words(options), "--", os.fspath(trace)])
        # With these no result was written; one that lies there is older.
        nothing = answer.status == 2 or "partial results in" not in answer.err
        result = None if answer.status != 0 and nothing else Result(where)
    if result is not None:
        result.summary = answer.out
        if answer.status == 0:
            return result
    error = Interrupted("interrupted") if answer.interrupted else error_of(
        answer.status, result["message"] if result else answer.message())
    error.result = result
    raise error


def _path(name):
    """Of a trace: absolute, for the experiment lies elsewhere. Workloads stay as they are."""
    name = os.fspath(name)
    is_workload = not os.path.exists(name) and re.fullmatch(r"[a-z][a-z0-9-]*(:.*)?", name)
    return name if is_workload else os.path.abspath(name)


def _machine(name):
    name = os.fspath(name)
    return os.path.abspath(name) if name.endswith(".toml") else name


def _toml(value):
    """Texts, numbers, switches and lists of JSON are TOML's too."""
    return json.dumps(value, ensure_ascii=False)


def _experiment(traces, machines, variants, axes, seeds, options):
    lines = [f"traces = {_toml([_path(name) for name in traces])}"]
    if machines:
        lines.append(f"machines = {_toml([_machine(name) for name in machines])}")
    if seeds:
        lines.append(f"seeds = {_toml(list(seeds))}")
    for name, (machine, knobs) in variants.items():
        lines += ["[[variants]]", f"name = {_toml(name)}", f"machine = {_toml(_machine(machine))}",
                  "[variants.set]"]
        lines += [f"{_toml(path)} = {_toml(value)}" for path, value in knobs.items()]
    lines.append("[options]")
    lines += [f"{name} = {_toml(value)}" for name, value in options.items()]
    lines.append("[axes]")
    lines += [f"{_toml(path)} = {_toml(list(values))}" for path, values in axes.items()]
    return "\n".join(lines) + "\n"


def _list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def sweep(traces, machines=(), *, variants=None, axes=None, seeds=None, out=None, jobs=0,
          timeout=0, retry=0, **options):
    """Runs every combination, each in a process of its own, and returns a frame as read_sweep().

    variants: {"name": (machine, {"mmu.walker.count": 2})}; axes: {"mmu.stlb.entries": [512, 1024]};
    out: the sweep's directory, which is gone on with if it has begun (default: none is kept);
    options: those of every run. A point that fails stops no other: its state is "failed".
    Raises ConfigError or InputError before anything runs, Interrupted after Ctrl-C.
    """
    with tempfile.TemporaryDirectory(prefix="mmusim-") as folder:
        file = Path(folder, "experiment.toml")
        file.write_text(_experiment(_list(traces), _list(machines), variants or {}, axes or {},
                                    seeds, options), encoding="utf-8")
        where = os.fspath(out) if out is not None else os.path.join(folder, "sweep")
        answer = program.call(["sweep", "-o", where, "--jobs", str(jobs), "--timeout", str(timeout),
                               "--retry", str(retry), str(file)])
        if answer.interrupted:
            raise Interrupted("interrupted")
        ran = " points, " in answer.err  # a line for each point that has ended, or none was left
        if answer.status != 0 and not ran:
            raise error_of(answer.status, answer.message().replace(str(file), "experiment"))
        return read_sweep(where)
