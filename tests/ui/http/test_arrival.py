from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.loops import run
from tests.ui.operating import ROOT, answering, serving, until
from tests.ui.scripted import ScriptedWorkspace
from ui import haste
from ui.app import create_app
from ui.haste import making_way
from ui.http.arrival import Arrived, LateParts

QUESTION = {"question": "How many days of leave do I get?"}


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Lets the chat page be loaded; a plain page stands in for Gradio's, which takes seconds and warns of things."""
    event = threading.Event()

    def load(*_: object) -> Arrived:
        event.wait(30)
        return Arrived(Starlette(routes=[Route("/", _page)]), nullcontext())

    monkeypatch.setattr("ui.app.load_chat", load)
    return event


async def _page(request: Request) -> Response:
    return HTMLResponse('<html lang="en"><head></head><body><gradio-app></gradio-app></body></html>')


def visit(app: FastAPI, what: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    """Do something with an application that runs."""

    async def visiting() -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as client,
        ):
            await what(client)

    run(asyncio.wait_for(visiting(), 60))


def test_a_question_is_answered_while_the_chat_page_is_still_to_come(release: threading.Event) -> None:
    async def what(client: httpx.AsyncClient) -> None:
        asked = await client.post("/api/ask", json=QUESTION)
        assert (asked.status_code, asked.json()["outcome"]) == (200, "answered")
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert ready.json()["to_come"] == ["chat page", "endpoint /mcp"]
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/widget.js")).status_code == 200

    visit(create_app(ScriptedWorkspace()), what)


def test_a_page_that_was_asked_for_too_early_is_served_when_it_is_there(release: threading.Event) -> None:
    async def what(client: httpx.AsyncClient) -> None:
        early = [asyncio.create_task(client.get(path)) for path in ("/", "/embed", "/")]
        await client.post("/api/ask", json=QUESTION)
        assert not any(page.done() for page in early)
        assert (await client.get("/gradio_api/upload")).status_code == 404, "what the page does not call need not wait"
        release.set()
        for page in await asyncio.gather(*early):
            assert page.status_code == 200
            assert "<gradio-app" in page.text
            assert "script-src" in page.headers["content-security-policy"]
        while (await client.get("/readyz")).json()["to_come"]:
            await asyncio.sleep(0.01)

    visit(create_app(ScriptedWorkspace()), what)


def test_what_came_too_early_waits_in_no_thread(release: threading.Event) -> None:
    async def what(client: httpx.AsyncClient) -> None:
        await client.post("/api/ask", json=QUESTION)
        before = threading.active_count()
        early = [asyncio.create_task(client.get("/")) for _ in range(100)]
        await client.get("/healthz")
        assert threading.active_count() <= before
        release.set()
        assert {page.status_code for page in await asyncio.gather(*early)} == {200}

    visit(create_app(ScriptedWorkspace()), what)


def test_a_chat_page_that_cannot_be_loaded_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load(*_: object) -> Arrived:
        raise ImportError("no module named gradio")

    async def what(client: httpx.AsyncClient) -> None:
        page = await client.get("/")
        assert page.status_code == 503
        assert page.json()["error"]["message"] == "the chat page could not be loaded: ImportError"
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["status"] == "broken"
        assert ready.json()["reason"] == "the chat page could not be loaded: ImportError"
        assert (await client.post("/api/ask", json=QUESTION)).status_code == 200
        assert (await client.post("/mcp", json={})).status_code == 400, "the other parts come nevertheless"

    monkeypatch.setattr("ui.app.load_chat", load)
    with caplog.at_level(logging.ERROR):
        visit(create_app(ScriptedWorkspace()), what)
    assert "the chat page could not be loaded" in caplog.text


