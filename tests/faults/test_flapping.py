"""A site that flaps: errors, time-outs, broken lines, empty pages, pages not found, and then it is back."""

from __future__ import annotations

import random
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from index.ledger.ledger import PageState
from index.testing import HashEmbedding
from tests.faults.scenes import answer
from tests.server import Response, Route, Server, html, raw
from ui.settings import Settings
from ui.sync.order import Order, run_sync
from ui.workspace import Workspace

NAMES = [f"desk{number}" for number in range(10)]
ROUNDS = 12


def page(name: str) -> Response:
    links = " ".join(f'<a href="/{other}">{other}</a>' for other in NAMES)
    body = f"<h1>The {name}</h1><p>The code of the {name} is {name}v1, which opens its door.</p>"
    return html(f"<html><head><title>{name}</title></head><body><main>{body}</main><nav>{links}</nav></body></html>")


@raw
def cut(handler: BaseHTTPRequestHandler) -> None:
    """Half an answer, then nothing."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n<html><body><p>The")
    handler.close_connection = True


@raw
def late(handler: BaseHTTPRequestHandler) -> None:
    """An answer that comes too late."""
    time.sleep(1.5)
    handler.close_connection = True


WRONGS: tuple[Route, ...] = (
    Response(b"out of order", 500), Response(b"bad gateway", 502), Response(b"", 503, {"Retry-After": "0"}),
    Response(b"too many", 429, {"Retry-After": "0"}), cut, late, Response(b"", 204), html(""),
    html("<html><body></body></html>"), Response(b"", 200, {"Content-Type": "text/plain"}),
)  # fmt: skip


def test_a_site_that_flaps_loses_no_page_and_is_read_whole_when_it_is_back(tmp_path: Path) -> None:
    pick = random.Random(20260103)
    good: dict[str, Route] = {f"/{name}": page(name) for name in NAMES}
    good["/"] = page("front")
    web = {"follow": 1, "delay_seconds": 0, "robots": False, "page_seconds": 1}
    with Server(good).running() as server:
        settings = Settings(
            data_dir=tmp_path / "data",
            reader={"model": "none"},
            sources=[{"name": "site", "web": {"urls": [server.url], **web}}],
        )
        workspace = Workspace(settings, HashEmbedding())
        workspace.lock.acquire("test")
        try:
            assert not run_sync(workspace, Order("test")).failures
            whole = {url: page.document_digest for url, page in states(workspace).items()}
            assert len(whole) == len(NAMES) + 1
            failed = 0
            for number in range(ROUNDS):
                share = 1.0 if number % 4 == 3 else pick.random()  # every fourth time all of it is down
                wrong = {path: pick.choice(WRONGS) for path in good if pick.random() < share}
                if number % 5 == 4:  # once in a while pages are not there: gone only if that is so three times in a row
                    wrong |= {path: Response(b"not here", 404) for path in pick.sample(list(good), 3)}
                server.routes = {**good, **wrong}
                failed += len(run_sync(workspace, Order("test")).failures)
                assert {url: page.document_digest for url, page in states(workspace).items()} == whole
                name = pick.choice(NAMES)
                assert f"{name}v1" in answer(workspace, f"What is the code of the {name}?").text
            assert failed > ROUNDS
            assert workspace.ledger.failures()
            server.routes = good
            report = run_sync(workspace, Order("test"))
            assert (report.failures, report.unchanged, report.embedded) == ((), len(whole), 0)
            assert workspace.ledger.failures() == []
        finally:
            workspace.close()


def states(workspace: Workspace) -> dict[str, PageState]:
    return dict(workspace.ledger.states(workspace.ledger.collection))
