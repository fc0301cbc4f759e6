"""What docs/scaling.md describes, as real processes on this machine: ``deploy/`` with other addresses in it.

Each program is started by the line of its systemd unit and started again, when it ends, after that unit's RestartSec.
"""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
REPLICAS = 3


def postgres_programs() -> Path | None:
    """The folder of Postgres's own programs: Debian keeps them off the path."""
    found = shutil.which("postgres")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


def nginx_program() -> str | None:
    """The path of nginx."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Started:
    """How a program is started: its command line, the seconds before it is started again, and the user it runs as."""

    command: Sequence[str]
    pause: float
    user: str | None = None


class Kept:
    """A program that is started again whenever it ends, as systemd does with Restart=always, until ``stop``."""

    def __init__(self, name: str, started: Started, log: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.starts = 0
        self._started = started
        self._log = log
        self._environment = {**os.environ, **environment}
        self._ended = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """End it and its children with SIGKILL; it is started again after the pause."""
        os.killpg(self._process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it for good."""
        self._ended.set()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self._thread.join(20)

    def said(self) -> str:
        """What it wrote."""
        return self._log.read_text("utf-8", "replace")

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        user = self._started.user
        who: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user else {}
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._started.command,
                cwd="/",
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **who,
            )

    def _watch(self) -> None:
        while True:
            self._process.wait()
            if self._ended.wait(self._started.pause):
                return
            self._process = self._start()


@dataclass(frozen=True, slots=True)
class Cluster:
    """The processes by name, the address that people use, and those of each server."""

    processes: Mapping[str, Kept]
    url: str
    replicas: tuple[str, ...]
    ledger: str
    store: str

    def replica(self, url: str) -> Kept:
        """The process of one server."""
        return self.processes[f"footnoted-{self.replicas.index(url) + 1}"]


@contextmanager
def cluster(folder: Path, settings: str, environment: Mapping[str, str]) -> Iterator[Cluster]:
    """All processes, started at the same time and not awaited; ``settings`` are added to those of ``deploy/``."""
    ports = [free_port() for _ in range(REPLICAS + 3)]
    web, store, database = ports[REPLICAS:]
    ledger_url = f"postgresql+psycopg://footnoted@127.0.0.1:{database}/postgres"
    own = {
        **environment,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "FOOTNOTED_LEDGER__URL": ledger_url,
        "FOOTNOTED_STORE__URL": f"http://127.0.0.1:{store}",
    }
    places = {
        "/opt/footnoted/.venv/bin": str(Path(sys.executable).parent),
        "/etc/footnoted": str(folder / "etc"),
        "/var/lib": str(folder / "lib"),
        "--port 8000": f"--port {store}",
        "0.0.0.0": "127.0.0.1",
        "/srv/pages": str(folder / "pages"),
    }
    for name in ("etc", "lib", "pages", "log"):
        (folder / name).mkdir(exist_ok=True)
    written = _replaced((DEPLOY / "footnoted.toml").read_text("utf-8"), places)
    (folder / "etc" / "footnoted.toml").write_text(f"{written}\n{settings}")
    with ExitStack() as opened:
        processes: dict[str, Kept] = {}

        def keep(name: str, started: Started) -> None:
            processes[name] = Kept(name, started, folder / "log" / name, own)
            opened.callback(processes[name].stop)

        keep("postgres", _postgres(opened, database))
        keep("chroma", _unit("chroma.service", places))
        keep("nginx", _nginx(folder, web, ports[:REPLICAS]))
        for number, port in enumerate(ports[:REPLICAS], 1):
            keep(f"footnoted-{number}", _unit("footnoted@.service", {**places, "%i": str(port)}))
        replicas = tuple(f"http://127.0.0.1:{port}" for port in ports[:REPLICAS])
        yield Cluster(processes, f"http://127.0.0.1:{web}", replicas, ledger_url, own["FOOTNOTED_STORE__URL"])


def _unit(name: str, places: Mapping[str, str]) -> Started:
    """How systemd starts a unit of ``deploy/``."""
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / name, "utf-8")
    service = unit["Service"]
    assert service["Restart"] == "always"
    return Started(shlex.split(_replaced(service["ExecStart"], places)), float(service["RestartSec"]))


def _postgres(opened: ExitStack, port: int) -> Started:
    """A database of our own. Postgres refuses to run as root; the system's package brings a user of that name."""
    programs = postgres_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="footnoted-postgres-"))
    opened.callback(shutil.rmtree, folder, ignore_errors=True)
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user, user)
    who: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user else {}
    init = [str(programs / "initdb"), "-D", str(folder / "db"), "-U", "footnoted", "--auth=trust", "--no-sync"]
    subprocess.run(init, check=True, capture_output=True, cwd="/", **who)
    command = [programs / "postgres", "-D", folder / "db", "-p", port, "-c", "listen_addresses=127.0.0.1",
               "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]  # fmt: skip
    return Started([str(part) for part in command], 1.0, user)


def _nginx(folder: Path, port: int, replicas: Sequence[int]) -> Started:
    """nginx with the configuration of ``deploy/``, inside what a system's package has around it."""
    program = nginx_program()
    assert program is not None
    places = {f"footnoted-{number}:7860": f"127.0.0.1:{replica}" for number, replica in enumerate(replicas, 1)}
    site = _replaced((DEPLOY / "nginx.conf").read_text("utf-8"), {**places, "listen 80;": f"listen 127.0.0.1:{port};"})
    (folder / "etc" / "site.conf").write_text(site)
    scratch = "".join(
        f"{kind}_temp_path {folder}/log/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    around = folder / "etc" / "nginx.conf"
    around.write_text(
        f"daemon off; pid {folder}/log/nginx.pid; error_log stderr; worker_processes 1; events {{}}\n"
        f"http {{ access_log off; {scratch} include {folder}/etc/site.conf; }}\n"
    )
    return Started([program, "-p", str(folder), "-e", "stderr", "-c", str(around)], 1.0)


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for here, there in places.items():
        text = text.replace(here, there)
    return text
