"""Runs and sweeps, by the words of a command line: this process carries them out, or the command."""
import json
import os
import re
import tempfile
from pathlib import Path

from . import program
from .core import extension, need, one_run
from .errors import Interrupted, error_of
from .machines import override_texts
from .results import Result, read_result, read_sweep
from .traces import Trace


def _option_words(options):
    """instructions=5, map_on_touch=True -> --instructions=5 --map-on-touch"""
    for name, value in options.items():
        word = "--" + name.replace("_", "-")
        if value is True:
            yield word
        elif value is not None and value is not False:
            for each in value if isinstance(value, (list, tuple)) else [value]:
                yield f"{word}={each}"


def _run_here(words, trace, progress):
    """In this process. Returns the result and the error that the run ended in, None if in none."""
    core = need("a run of a Trace, or with progress,")
    with one_run:
        answer = core.run(words, trace, progress)
    result = Result.from_texts(answer["files"], answer["summary"])
    if answer["interrupted"]:
        return result, Interrupted("interrupted")
    failed = answer["status"] != 0
    return result, error_of(answer["status"], answer["message"]) if failed else None


def _run_by_command(words, traces, out):
    """In a process of its own. Returns what _run_here() does; without a result None for it."""
    with tempfile.TemporaryDirectory(prefix="mmusim-") as folder:
        where = os.fspath(out) if out is not None else os.path.join(folder, "out")
        answer = program.call([*words, "-o", where, "--", *traces])
        # With these no result was written; one that lies there is older.
        nothing = answer.status == 2 or "partial results in" not in answer.err
        result = None if answer.status != 0 and nothing else read_result(where)
    if result is not None:
        result.summary = answer.out
    if answer.status == 0:
        return result, None
    return result, Interrupted("interrupted") if answer.interrupted else error_of(
        answer.status, result.json["message"] if result else answer.message())


def run(machine, trace, *, set=None, seed=None, out=None, progress=None, in_process=True,
        **options):
    """Replays a trace through a machine and returns the Result.

    machine: a preset or a machine file; trace: a file, a workload or a Trace, or a list of files
    and workloads, which are processes that share the core; set: knobs by path; out: keep the result directory there; progress: called ten times a second with records,
    instructions and cycles so far; in_process: False starts the command, so that several run at
    the same time; options: those of "mmusim run", e.g. instructions=1_000_000, map_on_touch=True.
    Raises ConfigError, InputError, SimulatedError or ModelError with the text of the command, and
    Interrupted after Ctrl-C; what was computed before is their `result`.
    """
    words = ["run", "-m", os.fspath(machine), *_option_words(options)]
    knobs = {**(set or {}), **({} if seed is None else {"seed": seed})}
    words += [word for text in override_texts(knobs) for word in ("--set", text)]
    given = trace.records if isinstance(trace, Trace) else None
    names = [trace.name] if given else [os.fspath(name) for name in _list(trace)]
    if given or progress is not None or (in_process and extension is not None):
        words += ["-o", os.fspath(out)] if out is not None else []
        result, error = _run_here([*words, "--", *names], given, progress)
    else:
        result, error = _run_by_command(words, names, out)
    if error is None:
        return result
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
