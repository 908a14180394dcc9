"""Traces made in Python."""
from .core import need
from .errors import ConfigError

KINDS = ("fetch", "load", "store", "modify")


def _whole(what, values, highest):
    """`values` as an array of whole numbers from 0 to `highest`."""
    import numpy
    array = numpy.asarray(values)
    if array.ndim > 1:
        raise ConfigError(f"{what}: an array of {array.ndim} dimensions; one is wanted")
    if array.size and array.dtype.kind not in "iu":
        raise ConfigError(f"{what}: of type {array.dtype}; whole numbers are wanted")
    if array.size and (array.min() < 0 or array.max() > highest):
        wrong = (array < 0) | (array > highest)
        at = int(numpy.argmax(numpy.atleast_1d(wrong)))
        raise ConfigError(f"{what}: {numpy.atleast_1d(array)[at]} at {at} is not in 0..{highest}")
    return array


def _kinds(kinds):
    """Names, one or an array of them, as the numbers that they have in KINDS; numbers as they
    are."""
    import numpy
    array = numpy.asarray(kinds)
    if array.dtype.kind not in "UO":
        return _whole("kinds", array, len(KINDS) - 1)
    names, index = numpy.unique(array.astype(str), return_inverse=True)
    for name in names:
        if name not in KINDS:
            raise ConfigError(f'kinds: unknown kind "{name}"; kinds: {", ".join(KINDS)}')
    return numpy.array([KINDS.index(name) for name in names])[index].reshape(array.shape)


class Trace:
    """Accesses from arrays: mmusim.run("cva6", mmusim.Trace(addresses, "load")).

    addresses: virtual, whole numbers; kinds: names or numbers of KINDS; bytes: that each accesses;
    instructions: that begin with it; depends_on: its address comes from the load so many data
    accesses before, 0 from none. Each but addresses may be one value for all. What is touched is
    mapped from the beginning. Raises ConfigError if the arrays do not make a trace.
    """

    def __init__(self, addresses, kinds="load", *, bytes=8, instructions=1, depends_on=0,
                 name="arrays"):
        import numpy
        core = need("Trace")
        columns = {"addresses": _whole("addresses", addresses, 2**64 - 1),
                   "kinds": _kinds(kinds),
                   "bytes": _whole("bytes", bytes, 2**16 - 1),
                   "instructions": _whole("instructions", instructions, 2**16 - 1),
                   "depends_on": _whole("depends_on", depends_on, 2**16 - 1)}
        length = columns["addresses"].size
        for what, column in columns.items():
            if column.ndim == 0 and what == "addresses":
                raise ConfigError("addresses: one value; an array is wanted")
            if column.ndim == 1 and column.size != length:
                raise ConfigError(f"{what}: {column.size} values for {length} addresses")
        types = (numpy.uint64, numpy.uint8, numpy.uint16, numpy.uint16, numpy.uint16)
        arrays = [numpy.ascontiguousarray(numpy.broadcast_to(column, length), dtype=kind)
                  for column, kind in zip(columns.values(), types)]
        self.name = str(name)
        self.records = core.MemoryTrace(*arrays, self.name)

    def __len__(self):
        return self.records.records

    def __repr__(self):
        return f"<mmusim.Trace {self.name}: {len(self)} accesses>"
