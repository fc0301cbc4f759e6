"""The serving process: it holds the write lock, loads while it already answers probes, and syncs its sources."""

from __future__ import annotations

import errno
import socket
import threading
import time

import click

from ingest.errors import FootnotedError, UsageError
from ui.settings import Settings


def run(settings: Settings, host: str, port: int) -> None:
    """Serve until stopped. Raises ``UsageError`` when the port is taken and ``StoreHeldError`` when the store is."""
    started = time.perf_counter()
    listener = _listen(host, port)
    url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '') else host}:{port}"
    import uvicorn

    from ui.app import FaceOptions, create_app
    from ui.workspace import Workspace, open_sources

    workspace = Workspace(settings)
    workspace.lock.acquire("footnoted serve", url)
    face = FaceOptions(settings.server.name, settings.server.origins, settings.server.concurrency)
    server = uvicorn.Server(
        uvicorn.Config(create_app(workspace, face), log_level="warning", timeout_graceful_shutdown=5)
    )

    def load() -> None:
        if settings.sources:
            try:
                workspace.sync(open_sources(settings))
            except FootnotedError as error:
                # What was indexed before goes on serving.
                click.echo(f"footnoted: {error.message}\n  {error.hint}", err=True)
        workspace.warm()
        if workspace.state == "ready":
            click.echo(
                f"Footnoted is ready at {url} after {time.perf_counter() - started:.1f} s; stop it with Ctrl-C.",
                err=True,
            )
        else:
            click.echo(f"footnoted: {workspace.state}", err=True)

    threading.Thread(target=load, name="load", daemon=True).start()
    try:
        server.run(sockets=[listener])
    finally:
        workspace.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise UsageError(
            f"port {port} on {host!r} {why}", hint="choose another: footnoted serve --port 7861"
        ) from error
    return listener
