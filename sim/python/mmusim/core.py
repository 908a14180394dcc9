"""The extension, which has the model itself. Where it was not built, runs and sweeps start the
command."""
import importlib
import importlib.util
import threading

from .errors import ConfigError

_NAME = f"{__package__}._core"
# One that is there and cannot be loaded is an error.
extension = importlib.import_module(_NAME) if importlib.util.find_spec(_NAME) else None

# The SystemC kernel is one a process.
one_run = threading.RLock()


def need(what):
    """The extension, for what only it can do."""
    if extension is None:
        raise ConfigError(f"{what} needs the extension mmusim._core, which was not built; "
                          "docs/python.md says how")
    return extension
