"""An embeddings server that speaks OpenAI's protocol, with hashed words for a model."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from index.testing import HashEmbedding

KEY = "the key of the tests"
Answer = tuple[int, dict[str, Any]]


class Embeddings:
    """The server. ``answer`` may be replaced to have it misbehave; ``seconds`` is how long it takes for one text."""

    def __init__(self) -> None:
        self.model = HashEmbedding(dimensions=256)
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.seconds = 0.0
        self.answer: Callable[[dict[str, Any]], Answer] = self.embed
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 20

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.asked.append(body)
                owner.keys.add(self.headers["Authorization"])
                status, answer = owner.answer(body) if self.path == "/v1/embeddings" else (404, {})
                written = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it so
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that is killed is what some tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def embed(self, body: dict[str, Any]) -> Answer:
        """The vectors of some texts, not in their order: that stands beside each."""
        time.sleep(self.seconds * len(body["input"]))
        vectors = self.model.encode_queries(body["input"])
        rows = [
            {"object": "embedding", "index": place, "embedding": vector.tolist()}
            for place, vector in enumerate(vectors)
        ]
        return 200, {"object": "list", "model": body["model"], "data": rows[::-1]}

    @contextmanager
    def running(self) -> Iterator[Embeddings]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()
