"""mmusim, a cycle-level model of a memory management unit, from Python.

    import mmusim
    result = mmusim.run("cva6", "sort.mmt", set={"mmu.walker.count": 2}, instructions=1_000_000)
    result["mmu.stlb.misses"], result["cpi"]
    frame = mmusim.sweep("sort.mmt", axes={"mmu.stlb.entries": [512, 1024]}, out="sweep")

docs/python.md has more.
"""
from .errors import ConfigError, Error, InputError, Interrupted, ModelError, SimulatedError
from .machines import knobs, machine, presets
from .results import Result, frame, read_result, read_sweep
from .runs import run, sweep
from .traces import Trace

__all__ = ["ConfigError", "Error", "InputError", "Interrupted", "ModelError", "Result",
           "SimulatedError", "Trace", "frame", "knobs", "machine", "presets", "read_result",
           "read_sweep", "run", "sweep"]
