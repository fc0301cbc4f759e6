"""The command line's way to a server that holds the data folder."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from assistant.types import Answer, Place, Respelling
from index.types import Progress, SyncReport
from ingest.errors import FootnotedError, StoreError
from ui.memory.holder import live_holder
from ui.memory.report_json import report_of
from ui.schema import AnswerOut, SearchOut
from ui.status import Status

_RETRY = 0.3  # seconds
_QUICK = 3.0  # seconds that a server on this machine may take to say that it is there_RETRY = 0.3  # seconds
TOKEN_FILE = "handover.token"


class RefusedError(FootnotedError):
    """What the server raised, with its exit code."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told["message"], hint=told.get("hint", ""))
        self.exit_code = int(told.get("exit_code", 3))


class ServerLink:
    """A server on this machine. Its methods raise what the server raised, or ``StoreError`` when it went away."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._headers = {"X-Footnoted-Token": token}

    def status(self) -> Status:
        """What the server says of itself."""
        with self._answer("GET", "/api/handover", timeout=_QUICK) as answer:
            return Status.model_validate_json(answer.read())

    def is_ready(self) -> bool:
        """Whether questions can be asked."""
        import httpx

        try:
            return httpx.get(f"{self.url}/readyz", timeout=_QUICK, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def index(self, order: dict[str, Any], show: Callable[[Progress], None]) -> SyncReport:
        """Have the server sync."""
        return report_of(self._work("index", order, show))

    def backup(self, file: Path) -> dict[str, Any]:
        """Have the server write a backup."""
        return self._work("backup", {"file": str(file.absolute())}, lambda _: None)

    def restore(self, file: Path, show: Callable[[Progress], None]) -> dict[str, Any]:
        """Have the server restore a backup."""
        return self._work("restore", {"file": str(file.absolute())}, show)

    def ask(self, question: str) -> Answer:
        """The server's answer."""
        with self._answer("POST", "/api/ask", json={"question": question}, timeout=120, unlogged=True) as answer:
            return answer_of(AnswerOut.model_validate_json(answer.read()))

    def search(self, query: str, k: int) -> SearchOut:
        """The passages that the server finds."""
        with self._answer("GET", "/api/search", params={"q": query, "k": k}, timeout=60) as answer:
            return SearchOut.model_validate_json(answer.read())

    def _work(self, what: str, order: dict[str, Any], show: Callable[[Progress], None]) -> dict[str, Any]:
        with self._answer("POST", f"/api/handover/{what}", json=order, timeout=60) as answer:
            waited_for = ""
            for line in answer.iter_lines():
                told = json.loads(line)
                if "error" in told:
                    raise RefusedError(told["error"])
                if "result" in told:
                    return dict(told["result"])
                if not told["progress"].get("waiting"):
                    show(Progress(**told["progress"]))
                elif told["progress"].get("for", "") not in ("", waited_for):
                    waited_for = told["progress"]["for"]
                    click.echo(f"footnoted: waiting, as {waited_for}", err=True)
        raise _went_away(self.url, "it ended before the work was done")

    @contextmanager
    def _answer(self, method: str, path: str, *, unlogged: bool = False, **more: Any) -> Iterator[Any]:
        import httpx

        headers = self._headers | ({"X-Footnoted-Log": "off"} if unlogged else {})
        try:
            with httpx.stream(method, self.url + path, headers=headers, trust_env=False, **more) as answer:
                if answer.status_code >= 400:
                    raise _refusal(answer.status_code, answer.read())
                yield answer
        except httpx.HTTPError as error:
            raise _went_away(self.url, str(error) or type(error).__name__) from error


def find_server(folder: Path, wait: float = 0.0) -> ServerLink | None:
    """The server on this machine that holds the data folder, or None.

    ``wait``: how many seconds to give a server that is still starting.
    """
    until = time.monotonic() + wait
    while True:
        holder = live_holder(folder)
        if holder is None or not holder.url or holder.host != socket.gethostname():
            return None
        try:
            link = ServerLink(holder.url, (folder / TOKEN_FILE).read_text("utf-8").strip())
            link.status()
        except (OSError, FootnotedError):
            if time.monotonic() > until:
                return None
            time.sleep(_RETRY)
        else:
            return link


def _refusal(status: int, body: bytes) -> FootnotedError:
    try:
        told = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        told = {"message": f"the server answered with status {status}", "hint": "look at its output"}
    return RefusedError({**told, "exit_code": 2 if status == 422 else 3})


def _went_away(url: str, why: str) -> StoreError:
    return StoreError(f"the server at {url} could not be talked to: {why}", hint="see whether it runs, and try again")


def answer_of(written: AnswerOut) -> Answer:
    """The answer that a server wrote."""
    return Answer(
        written.outcome,
        tuple(statement.statement() for statement in written.statements),
        tuple(citation.citation() for citation in written.citations),
        tuple(Place(p.title, p.link) for p in written.closest),
        confidence=written.confidence,
        timings=written.timings,
        id=written.id,
        respelt=tuple(Respelling(word.asked, word.read) for word in written.respelt),
    )