def test_a_page_that_does_not_come_is_waited_for_no_longer_than_that(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.http.arrival._PATIENCE", 0.05)

    async def what(client: httpx.AsyncClient) -> None:
        page = await client.get("/")
        assert (page.status_code, page.json()["error"]["hint"]) == (503, "try again in a moment")
        release.set()

    visit(create_app(ScriptedWorkspace()), what)


def test_parts_come_one_after_the_other_and_run_until_the_end() -> None:
    seen: list[str] = []
    begin = threading.Event()

    def part(name: str) -> Callable[[], Arrived]:
        @asynccontextmanager
        async def running() -> AsyncIterator[None]:
            seen.append(f"{name} runs")
            yield
            seen.append(f"{name} ends")

        def load() -> Arrived:
            seen.append(f"{name} loads")
            return Arrived(Starlette(), running())

        return load

    late = LateParts(after=lambda: begin.wait(30))
    for name in ("one", "other"):
        late.add(name, part(name))

    async def what() -> None:
        async with late.lifespan(None):
            await asyncio.sleep(0.05)
            assert seen == []
            assert late.loading == ["one", "other"]
            begin.set()
            while late.loading:
                await asyncio.sleep(0.01)
            assert seen == ["one loads", "one runs", "other loads", "other runs"]

    run(what())
    late.wait(60)
    assert seen[4:] == ["other ends", "one ends"]


def test_an_application_ends_while_a_part_of_it_is_loading(release: threading.Event) -> None:
    async def what(client: httpx.AsyncClient) -> None:
        assert (await client.get("/healthz")).status_code == 200

    visit(create_app(ScriptedWorkspace()), what)
    assert not release.is_set()
    release.set()


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module that can be imported and was not yet."""
    (tmp_path / "courteous.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "courteous", raising=False)
    return "courteous"


def test_who_looks_for_a_module_as_the_block_ends_passes_over_no_finder() -> None:
    with making_way(lambda: True):
        looking = iter(sys.meta_path)
        asked = [next(looking), next(looking)]
    asked += looking
    assert [finder for finder in sys.meta_path if finder not in asked] == []


def test_imports_wait_while_others_are_at_work(module: str) -> None:
    looks = iter([False, False, False, True])
    with making_way(lambda: next(looks)):
        __import__(module)
    assert next(looks, None) is None
    assert module in sys.modules


def test_imports_go_on_where_others_are_always_at_work(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(haste, "_AT_ONCE", 0.01)
    with making_way(lambda: False):
        __import__(module)
    assert module in sys.modules


def test_imports_of_other_threads_do_not_wait(module: str) -> None:
    asked: list[str] = []

    def idle() -> bool:
        asked.append(threading.current_thread().name)
        return True

    with making_way(idle):
        other = threading.Thread(target=__import__, args=(module,))
        other.start()
        other.join()
    assert module in sys.modules
    assert asked == []


def test_gradio_writes_no_stubs_and_leaves_the_protocol_to_us() -> None:
    program = """
import sys
from ui.chat.gradio_library import load_gradio
gradio = load_gradio()
assert sys.modules["gradio.component_meta"].create_or_modify_pyi.__module__ == "ui.chat.gradio_library"
assert not [name for name in sys.modules if name.split(".")[0] in ("mcp", "mcp_types")]
import mcp.server
print(gradio.Textbox.__name__)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, "Textbox\n"), done.stderr


def test_a_server_over_an_index_answers_before_its_chat_page_comes(tmp_path: Path) -> None:
    program = f"""
import time
from pathlib import Path
import ui.app
from ui.chat.page import load_chat
def when_told(*given):
    while not Path({str(tmp_path / "told")!r}).exists():
        time.sleep(0.02)
    return load_chat(*given)
ui.app.load_chat = when_told
from tests.ui.operating import main
main()
"""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.md").write_text("# Quetzals\n\nThis page is about quetzals and it says so plainly.\n")
    config, data = tmp_path / "footnoted.toml", tmp_path / "data"
    config.write_text('data_dir = "data"\n[reader]\nmodel = "none"\n[[sources]]\nname = "pages"\nfolder = "pages"\n')
    with serving(config, data) as server:
        until(lambda: answering(server, ready=True), server.process, said=server.said)
    with serving(config, data, program=("-c", program)) as server, ThreadPoolExecutor() as beside:
        page = beside.submit(server.get, "/")
        asked = httpx.post(f"{server.url}/api/ask", json={"question": "What is the page about quetzals about?"})
        assert "says so plainly" in asked.text
        assert server.get("/readyz").json() == {
            "status": "ready", "reason": "", "to_come": ["chat page", "endpoint /mcp"],
        }  # fmt: skip
        assert not page.done()
        (tmp_path / "told").touch()
        assert page.result(60).status_code == 200
        assert "<gradio-app" in page.result().text
        until(lambda: server.get("/readyz").json()["to_come"] == [], server.process, said=server.said)


def test_after_the_start_the_interpreter_runs_as_usual() -> None:
    usual = sys.getswitchinterval()
    haste.hasten()
    try:
        assert not gc.isenabled()
        assert sys.getswitchinterval() < usual
    finally:
        haste.settle()
        gc.unfreeze()
    assert gc.isenabled()
    assert sys.getswitchinterval() == usual
