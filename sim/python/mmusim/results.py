"""Reads what runs and sweeps have written; docs/results.md and docs/sweeps.md describe the files."""
import io
import json
from pathlib import Path

from .errors import InputError


def _ratio(a, b):
    return a / b if b else 0.0


def _metrics(result):
    """The figures of `mmusim compare --fail-above`, computed from counters."""
    counters, stack = result["counters"], result["cycle_stack"]
    cpu, mmu = counters["cpu"], counters["mmu"]
    first, last = (list(stack).index(part) for part in ("l1_tlb", "fence"))
    translation = sum(cycles for i, (part, cycles) in enumerate(stack.items())
                      if first <= i <= last or part.startswith("pte_"))
    return {"instructions": cpu["instructions"],
            "cycles": cpu["cycles"],
            "cpi": _ratio(cpu["cycles"], cpu["instructions"]),
            **{f"{tlb}_mpki": 1000 * _ratio(mmu[tlb]["misses"], cpu["instructions"])
               for tlb in ("itlb", "dtlb", "stlb")},
            "walks": mmu["walker"]["walks"],
            "walk_latency": _ratio(mmu["walker"]["latency"]["sum"],
                                   mmu["walker"]["latency"]["count"]),
            "translation_share": _ratio(translation, sum(stack.values())),
            "page_faults": counters["os"]["page_faults"]}


def _flat(value, path=""):
    """(path, value) of every leaf, in order."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else key)
    else:
        yield path, value


class Result:
    """One run. result["mmu.stlb.misses"] is a counter, result["cpi"] a computed figure,
    result["machine.mmu.stlb.entries"] anything of result.json by its path."""

    def __init__(self, json_of_result, texts):
        self.json = json_of_result
        self.metrics = _metrics(json_of_result)
        self._texts = texts  # of other files, by name
        self.summary = ""  # of a run: the tables that the command prints

    @classmethod
    def from_texts(cls, texts, summary):
        """Of what would stand in the files of a result, by name."""
        result = cls(json.loads(texts["result.json"]), texts)
        result.summary = summary
        return result

    def __getitem__(self, path):
        if path in self.metrics:
            return self.metrics[path]
        for value in (self.json["counters"], self.json):
            for key in path.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            if value is not None:
                return value
        raise KeyError(path)

    def __repr__(self):
        return (f"<mmusim.Result {self['trace.name']} on {self['machine.name']}: "
                f"{self['outcome']}, {self['cycles']} cycles>")

    @property
    def partial(self):
        """True if the run was cut short."""
        return self.json["partial"]

    @property
    def attribution(self):
        """attribution.json: which instructions and areas the misses and walks are for."""
        return json.loads(self._texts.get("attribution.json", "{}"))

    @property
    def intervals(self):
        """A frame with a row for each interval (interval=N)."""
        return self._frame("intervals.csv")

    @property
    def walk_latency(self):
        """A frame: the cycles that so many percent of the walks took at most."""
        return self._frame("walk_latency.csv")

    def _frame(self, name):
        import pandas
        text = self._texts.get(name, "")
        return pandas.read_csv(io.StringIO(text)) if text.strip() else pandas.DataFrame()

    def figures(self):
        """Computed figures, counters and stacks by path, in one dictionary."""
        return {**self.metrics, **dict(_flat(self.json["counters"])),
                **{f"{stack}.{part}": cycles for stack in ("cycle_stack", "latency_stack")
                   for part, cycles in self.json[stack].items()}}


def read_result(path):
    """The result in a directory, or in a result.json."""
    path = Path(path)
    folder = path if path.is_dir() else path.parent
    file = path / "result.json" if path.is_dir() else path
    texts = {name: (folder / name).read_text(encoding="utf-8")
             for name in ("intervals.csv", "walk_latency.csv", "attribution.json")
             if (folder / name).exists()}
    try:
        return Result(json.loads(file.read_text(encoding="utf-8")), texts)
    except OSError as error:
        raise InputError(f"{path}: no result here ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{file}: no result of mmusim, or damaged: {error}") from error


def frame(results):
    """A frame with a row for each result: trace, machine, seed, and all figures."""
    import pandas
    return pandas.DataFrame([{"trace": r["trace.name"], "machine": r["machine.name"],
                              "seed": r["seed"], **r.figures()} for r in results])


def _number(text):
    """Values stand as texts in a plan."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def read_sweep(path):
    """A frame with a row for each point of a sweep's directory, in the order of its plan: what
    varies, the state ("done", "failed", "missing"), and of those that are done all figures."""
    import pandas
    path = Path(path)
    try:
        plan = json.loads((path / "sweep.json").read_text(encoding="utf-8"))
        names = [point["name"] for point in plan["points"]]
        rows = [dict(zip(plan["columns"], map(_number, point["values"])))
                for point in plan["points"]]
    except OSError as error:
        raise InputError(f"{path}: no sweep here ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}/sweep.json: damaged: {error}") from error
    for name, row in zip(names, rows):
        has_result = (path / name / "result.json").exists()
        result = read_result(path / name) if has_result else None
        if result and not result.partial:
            row.update(state="done", **result.figures())
        else:
            row["state"] = "failed" if (path / f"{name}.failed.json").exists() else "missing"
    return pandas.DataFrame(rows, index=names)
