"""Importing the OpenAI library whole: several questions may ask for it at once, while Gradio is imported beside.

It imports most of itself when it is first used, and threads that import packages which import each other may be given
halves of them. And at every request it looks whether ``httpx2`` is among the modules, and uses what it finds there:
in the moment in which another thread imports that, a half. Some first questions after a start failed of it.
"""

from __future__ import annotations

import threading
from importlib import import_module
from importlib.util import find_spec

_LOCK = threading.Lock()
_PARTS = ("httpx2", "openai", "openai.resources")


def load_openai() -> None:
    """Have the library and what it looks for imported when this returns, whoever else is at it."""
    with _LOCK:
        for name in _PARTS:
            if find_spec(name):
                import_module(name)  # waits for a thread that is importing it
