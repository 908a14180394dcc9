"""The ways to fail: those of the program, with its text."""


class Error(Exception):
    """`result`: what was computed before, if anything was."""

    result = None


class ConfigError(Error, ValueError):
    """Something impossible was asked for (exit status 2)."""


class InputError(Error, ValueError):
    """A file is not what it should be (3)."""


class SimulatedError(Error, RuntimeError):
    """The simulated system ended in an error (1)."""


class ModelError(Error, RuntimeError):
    """An internal check failed (4)."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. `result`: what a run had computed until then; None of a sweep, which goes on when it
    is called again with the same `out`."""

    result = None


def error_of(status, message):
    """The error of an exit status. What a signal ended, nobody has checked."""
    kinds = {1: SimulatedError, 2: ConfigError, 3: InputError}
    return kinds.get(status, ModelError)(message)
