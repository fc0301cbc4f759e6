"""A server that speaks OpenAI's chat protocol over loopback and says what a test tells it to."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Script:
    """One answer: a reply in pieces of ``size`` characters, or what goes wrong with it.

    ``status`` other than 200 is an error with ``reply`` as its message. The server waits ``silence`` seconds before the
    first piece, sending the comments that keep a connection alive, and breaks the connection off after ``cut`` pieces.
    ``raw`` is sent in place of a reply, as it is, and is no chat protocol.
    """

    reply: str = ""
    size: int = 7
    status: int = 200
    silence: float = 0.0
    pause: float = 0.0
    cut: int | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: its JSON and its headers, names in lower case."""

    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def prompt(self) -> str:
        """The user's message."""
        return str(self.body["messages"][-1]["content"])

    def number_of(self, snippet: str) -> int:
        """The number of the passage that holds a stretch of text; 0 when none does."""
        for match in re.finditer(r"<passage (\d+)>\n(.*?)\n</passage \1>", self.prompt, re.DOTALL):
            if snippet in match[2]:
                return int(match[1])
        return 0


class ScriptedServer:
    """Answers each request by ``script(request)``. ``asked`` lists the requests in order."""

    def __init__(self, script: Callable[[Asked], Script] | Sequence[Script]) -> None:
        self.asked: list[Asked] = []
        self._script = script
        self._closing = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked = Asked(body, {name.lower(): value for name, value in self.headers.items()})
                owner.asked.append(asked)
                owner._answer(self, owner._next(asked))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it so
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that hangs up is what some tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @contextmanager
    def running(self) -> Iterator[ScriptedServer]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._closing.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def held(self) -> int:
        """How many connections to this server its clients have not closed (Linux)."""
        port = f":{self._server.server_address[1]:04X}"
        rows = (line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:])
        return sum(row[2].endswith(port) and row[3] in ("01", "08") for row in rows)  # ESTABLISHED, CLOSE_WAIT

    def _next(self, asked: Asked) -> Script:
        if callable(self._script):
            return self._script(asked)
        return self._script[min(len(self.asked), len(self._script)) - 1]

    def _answer(self, handler: BaseHTTPRequestHandler, script: Script) -> None:
        if script.status != 200:
            body = json.dumps({"error": {"message": script.reply, "type": "error"}}).encode()
            handler.send_response(script.status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        if script.raw:
            handler.wfile.write(script.raw.encode())
            return
        silent_until = time.monotonic() + script.silence
        while time.monotonic() < silent_until and not self._closing.wait(0.02):
            handler.wfile.write(b": still here\n\n")
            handler.wfile.flush()
        pieces = [script.reply[start : start + script.size] for start in range(0, len(script.reply), script.size)]
        for number, piece in enumerate(pieces):
            if script.cut is not None and number >= script.cut:
                return
            self._send(handler, {"role": "assistant", "content": piece}, None)
            self._closing.wait(script.pause)
        self._send(handler, {}, "stop")
        handler.wfile.write(b"data: [DONE]\n\n")
        handler.wfile.flush()

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}
        handler.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        handler.wfile.flush()
