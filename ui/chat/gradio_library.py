"""Gradio, imported without what it does beside: reports, stub files, and a library that we have no use for there.

At each import it writes a ``.pyi`` file for each of its sixty components next to their sources, for editors, or takes
over a second to find that nothing of them has changed; and it builds the hundreds of models of the Model Context
Protocol, for a server of its own. Without both the import takes half as long.
"""

from __future__ import annotations

import atexit
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_COMPONENTS = "gradio.component_meta"
_STUBS = "create_or_modify_pyi"


@cache
def load_gradio() -> ModuleType:
    """Gradio, imported so that it reports to nobody and keeps its files in a folder that ends with the process."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    # Its own choice, /tmp/gradio, belongs to whoever on this machine made it first, and nobody else can start then.
    scratch = tempfile.TemporaryDirectory(prefix="footnoted-", ignore_cleanup_errors=True)
    atexit.register(scratch.cleanup)
    os.environ.setdefault("GRADIO_TEMP_DIR", scratch.name)
    with _without_stubs(), _without_mcp():
        return importlib.import_module("gradio")


@contextmanager
def _without_stubs() -> Iterator[None]:
    """A block in which Gradio's components are imported and no stub files are written for them."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@contextmanager
def _without_mcp() -> Iterator[None]:
    """A block in which the package ``mcp`` cannot be imported, unless it was before: Gradio goes on without it."""
    if "mcp" in sys.modules:
        yield
        return
    sys.modules["mcp"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["mcp"]


class _Finder(MetaPathFinder):
    """Finds the module in which Gradio's components are made, and nothing else."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Its own spec, with a loader that leaves the writing out."""
        spec = PathFinder.find_spec(name, path, target) if name == _COMPONENTS else None
        if spec is not None and spec.loader is not None:
            spec.loader = _Stubless(spec.loader)
        return spec


class _Stubless(Loader):
    """Loads the module as its own loader does, then takes away the function that writes stub files."""

    def __init__(self, own: Loader) -> None:
        self._own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As its own loader does."""
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As its own loader does, and without that function; a version that has none is left as it is."""
        self._own.exec_module(module)
        if _STUBS in vars(module):
            vars(module)[_STUBS] = lambda *_: None
