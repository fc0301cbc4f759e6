"""Serves scripted workspaces in a process of its own, as Gradio's imports warn of things that are not ours to mend.

Run as a program it prints one JSON line, the address of each application by name, and serves until its input closes.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from tests.ui.host_page import host_app
from tests.ui.scripted import ScriptedWorkspace

if TYPE_CHECKING:
    from ui.face.options import FaceOptions

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 4"><rect width="9" height="4" fill="#7a1fa2"/></svg>'
ALLOWED = "https://intranet.example.org"
ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Waking(ScriptedWorkspace):
    """Loading for the first few times it is asked for its state, then ready."""

    left: int = field(default=2)

    def __getattribute__(self, name: str) -> object:
        if name == "state":
            self.left -= 1
            return "loading" if self.left >= 0 else "ready"
        return object.__getattribute__(self, name)


def workspaces() -> dict[str, ScriptedWorkspace]:
    return {
        "ready": ScriptedWorkspace(),
        "branded": ScriptedWorkspace(),
        "open": ScriptedWorkspace(),
        "loading": ScriptedWorkspace(state="loading"),
        "waking": Waking(),
        "broken": ScriptedWorkspace(state="broken: The store in '/data' is damaged."),
    }


@contextmanager
def serving(ports: Mapping[str, int] = MappingProxyType({})) -> Iterator[dict[str, str]]:
    """The addresses of the applications above, by name, while the block runs.

    ``host`` is a site of other people's pages (``tests/ui/host_page.py``), which "open" lists as an origin.
    ``ports`` are those of applications that need a certain one.
    """
    command = [sys.executable, "-W", "ignore", "-m", "tests.ui.serving", json.dumps(dict(ports))]
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "gradio").touch()  # as good as another user's folder: Gradio's own choice cannot be written
        environment = os.environ | {"TMPDIR": scratch}
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert server.stdout
        assert server.stdin
        try:
            line = server.stdout.readline()
            assert line, "the server ended before it served"
            yield json.loads(line)
        finally:
            server.stdin.close()
            server.wait(30)
            server.stdout.close()


def branded(folder: Path) -> FaceOptions:
    """A face of somebody's own."""
    from ui.face.brand import BrandOptions
    from ui.face.options import FaceOptions

    (folder / "logo.svg").write_text(LOGO)
    brand = BrandOptions(
        logo=folder / "logo.svg",
        colour="#7a1fa2",
        greeting="Ask the handbook",
        about="Word for word.",
        examples=("How do I ask for leave?",),
        footer="Something missing? pages@example.org",
    )
    return FaceOptions("Ada", old_days=30, brand=brand)


def _serve() -> None:
    import uvicorn

    from ui.app import create_app
    from ui.face.options import FaceOptions
    from ui.http.arrival import LateParts

    threads = []
    servers = []
    parts = []
    ports: dict[str, int] = json.loads(sys.argv[1]) if sys.argv[1:] else {}
    listeners = {name: socket.create_server(("127.0.0.1", ports.get(name, 0))) for name in ("host", *workspaces())}
    addresses = {name: f"http://127.0.0.1:{listener.getsockname()[1]}" for name, listener in listeners.items()}
    apps: dict[str, ASGIApp] = {"host": host_app(addresses)}
    for name, workspace in workspaces().items():
        origins = (ALLOWED, addresses["host"]) if name == "open" else ()
        parts.append(LateParts())
        face = branded(Path(tempfile.mkdtemp())) if name == "branded" else FaceOptions(origins=origins)
        apps[name] = create_app(workspace, face, late=parts[-1])
    for name, listener in listeners.items():
        server = uvicorn.Server(uvicorn.Config(apps[name], log_level="warning"))
        threads.append(threading.Thread(target=server.run, args=([listener],), daemon=True))
        servers.append(server)
    for thread in threads:
        thread.start()
    while not all(server.started for server in servers):
        threading.Event().wait(0.05)
    for late in parts:
        late.wait(60)
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _serve()
