"""Presets, knobs, and what a machine file comes to."""
import json
import os

from .core import need


def override_texts(knobs):
    """{"os.huge_pages": True} -> ["os.huge_pages=true"]"""
    def text(value):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return [f"{path}={text(value)}" for path, value in (knobs or {}).items()]


def presets():
    """The names of all presets."""
    return need("presets()").presets()


def machine(preset_or_file, set=None):
    """Every knob of the machine, nested as its paths are: machine("cva6")["mmu"]["stlb"]."""
    return json.loads(need("machine()").machine(os.fspath(preset_or_file), override_texts(set)))


def knobs():
    """A frame of all knobs by path: unit, what is allowed, default, and meaning."""
    import pandas
    return pandas.DataFrame(need("knobs()").knobs()).set_index("path")
