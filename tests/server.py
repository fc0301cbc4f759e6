"""Real HTTP servers on loopback for tests."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Response:
    """What a test server answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What a test server was asked. Header names are in lower case."""

    path: str
    headers: dict[str, str]


Route = Response | Callable[[Request], Response] | Callable[[BaseHTTPRequestHandler], None]


def html(body: str, status: int = 200, **headers: str) -> Response:
    """An HTML answer; ``headers`` in snake case."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body.encode(), status, {"Content-Type": "text/html; charset=utf-8", **named})


def redirect(target: str, status: int = 302) -> Response:
    """A redirect."""
    return Response(b"", status, {"Location": target})


class Server:
    """A server with a table of routes; everything else is a 404. ``requests`` lists what was asked, in order."""

    def __init__(self, routes: dict[str, Route] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = dict(routes or {})
        self.requests: list[Request] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 20  # headers and body in one packet; apart, each answer waits 40 ms for the client's ACK

            def do_GET(self) -> None:
                request = Request(self.path, {name.lower(): value for name, value in self.headers.items()})
                owner.requests.append(request)
                owner.answer(request, self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it so
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that goes away is what some tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, without robots.txt."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    def answer(self, request: Request, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request from the table."""
        route = self.routes.get(request.path, Response(b"not here", 404))
        if not isinstance(route, Response):
            made = route(handler if getattr(route, "raw", False) else request)  # type: ignore[arg-type]
            if made is None:
                return
            route = made
        handler.send_response(route.status)
        for name, value in route.headers.items():
            handler.send_header(name, value)
        if route.status != 304:
            handler.send_header("Content-Length", str(len(route.body)))
        handler.end_headers()
        if route.status != 304:
            handler.wfile.write(route.body)

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def raw(route: Callable[[BaseHTTPRequestHandler], None]) -> Callable[[BaseHTTPRequestHandler], None]:
    """Mark a route that writes to the connection itself."""
    route.raw = True  # type: ignore[attr-defined]
    return route
