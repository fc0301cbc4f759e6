"""What the tests of faults break: a folder of pages with a data folder over them, in this process or a server's."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from assistant.types import Answer
from index.testing import HashEmbedding
from tests.ui.operating import ROOT, SECRET, TOKEN, Operated
from ui.settings import Settings, load_settings
from ui.sync.order import Order, run_sync
from ui.workspace import Workspace

SETTINGS = f"""
data_dir = "data"
[reader]
model = "none"
[log]
questions = true
[server]
webhook_secret = "{SECRET}"
owner_token = "{TOKEN}"
[[sources]]
name = "pages"
folder = "pages"
watch = false
"""
NAMES = tuple(f"desk{number}" for number in range(12))


class Scene:
    """A settings file, pages of desks each of which says which version it is of, and a data folder."""

    def __init__(self, folder: Path, settings: str = SETTINGS) -> None:
        self.folder = folder
        self.pages = folder / "pages"
        self.data = folder / "data"
        self.config = folder / "footnoted.toml"
        self.pages.mkdir(parents=True, exist_ok=True)
        self.config.write_text(settings)

    def write(self, version: int, names: Iterable[str] = NAMES, paragraphs: int = 1) -> None:
        """Have these pages say that version."""
        for name in names:
            more = "\n\n".join(" ".join(f"{name}n{n}w{word}" for word in range(150)) for n in range(paragraphs - 1))
            text = f"# The {name}\n\nThe code of the {name} is {name}v{version}, which opens its door.\n\n{more}\n"
            (self.pages / f"{name}.md").write_text(text)

    def open(self) -> Workspace:
        """A workspace over it, with hashed words for a model."""
        return Workspace(load_settings(self.config), HashEmbedding())

    def sync(self, *, rebuild: bool = False) -> None:
        """One sync, by a workspace of its own."""
        workspace = self.open()
        try:
            workspace.lock.acquire("test")
            report = run_sync(workspace, Order("test", rebuild=rebuild))
            assert not report.failures
        finally:
            workspace.close()

    def copy(self, folder: Path) -> Scene:
        """The same elsewhere."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Scene(folder, self.config.read_text())

    def live(self, version: int) -> int:
        """How many pages the ledger lists in a version."""
        query = "SELECT count(*) FROM pages WHERE text LIKE ?"
        with closing(sqlite3.connect(f"file:{self.data / 'ledger.sqlite3'}?mode=ro", uri=True)) as ledger:
            return int(ledger.execute(query, (f"%v{version}, which%",)).fetchone()[0])

    @property
    def settings(self) -> Settings:
        """Those of the file."""
        return load_settings(self.config)


def code_of(name: str) -> str:
    """A question that each page answers."""
    return f"What is the code of the {name}?"


def versions(server: Operated) -> set[str]:
    """Every code that the server's pages say, one for each page."""
    hits = server.get("/api/search", params={"q": "the code of the desk", "k": 100}).json()["hits"]
    return {word.strip(",.") for hit in hits for word in hit["text"].split() if "v" in word and word.startswith("desk")}


def all_in(version: int, names: Iterable[str] = NAMES) -> set[str]:
    """What ``versions`` gives when every page is of that version."""
    return {f"{name}v{version}" for name in names}


def ask(server: Operated, question: str) -> httpx.Response:
    """The server's answer to a question."""
    return httpx.post(f"{server.url}/api/ask", json={"question": question}, timeout=60, trust_env=False)


def answer(workspace: Workspace, question: str) -> Answer:
    """A workspace's answer to a question."""
    return workspace.assistant.answer(question)


def digests(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def apart(module: str, *arguments: object, seconds: float = 120) -> str:
    """What a module of these tests prints in a process that may mount, in a namespace of its own."""
    unshare = shutil.which("unshare")
    may = unshare and subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode == 0
    if not may or unshare is None:
        pytest.skip(
            "no unshare that may mount here: install util-linux, and allow user namespaces "
            "(sysctl kernel.unprivileged_userns_clone=1; in a container: --security-opt seccomp=unconfined)"
        )
    command = [unshare, "-rm", sys.executable, "-W", "ignore", "-m", f"tests.faults.{module}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def mount(*arguments: object) -> None:
    """Mount something, inside ``apart``."""
    subprocess.run(["mount", *map(str, arguments)], check=True)
