"""Whatever an operator's sources hold: each bad page is one line of the report, and every other page is in."""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import trustme
from pypdf import PdfWriter

from index.testing import HashEmbedding
from index.types import Progress, SyncReport
from tests.ingest.formats.test_archive import zipped
from tests.server import Response, Server, html, raw, redirect
from ui.settings import Settings
from ui.sync.order import Order, run_sync
from ui.workspace import Workspace

GOOD = "---\ntitle: {name}\n---\n\nThe page {name} speaks of {name}ness and of nothing else.\n"
BOMB = zipped(word__document_xml=b"\0" * 101 * 1024**2)
NO_FILE = "it is not a regular file, or a link that leads nowhere"


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[Callable[..., Workspace]]:
    opened = []

    def made(*sources: dict[str, Any]) -> Workspace:
        workspace = Workspace(
            Settings(data_dir=tmp_path / "data", reader={"model": "none"}, sources=sources), HashEmbedding()
        )
        workspace.lock.acquire("test")
        opened.append(workspace)
        return workspace

    yield made
    for workspace in opened:
        workspace.close()


def told(report: SyncReport, base: str = "") -> dict[str, str]:
    """The report's failures; each has a hint, and no page has two."""
    assert all(failure.hint for failure in report.failures)
    found = {failure.url.removeprefix(base): failure.reason for failure in report.failures}
    assert len(found) == len(report.failures)
    return found


