"""Starts the product on the shipped corpus and takes the pictures of the README: ``python docs/screenshots.py``.

Needs a Chromium (``playwright install chromium``, or the system's own).
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urljoin

from asked import ask_them
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
COMMAND = str(Path(sys.executable).with_name("footnoted"))
START_SECONDS = 300

FACT = "When did the University of Helsinki join Una Europa?"
LIST = "What are the seven development projects of Haaga-Helia, Laurea and Metropolia?"
PASSWORD = "for the pictures"
LOGGED = {"FOOTNOTED_SERVER__OWNER_TOKEN": PASSWORD, "FOOTNOTED_LOG__QUESTIONS": "true"}
MISSING = "When is the library open on Sundays?"


@contextmanager
def serving(data: Path, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """The product's address while the block runs, the corpus indexed. ``settings`` are environment variables."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    common = ["--data-dir", str(data)]
    subprocess.run([COMMAND, "index", str(ROOT / "corpus"), *common], check=True)
    server = subprocess.Popen([COMMAND, "serve", "--port", port, *common], env={**os.environ, **settings})
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(server, f"{address}/readyz")
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], probe: str) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and server.poll() is None:
        try:
            urllib.request.urlopen(probe)
            return
        except urllib.error.URLError:
            time.sleep(0.5)
    raise SystemExit("The server did not get ready; its own output above says why.")


def ask(page: Page, question: str) -> None:
    """Ask a question and wait for the whole answer."""
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")
    page.locator("#turn .question", has_text=question).wait_for()
    page.locator("#turn .working").wait_for(state="detached")
    page.mouse.move(0, 0)


def opened(browser: Browser, address: str, width: int, height: int, scheme: str = "light") -> Page:
    """The chat page in a window of the given size, at twice the resolution."""
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2,
        reduced_motion="reduce",
    )
    page.goto(address)
    page.locator(".example").first.wait_for()
    return page


@contextmanager
def browsing() -> Iterator[Browser]:
    """A Chromium."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = own if Path(own).exists() else shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def take_chat(browser: Browser, address: str, images: Path) -> None:
    """The pictures of the chat: an answer, its passage, a list and a refusal on a phone."""
    wide = opened(browser, address, 1300, 640)
    wide.screenshot(path=images / "chat-start.png")
    ask(wide, FACT)
    wide.locator("#turn .furthers").wait_for()
    wide.screenshot(path=images / "chat-answer.png")
    wide.goto(urljoin(address, wide.locator("#turn .open").first.get_attribute("href") or ""))
    wide.screenshot(path=images / "passage.png")
    for name, question, scheme in (("list", LIST, "light"), ("refusal", MISSING, "dark")):
        phone = opened(browser, address, 360, 700, scheme)
        ask(phone, question)
        phone.screenshot(path=images / f"phone-{name}.png")


@contextmanager
def host_page(address: list[str]) -> Iterator[str]:
    """The origin of another site. Its one page has the widget of the server at ``address[0]``, once that is known."""
    page = Path(__file__).with_name("host_page.html").read_text("utf-8")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.replace("ADDRESS", address[0]).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def take_widget(browser: Browser, host: str, images: Path) -> None:
    """The picture of the widget on somebody's page."""
    page = browser.new_page(
        viewport={"width": 1200, "height": 720}, device_scale_factor=2, reduced_motion="reduce", locale="en-GB"
    )
    page.goto(host)
    page.locator("footnoted-widget .launcher").click()
    frame = page.frame_locator("footnoted-widget iframe")
    frame.locator("#question textarea").fill(FACT)
    frame.locator("#question textarea").press("Enter")
    frame.locator("#turn .furthers").wait_for()
    page.screenshot(path=images / "widget.png")


def take_owners(browser: Browser, address: str, images: Path) -> None:
    """The picture of the owner's page, over the questions in the log."""
    page = browser.new_page(
        viewport={"width": 1300, "height": 1000},
        device_scale_factor=2,
        http_credentials={"username": "owner", "password": PASSWORD},
    )
    page.goto(f"{address}/owner")
    page.screenshot(path=images / "owner.png")


def main() -> None:
    """Start the product, or use the one at ``--address``, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", help="a server that runs already")
    parser.add_argument("--images", type=Path, default=ROOT / "docs" / "images")
    given = parser.parse_args()
    given.images.mkdir(parents=True, exist_ok=True)
    with browsing() as browser:
        if given.address:
            take_chat(browser, given.address, given.images)
            return
        with tempfile.TemporaryDirectory() as data:
            with serving(Path(data)) as address:
                take_chat(browser, address, given.images)
            known: list[str] = []
            with (
                host_page(known) as host,
                serving(Path(data), LOGGED | {"FOOTNOTED_SERVER__ORIGINS": f'["{host}"]'}) as address,
            ):
                known.append(address)
                take_widget(browser, host, given.images)
                ask_them(address, Path(data))
                take_owners(browser, address, given.images)


if __name__ == "__main__":
    main()
