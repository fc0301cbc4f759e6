"""Secrets planted in every setting that takes one, and looked for in everything that comes out."""

from __future__ import annotations

import socket
import tarfile
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from tests.ui.operating import serving
from ui.cli import main

ENVIRONMENT = {"PLANTED_BASIC": "me:sesame-basic", "PLANTED_KEY": "sesame-key"}
SETTINGS = """
data_dir = "data"
[reader]
model = "none"
[server]
webhook_secret = "sesame-webhook-1"
owner_token = "sesame-owner-222"
[log]
format = "json"
[llm]
base_url = "http://me:sesame-llm@127.0.0.1:{port}/v1"
model = "some"
api_key_env = "PLANTED_KEY"
retries = 0
[access]
token_secret = "sesame-token, and thirty-two bytes or more"
[access.oidc]
issuer = "http://127.0.0.1:{port}"
client_id = "footnoted"
client_secret = "sesame-client"
public_url = "http://127.0.0.1:7860"
[[sources]]
name = "pages"
folder = "pages"
[[sources]]
name = "site"
[sources.web]
urls = ["http://127.0.0.1:{port}/"]
basic_env = "PLANTED_BASIC"
proxy = "http://me:sesame-proxy@127.0.0.1:{port}"
page_seconds = 2
"""
WORD = "sesame"


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file full of secrets, and servers that are all away."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.md").write_text("# One\n\nThe page one says that the canteen opens at ten.\n")
    (tmp_path / "footnoted.toml").write_text(SETTINGS.format(port=port))
    return tmp_path


def kept_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_no_secret_comes_out_of_a_server_or_its_commands(planted: Path) -> None:
    said: dict[str, str | bytes] = {}
    config = planted / "footnoted.toml"
    with serving(config, planted / "data") as server:
        said["ask"] = httpx.post(
            f"{server.url}/api/ask", json={"question": "When does the canteen open?"}, timeout=60
        ).text
        for path in (
            "/", "/embed", "/readyz", "/metrics", "/api/openapi.json", "/api/docs", "/login", "/source/one.md",
            "/widget.js", "/nothing", "/api/reindex", "/owner",
        ):  # fmt: skip
            answer = server.get(path)
            said[path] = answer.text + str(answer.headers)
        said["refused"] = httpx.post(f"{server.url}/api/reindex", content=b"{}").text
        said["token"] = server.get("/api/search", params={"q": "x"}, headers={"Authorization": "Bearer e.e.e"}).text
        for page in ("/owner", "/owner/sync"):
            owned = server.get(page, auth=("owner", "sesame-owner-222"))
            assert owned.status_code == 200
            said[f"owned {page}"] = owned.text
        for arguments in (["status"], ["status", "--json"], ["doctor"], ["doctor", "--security"],
                          ["doctor", "--security", "--json"], ["index", "--json"],
                          ["backup", str(planted / "made.backup")]):  # fmt: skip
            done = CliRunner().invoke(main, [*arguments, "--config", str(config)])
            said[" ".join(arguments)] = done.output
        server.process.terminate()
        server.process.wait(60)
        said["log"] = server.said.read_text()
    with tarfile.open(planted / "made.backup") as archive:
        for member in archive.getmembers():
            inside = archive.extractfile(member)
            said[f"backup: {member.name}"] = inside.read() if inside else b""
    said |= {f"data: {name}": content for name, content in kept_in(planted / "data").items()}

    assert "site" in str(said["status"])
    assert len(said) > 30
    assert [
        name for name, text in said.items() if WORD in (text if isinstance(text, str) else text.decode("latin-1"))
    ] == []


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("ledger", 'url = "postgresql+psycopg://me:sesame-pg@127.0.0.1:1/name"'),
        ("ledger", 'url = "postgresql+nothing://me:sesame-pg@127.0.0.1:1/name"'),
        ("ledger", 'url = "postgresql+psycopg://me:sesame-pg@127.0.0.1:port/name"'),
        ("ledger", 'url = "me:sesame-pg@nowhere"'),
        ("store", 'url = "http://me:sesame-chroma@127.0.0.1:1"'),
        ("store", 'url = "ftp://me:sesame-chroma@127.0.0.1:1"'),
        ("llm", 'base_url = "me:sesame@127.0.0.1"'),
        ("server", 'owner_token = "sesame"'),
        ("server", 'webhook_secret = ["sesame"]'),
        ("access", 'token_secret = "sesame-short"'),
        ("access.oidc", 'issuer = "http://me:sesame@elsewhere.example"'),
        ("access.oidc", 'client_secret = ["sesame"]'),
        ("[sources]", '[sources.web]\nurls = ["https://me:sesame@a.example/"]'),
        ("[sources]", '[sources.web]\nurls = ["https://a.example/"]\nproxy = "me:sesame@proxy"'),
        ("[sources]", '[sources.web]\nurls = ["https://a.example/"]\nproxy = "ftp://me:sesame@127.0.0.1:1"'),
    ],
)  # fmt: skip
def test_no_secret_stands_in_what_is_said_of_settings_that_do_not_work(tmp_path: Path, table: str, line: str) -> None:
    config = tmp_path / "footnoted.toml"
    config.write_text(f'data_dir = "data"\n[reader]\nmodel = "none"\n[{table}]\n{line}\n')
    said = ""
    for arguments in (["status"], ["index"], ["doctor", "--security"]):
        done = CliRunner().invoke(main, [*arguments, "--config", str(config)])
        said += done.output + done.stderr + repr(done.exception)
    assert said
    assert WORD not in said