def pdf(pages: int, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(10, 10)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_folder_of_bad_files(open_workspace: Callable[..., Workspace], tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    (folder / "deep").mkdir(parents=True)
    for name in ("first", "vanishes", "zlast"):
        (folder / f"{name}.md").write_text(GOOD.format(name=name))
    bad = {
        "encrypted.pdf": (pdf(1, "secret"), "'{}' is encrypted and asks for a password"),
        "truncated.pdf": (pdf(9)[:900], "'{}' is cut short: its end is missing"),
        "long.pdf": (pdf(5_001), "'{}' has 5,001 pages, more than the 5,000 that are read"),
        "huge.pdf": (b"%PDF-1.7" + b"x" * 2_000_000, "it has 2,000,008 bytes, more than the 1,500,000 allowed"),
        "empty.md": (b"", "'{}' is empty"),
        "empty.txt": (b"", "'{}' is empty"),
        "empty.html": (b"", "'{}' is empty"),
        "empty.pdf": (b"", "'{}' is empty"),
        "empty.docx": (b"", "'{}' is empty"),
        "binary.md": (b"\x7fELF\x02\x01\x01" + bytes(99), "'{}' is not a text file (it holds zero bytes)"),
        "picture.md": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "'{}' is not a text file (it holds zero bytes)"),
        "page.pdf": (b"<html>Please sign in</html>", "'{}' is no PDF, whatever its name says"),
        "bomb.docx": (BOMB, f"'{{}}' unpacks from {len(BOMB):,} to 105,906,176 bytes, which is too much to open"),
    }
    for name, (body, _) in bad.items():
        (folder / name).write_bytes(body)
    (folder / "charset.html").write_bytes(
        "<meta charset=utf-8><p>Työtä tehdään päivällä, ei yöllä.".encode("cp1252") * 9
    )
    (folder / "malformed.html").write_text("<ul><li>Bread<li>Milk</ul></p></div><table><tr><td>Cheese<b>Butter</table>")
    (folder / "deep" / "round").symlink_to(folder, target_is_directory=True)
    (folder / "circle.md").symlink_to(folder / "circle.md")

    def vanish(progress: Progress) -> None:
        (folder / "vanishes.md").unlink(missing_ok=True)

    workspace = open_workspace({"name": "pages", "folder": {"path": folder, "max_bytes": 1_500_000}})
    report = run_sync(workspace, Order("test"), vanish)

    expected = {name: reason.format(name) for name, (_, reason) in bad.items()}
    expected |= {"circle.md": NO_FILE, "vanishes.md": "it vanished while the folder was read"}
    assert told(report) == expected
    ledger = workspace.stores.ledger
    texts = {name: page.document.text for name, page in ledger.pages(ledger.states(ledger.collection)).items()}
    assert set(texts) == {"first.md", "zlast.md", "charset.html", "malformed.html"}
    assert "Työtä tehdään päivällä" in texts["charset.html"]
    assert all(word in texts["malformed.html"] for word in ("Bread", "Milk", "Cheese", "Butter"))


def test_a_site_of_bad_pages(open_workspace: Callable[..., Workspace]) -> None:
    @raw
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            handler.wfile.write(b"<p>more" * 1_000)

    @raw
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n<p>Half")
        handler.wfile.flush()
        handler.close_connection = True

    said = "<p>Työtä tehdään päivällä, ei yöllä. " + "Näin päätettiin tänä vuonna yhdessä. " * 4
    kinds = {"Content-Type": "application/pdf"}
    bad: dict[str, tuple[Any, str]] = {
        "/endless": (endless, "it is larger than 200,000 bytes, or never ends"),
        "/loop": (redirect("/pool"), "it redirects in a circle, lastly to '{url}/pool'"),
        "/away": (redirect("http://elsewhere.example/"), "it redirects to 'http://elsewhere.example/', which is on "
                  "another host"),
        "/film": (Response(b"x", 200, {"Content-Type": "video/mp4"}), "it is served as 'video/mp4', which is not read"),
        "/really-html.pdf": (Response(b"<html>Sign in", 200, kinds), "'{url}/really-html.pdf' is no PDF, whatever its "
                             "name says"),
        "/cut.pdf": (Response(pdf(9)[:900], 200, kinds), "'{url}/cut.pdf' is cut short: its end is missing"),
        "/cut": (cut, "the server could not be reached or broke off: peer closed connection without sending complete "
                 "message body (received 7 bytes, expected 999)"),
        "/empty": (html(""), "the server answered with an empty page"),
        "/down": (html("", 503), "the server answered 503 Service Unavailable"),
    }  # fmt: skip
    listed = "".join(f'<a href="{path}">x</a>' for path in (*bad, "/charset", "/last"))
    server = Server({path: route for path, (route, _) in bad.items()})
    server.routes |= {
        "/": html(f"<main><h1>Start</h1><p>The page start speaks of all the others.</p>{listed}</main>"),
        "/pool": redirect("/loop"),
        "/charset": Response(said.encode("cp1252"), 200, {"Content-Type": "text/html; charset=no-such-charset"}),
        "/last": html("<main><p>The last page is in as well.</p></main>"),
    }
    with server.running():
        web = {"urls": [server.url], "follow": 2, "delay_seconds": 0, "max_bytes": 200_000}
        workspace = open_workspace({"name": "site", "web": web})
        report = run_sync(workspace, Order("test"))

    expected = {path: reason.replace("{url}", server.url) for path, (_, reason) in bad.items()}
    assert told(report, server.url) == expected
    states = workspace.stores.ledger.states(workspace.stores.ledger.collection)
    assert {url.removeprefix(server.url) for url in states} == {"/", "/charset", "/last"}
    charset = workspace.stores.ledger.page(f"{server.url}/charset")
    assert charset is not None
    assert "Työtä tehdään päivällä" in charset.document.text


def test_a_site_whose_certificate_nobody_knows_is_one_line(
    open_workspace: Callable[..., Workspace], tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.md").write_text(GOOD.format(name="one"))
    with Server({"/": html("<p>Hi")}, tls=context).running() as secure:
        workspace = open_workspace(
            {"name": "site", "web": {"urls": [secure.url], "robots": False}},
            {"name": "pages", "folder": {"path": tmp_path / "pages"}},
        )
        report = run_sync(workspace, Order("test"))

    assert told(report, secure.url) == {"/": "its certificate is not trusted: unable to get local issuer certificate"}
    assert report.failures[0].hint == "name the certificate's authority with the source's `ca_file`"
    assert set(workspace.stores.ledger.states(workspace.stores.ledger.collection)) == {"one.md"}
    assert secure.requests == []
