"""What every client of a server with OpenAI's protocol needs: the library, imported whole, and the server's key.

Several questions may ask for the library at once, while Gradio is imported beside. It imports most of itself when it is
first used, and threads that import packages which import each other may be given halves of them. And at each request it
looks whether ``httpx2`` is among the modules, and uses what it finds there: in the moment in which another thread
imports that, a half. Some first questions after a start failed of it.
"""

from __future__ import annotations

import os
import threading
import weakref
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ingest.errors import SettingsError

if TYPE_CHECKING:
    import httpx

_LOCK = threading.Lock()
_PARTS = ("httpx2", "openai", "openai.resources")


def _load_openai() -> None:
    """Have the library and what it looks for imported when this returns, whoever else is at it."""
    with _LOCK:
        for name in _PARTS:
            if find_spec(name):
                import_module(name)  # waits for a thread that is importing it


def http_client(owner: object) -> httpx.Client:
    """Connections for a client of the library, closed when ``owner`` goes.

    Those that it opens itself are closed whenever the collector of garbage comes by, as its clients refer to
    themselves, and may then be let go before they are closed.
    """
    _load_openai()
    from openai import DefaultHttpxClient

    opened: httpx.Client = DefaultHttpxClient()
    weakref.finalize(owner, opened.close)
    return opened


def read_key(setting: str, variable: str) -> str:
    """The key in the environment variable that a setting names; empty where it names none.

    Raises ``SettingsError`` where the variable is not set.
    """
    if not variable:
        return ""
    key = os.environ.get(variable, "")
    if not key:
        raise SettingsError(
            f"{setting} names {variable!r}, which is not set",
            hint=f"export {variable}=… or clear the setting {setting}",
        )
    return key
