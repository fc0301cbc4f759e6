"""Reading a file in a child process of limited time and memory.

PDF and Office files are programs and archives in all but name: a crafted or broken one can loop for ever or unpack to
gigabytes in the libraries that read it. A child that is ended costs that one page; starting one takes 0.2 to 0.4 s.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.errors import PageError
from ingest.types import Document, Page, Section

SECONDS = 120.0  # a PDF of 1,000 full pages took 4 s
MEMORY = 2 * 1024**3  # bytes of address space
_ROOT = Path(__file__).resolve().parents[2]


def read_in_child(read: Callable[[Page], Document], page: Page, *, seconds: float = SECONDS) -> Document:
    """``read(page)``, run in a child process. ``read`` is a function of a module.

    Raises the ``PageError`` that ``read`` raises, and one for a file that is damaged, takes more than ``seconds`` or
    needs more than ``MEMORY``.
    """
    order = {"module": read.__module__, "function": read.__qualname__, "url": page.url, "media_type": page.media_type}
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "ingest.formats.child"],
            input=json.dumps(order).encode() + b"\n" + page.body,
            capture_output=True,
            timeout=seconds,
            check=False,
            cwd=_ROOT,  # where -m looks for the package first
        )
    except subprocess.TimeoutExpired:
        raise PageError(
            f"{page.url!r} took longer than {seconds:g} s to read",
            hint="split the file, or leave it out with the source's `exclude`",
        ) from None
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise _died(page.url, done.returncode, last)
    return _document(json.loads(done.stdout))


def _died(url: str, status: int, last: str) -> PageError:
    if last.startswith("MemoryError") or status == -signal.SIGKILL:  # the system's own way to end a process too large
        return PageError(
            f"{url!r} needs more than {MEMORY // 1024**3} GB of memory to read",
            hint="split the file, or leave it out with the source's `exclude`",
        )
    detail = last[:200] if status > 0 else f"its reader ended with {signal.Signals(-status).name}"
    return PageError(
        f"{url!r} is damaged and cannot be read ({detail})",
        hint="open it in its own program and save it again, or leave it out with the source's `exclude`",
    )


def _document(said: dict[str, Any]) -> Document:
    if "error" in said:
        raise PageError(said["error"], hint=said["hint"])
    sections = tuple(
        Section(tuple(section["heading_path"]), *(section[name] for name in ("start", "end", "anchor", "page_number")))
        for section in said["sections"]
    )
    return Document(said["url"], said["title"], said["language"], said["text"], sections, tuple(said["keywords"]))


def _main() -> None:
    """What the child does: an order and a body from standard input, a document to standard output."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand in the answer
    _limit_memory()
    order = json.loads(sys.stdin.buffer.readline())
    page = Page(order["url"], sys.stdin.buffer.read(), order["media_type"], datetime.now(UTC))
    read: Callable[[Page], Document] = getattr(importlib.import_module(order["module"]), order["function"])
    try:
        said: dict[str, Any] = asdict(read(page))
    except PageError as error:
        said = {"error": error.message, "hint": error.hint}
    with out:
        out.write(json.dumps(said).encode())


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows knows no such limit; the time limit holds there too
        return
    with suppress(ValueError):  # macOS refuses it; the time limit holds there too
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    import logging

    logging.disable(logging.CRITICAL)
    _main()
