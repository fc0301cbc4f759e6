"""The webhook over real HTTP, in front of a real service."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from index.testing import HashEmbedding
from ui.settings import Settings
from ui.sync.reindex import WINDOW, reindex_router
from ui.sync.service import SyncService
from ui.web.api import install_error_handlers
from ui.workspace import Workspace

SECRET = "the secret of the tests"


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook and the service behind it, which does not work, so that what it is told can be looked at."""

    url: str
    service: SyncService

    def call(self, body: Any, secret: str = SECRET, **headers: str) -> httpx.Response:
        """Call it with a signed body; ``headers`` in snake case."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = headers.get("x_footnoted_timestamp", "")
        signed = stamp.encode() + b"." + sent if stamp else sent
        named = {"x_footnoted_signature": hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest(), **headers}
        return httpx.post(
            self.url, content=sent, headers=[(k.replace("_", "-").encode(), v.encode()) for k, v in named.items()]
        )

    @property
    def scopes(self) -> list[Any]:
        """What the queued syncs are to look at."""
        return [job.order.scope for job in self.service._queue if job.order]


def serve(folder: Path, secret: str, sources: list[dict[str, Any]] | None = None) -> Iterator[Hook]:
    """A hook over some sources: without any named, a folder and a site."""
    (folder / "pages").mkdir(exist_ok=True)
    settings = Settings(
        data_dir=folder / "data",
        reader={"model": "none"},
        server={"webhook_secret": secret},
        sources=sources
        or [
            {"name": "pages", "folder": {"path": folder / "pages", "base_url": "https://files.example/pages"}},
            {"name": "site", "web": {"urls": ["https://a.example/start"], "exclude": ["*/private/*"]}},
        ],
    )
    workspace = Workspace(settings, HashEmbedding())
    service = SyncService(workspace)
    app = FastAPI()
    install_error_handlers(app)
    app.include_router(reindex_router(service))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield Hook(f"http://127.0.0.1:{listener.getsockname()[1]}/api/reindex", service)
    server.should_exit = True
    thread.join()
    listener.close()
    service.stop(1)
    workspace.close()


@pytest.fixture
def hook(tmp_path: Path) -> Iterator[Hook]:
    yield from serve(tmp_path, SECRET)


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Hook]:
    yield from serve(tmp_path, "")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["message"]


def test_a_signed_call_has_every_source_looked_at(hook: Hook) -> None:
    answer = hook.call({})

    assert (answer.status_code, answer.json()) == (202, {"status": "queued"})
    assert hook.scopes == [None]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"urls": null}', b' {"nonce": "x"}\n'])
def test_what_means_all_is_taken_so(hook: Hook, body: bytes) -> None:
    assert hook.call(body).status_code == 202
    assert hook.scopes == [None]


def test_a_signature_may_bear_its_kind(hook: Hook) -> None:
    signature = hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()

    assert hook.call({}, x_footnoted_signature=f"sha256={signature.upper()}").status_code == 202
    assert refusal(hook.call({})) == (409, "this very call was made before")


def test_pages_are_named_by_address(hook: Hook) -> None:
    urls = ["https://a.example/rules?utm_source=mail", "https://A.example:443/new", "https://files.example/pages/x.md"]

    assert hook.call({"urls": urls}).status_code == 202
    (scope,) = hook.scopes
    assert scope["site"] == {"https://a.example/rules", "https://a.example/new"}
    assert scope["pages"] == {"https://files.example/pages/x.md"}


def test_no_pages_are_no_sources(hook: Hook) -> None:
    assert hook.call({"urls": []}).status_code == 202
    assert hook.scopes == [{}]


@pytest.mark.parametrize(
    "url",
    [
        "https://b.example/rules", "http://169.254.169.254/", "https://a.example.evil/", "https://u:p@a.example/rules",
        "https://a.example/private/x", "file:///etc/passwd", "https://files.example/other", "nowhere.md", "",
    ],
)  # fmt: skip
def test_an_address_of_no_source_is_refused(hook: Hook, url: str) -> None:
    status, message = refusal(hook.call({"urls": ["https://a.example/rules", url]}))

    assert (status, message) == (422, f"{url.replace('u:p@', '…@')!r} is of none of the sources")
    assert hook.scopes == []


def test_a_call_that_is_not_signed_with_the_secret_is_refused(hook: Hook) -> None:
    wrong = (401, "the signature is missing or wrong")

    assert refusal(httpx.post(hook.url, content=b"{}")) == wrong
    assert refusal(hook.call({}, secret="another secret")) == wrong
    assert refusal(hook.call({}, x_footnoted_signature="ü")) == wrong
    good = hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()
    assert refusal(hook.call({"urls": []}, x_footnoted_signature=good)) == wrong
    assert hook.scopes == []


def test_nothing_is_accepted_without_a_secret(closed: Hook) -> None:
    assert refusal(closed.call({}, secret="")) == (403, "no webhook secret is set")
    assert closed.scopes == []


def test_the_same_call_is_refused_the_second_time_and_after_a_restart(tmp_path: Path) -> None:
    for hook in serve(tmp_path, SECRET):
        assert hook.call({}).status_code == 202
        assert refusal(hook.call({})) == (409, "this very call was made before")
        assert hook.call({"nonce": "1"}).status_code == 202
        assert hook.call({"nonce": "2"}).status_code == 202
    for hook in serve(tmp_path, SECRET):
        assert refusal(hook.call({})) == (409, "this very call was made before")


def test_a_time_stamp_must_be_near(hook: Hook) -> None:
    off = (409, f"the call's time stamp is more than {WINDOW} seconds off")

    assert hook.call({"timestamp": time.time()}).status_code == 202
    for stamp in (time.time() - WINDOW - 5, time.time() + WINDOW + 5):
        assert refusal(hook.call({"timestamp": stamp})) == off
        assert refusal(hook.call({}, x_footnoted_timestamp=str(int(stamp)))) == off
    assert hook.call(b'{"timestamp": NaN}').status_code in (409, 422)


def test_a_time_stamp_in_the_header_is_signed_with_the_body(hook: Hook) -> None:
    moment = int(time.time())

    assert hook.call({}, x_footnoted_timestamp=str(moment)).status_code == 202
    assert refusal(hook.call({}, x_footnoted_timestamp=str(moment)))[0] == 409
    assert hook.call({}, x_footnoted_timestamp=str(moment - 1)).status_code == 202
    signed_without = hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()
    answer = hook.call({}, x_footnoted_timestamp=str(moment), x_footnoted_signature=signed_without)
    assert refusal(answer) == (401, "the signature is missing or wrong")
    assert refusal(hook.call({}, x_footnoted_timestamp="now"))[0] == 409


@pytest.mark.parametrize(
    "body", [b"[]", b"nothing", b'{"urls": "x"}', b'{"url": []}', b'{"urls": [1]}', b"\xff\xfe", b'{"urls": [] ']
)
def test_a_body_that_makes_no_sense_is_refused(hook: Hook, body: bytes) -> None:
    answer = hook.call(body)

    assert answer.status_code == 422
    assert answer.json()["error"]["hint"] == 'send {"urls": ["https://…"]}, or {} for all'
    assert hook.call({}).status_code == 202
