"""Keeps out of the process what third parties' packages bring in on the way and nobody here uses.

`import aiohttp.web` runs `aiohttp/__init__.py`, and that imports the client as well, which reads every certificate of the
machine; `sqlalchemy.ext.asyncio` imports the whole mapper of objects. Together with their like it is a sixth of the memory
and a third of the start. Here such a package comes without its `__init__`: its modules are found, the few names that we
import are taken from the module that defines them, and whoever asks for any other name has the whole package as it is.

Only a program of our own does so, before its first import (`bot.__main__`); what is imported in tests is untouched.
"""

import importlib
import importlib.util
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib.abc import InspectLoader, Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

# By package: the names that are asked of it, and the module of it that has them.
SPARED: Mapping[str, Mapping[str, str]] = {
    "aiohttp": {
        "BadContentDispositionHeader": "multipart",
        "BadContentDispositionParam": "multipart",
        "BodyPartReader": "multipart",
        "StreamReader": "streams",
    },
    "prometheus_client": {
        "CollectorRegistry": "registry",
        "Counter": "metrics",
        "Gauge": "metrics",
        "ProcessCollector": "process_collector",
        "generate_latest": "exposition",
    },
    "sqlalchemy.ext.asyncio": {"AsyncConnection": "engine", "AsyncEngine": "engine", "create_async_engine": "engine"},
}
_VERSION = re.compile(r"^__version__ = [\"'](.+)[\"']", re.MULTILINE)
_LOCK = threading.RLock()


def spare() -> None:
    """From here on; a package that is imported already stays as it is. Calling it again changes nothing."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds the packages of `SPARED` where they always are, and has them loaded sparingly."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name == "rich" and _structlog_asks():
            raise ModuleNotFoundError(name)
        if name not in SPARED:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or not isinstance(spec.loader, InspectLoader) or not spec.submodule_search_locations:
            return spec
        spec.loader = _Sparing(spec.loader)
        return spec


def _structlog_asks() -> bool:
    """It takes `rich`, where that happens to lie, for tracebacks in colour, and 3 MB: ours are lines of JSON."""
    asking = sys.modules.get("structlog.dev")
    return asking is not None and not hasattr(asking, "ConsoleRenderer")  # which comes after its imports


class _Sparing(Loader):
    """Makes the module and runs nothing."""

    def __init__(self, whole: InspectLoader) -> None:
        self.whole = whole

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Spared(spec.name)

    def exec_module(self, _module: ModuleType) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)  # where its data lies, and its source


class _Spared(ModuleType):
    """A package whose `__init__` was not run."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        with _LOCK:
            found = self._find(name)
        setattr(self, name, found)
        return found

    def _find(self, name: str) -> Any:
        package, loader = self.__name__, self.__spec__.loader if self.__spec__ else None
        if module := SPARED[package].get(name):
            return getattr(importlib.import_module(f"{package}.{module}"), name)
        if importlib.util.find_spec(f"{package}.{name}") is not None:
            return importlib.import_module(f"{package}.{name}")
        assert isinstance(loader, _Sparing), "nobody else makes such a module"
        if name == "__version__" and (version := _VERSION.search(loader.whole.get_source(package) or "")):
            return version[1]
        self.__class__ = ModuleType  # type: ignore[assignment]  # it is a package as any other from here on
        loader.whole.exec_module(self)
        return getattr(self, name)
