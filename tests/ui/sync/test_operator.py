"""What an operator does while the product serves: real commands, files and calls against a real serving process."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ui.operating import COMMAND, ROOT, SECRET, TOKEN, Operated, answering, serving, until

SETTINGS = f"""
data_dir = "data"
[reader]
model = "none"
[server]
webhook_secret = "{SECRET}"
owner_token = "{TOKEN}"
[[sources]]
name = "pages"
folder = "pages"
"""


def write(server: Operated, name: str, word: str) -> None:
    """Put a page that says a word into the watched folder."""
    path = server.config.parent / "pages" / name
    path.write_text(f"# {name}\n\nThis page is about {word} and it says so plainly.\n")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A server over a folder of three pages."""
    folder = tmp_path_factory.mktemp("operated")
    (folder / "pages").mkdir()
    (folder / "footnoted.toml").write_text(SETTINGS)
    for name in ("one", "two", "three"):
        (folder / "pages" / f"{name}.md").write_text(f"# {name}\n\nThis page is about {name}ness.\n")
    with serving(folder / "footnoted.toml", folder / "data") as made:
        yield made


def test_a_file_that_changes_is_found_without_being_asked_for(server: Operated) -> None:
    write(server, "watched.md", "quetzal")
    until(lambda: server.answers("quetzal") == {"watched.md"})
    write(server, "watched.md", "ocelot")
    until(lambda: server.answers("ocelot") == {"watched.md"})
    assert server.answers("quetzal") == set()
    (server.config.parent / "pages" / "watched.md").unlink()
    until(lambda: server.answers("ocelot") == set())


def test_a_command_hands_its_work_to_the_server(server: Operated) -> None:
    done = server.command("index", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pages"] == {"added": 0, "changed": 0, "removed": 0, "unchanged": 3, "failed": 0}
    planned = json.loads(server.command("index", "--json", "--dry-run").stdout)
    assert planned["chunks"] == {"embedded": 0, "reused": 0, "deleted": 0}


def test_a_server_with_settings_of_yesterday_is_told(server: Operated) -> None:
    told = "restart it to use these"
    assert told not in server.command("index").stderr
    server.config.write_text(SETTINGS + "[chunk]\ntokens = 100\n")
    try:
        assert told in server.command("index").stderr
        assert told not in server.command("index", str(server.config.parent / "pages")).stderr
    finally:
        server.config.write_text(SETTINGS)


def test_a_failure_in_the_server_is_the_commands_failure(server: Operated, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    done = server.command("index", str(empty))

    assert done.returncode == 2
    assert "this sync would drop 3 of 3 pages" in done.stderr
    assert "--allow-mass-delete" in done.stderr
    nowhere = server.command("index", str(tmp_path / "nowhere"))
    assert (nowhere.returncode, "no such file or folder" in nowhere.stderr) == (2, True)


def test_a_page_that_fails_makes_the_command_end_with_one(server: Operated) -> None:
    broken = server.config.parent / "pages" / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and no more")
    try:
        done = server.command("index", "--json")
    finally:
        broken.unlink()

    assert done.returncode == 1
    assert [failure["url"] for failure in json.loads(done.stdout)["failures"]] == ["broken.pdf"]
    assert "broken.pdf" in done.stderr
    until(lambda: server.command("status", "--json").stdout.count("broken.pdf") == 0)


def test_questions_go_to_the_server(server: Operated) -> None:
    asked = server.command("ask", "Which page is about twoness?", "--json")
    answer = json.loads(asked.stdout)

    assert [citation["url"] for citation in answer["citations"]] == ["two.md"]
    assert "twoness" in server.command("ask", "Which page is about twoness?").stdout
    found = json.loads(server.command("search", "twoness", "-k", "1", "--json").stdout)
    assert found == server.get("/api/search", params={"q": "twoness", "k": 1}).json()
    assert "two.md" in server.command("search", "twoness", "-k", "1").stdout


def test_an_empty_question_is_refused_before_the_server_is_asked(server: Operated) -> None:
    assert server.command("ask", " ").returncode == 2


def test_status_tells_what_the_server_knows(server: Operated) -> None:
    told = json.loads(server.command("status", "--json").stdout)

    assert told["pages"] == 3
    assert told["sources"]["pages"]["pages"] == 3
    assert told["sources"]["pages"]["next_sync"] > told["sources"]["pages"]["last_sync"]
    assert "footnoted serve" in told["writer"]
    shown = server.command("status").stdout
    assert "3 pages in 3 chunks" in shown
    assert re.search(r"pages +│ 3 +│ \d+ (s|min) ago", shown)


def test_only_who_reads_the_data_folder_can_hand_work_over(server: Operated) -> None:
    token = server.data / "handover.token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    known = {"X-Footnoted-Token": token.read_text()}

    assert server.get("/api/handover", headers=known).status_code == 200
    for headers in ({}, {"X-Footnoted-Token": "guess"}, {**known, "X-Forwarded-For": "10.0.0.1"}):
        assert server.get("/api/handover", headers=headers).status_code == 404
        answer = httpx.post(f"{server.url}/api/handover/index", json={}, headers=headers)
        assert answer.status_code == 404
    assert "handover" not in server.get("/api/openapi.json").text


def test_a_signed_call_has_a_page_read(server: Operated) -> None:
    body = json.dumps({"urls": ["one.md"], "nonce": "served"}).encode()
    headers = {"X-Footnoted-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}

    assert httpx.post(f"{server.url}/api/reindex", content=body, headers=headers).status_code == 202
    until(lambda: '"webhook"' in (server.data / "syncs.json").read_text())
    assert httpx.post(f"{server.url}/api/reindex", content=body, headers=headers).status_code == 409


def test_a_second_server_is_refused_with_who_holds_the_folder(server: Operated) -> None:
    done = server.command("serve", "--port", str(free_port()))

    assert done.returncode == 3
    assert f"is held by process {server.process.pid}" in done.stderr
    taken = server.command("serve", "--port", server.url.rpartition(":")[2])
    assert (taken.returncode, "is taken by another program" in taken.stderr) == (2, True)


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_the_operators_page_shows_the_sources_and_asks_for_the_password(server: Operated) -> None:
    assert server.get("/owner/sync").status_code == 401
    assert server.get("/owner/sync", auth=("any", "wrong")).headers["www-authenticate"].startswith("Basic")

    page = server.get("/owner/sync", auth=("any", TOKEN))

    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert set(re.findall(r"https?://[^\"'<> ]+", page.text)) == set()
    assert '<th scope="row">pages</th><td>3</td>' in page.text
    assert page.text.count("<svg") == 2
    assert server.get("/owner/sync", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    for asset in ("owner.css", "owner.js"):
        assert server.get(f"/ui/{asset}").status_code == 200


def test_the_button_syncs_and_no_other_sites_form_does(server: Operated) -> None:
    page = server.get("/owner/sync", auth=("any", TOKEN)).text
    found = re.search(r'name="seal" value="(\w+)"', page)
    assert found
    form = {"seal": found[1], "source": "pages"}

    def post(data: dict[str, str], **headers: str) -> int:
        return httpx.post(f"{server.url}/owner/sync", data=data, auth=("any", TOKEN), headers=headers).status_code

    assert post({**form, "seal": "guess"}) == 403
    assert post({}) == 403
    assert post(form, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert httpx.post(f"{server.url}/owner/sync", data=form).status_code == 401
    assert "operator's page" not in (server.data / "syncs.json").read_text()

    assert post(form, **{"Sec-Fetch-Site": "same-origin"}) == 303
    until(lambda: "operator's page" in (server.data / "syncs.json").read_text())


def test_a_failure_is_shown_with_its_mend_and_since_when(server: Operated) -> None:
    broken = server.config.parent / "pages" / "<broken>.pdf"
    broken.write_bytes(b"%PDF-1.7 and no more")
    try:
        until(lambda: "&lt;broken&gt;.pdf" in server.get("/owner/sync", auth=("any", TOKEN)).text)
        page = server.get("/owner/sync", auth=("any", TOKEN)).text
    finally:
        broken.unlink()

    assert "1 not up to date" in page
    assert "<broken>" not in page
    assert re.search(r'<p class="since">Since <time datetime="20', page)
    until(lambda: "not up to date" not in server.get("/owner/sync", auth=("any", TOKEN)).text)


def test_a_folder_that_came_back_empty_keeps_its_pages_until_the_button_lets_them_go(server: Operated) -> None:
    folder = server.config.parent / "pages"
    kept = {path: path.read_text() for path in folder.rglob("*.md")}
    assert len(kept) > 1
    for path in kept:
        path.unlink()

    def page() -> str:
        return server.get("/owner/sync", auth=("any", TOKEN)).text

    try:
        until(lambda: "no page was found there" in page())
        assert len(server.get("/api/search?q=leave").json()["hits"]) > 0
        shown = page()
        form = shown[shown.index("no page was found there") :]
        assert "Sync and let its pages go" in form
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
        assert fields["allow_mass_delete"] == "true"
        assert httpx.post(f"{server.url}/owner/sync", data=fields, auth=("any", TOKEN)).status_code == 303
        until(lambda: "no page was found there" not in page())
    finally:
        for path, text in kept.items():
            path.write_text(text)
        until(lambda: len(server.get("/api/search?q=leave").json().get("hits", [])) > 0)


def test_a_backup_is_made_and_restored_while_serving(server: Operated, tmp_path: Path) -> None:
    write(server, "kept.md", "axolotl")
    until(lambda: server.answers("axolotl") == {"kept.md"})
    made = server.command("backup", str(tmp_path / "backup.tgz"), "--json")
    assert (made.returncode, json.loads(made.stdout)["pages"]) == (0, 4), made.stderr
    assert stat.S_IMODE((tmp_path / "backup.tgz").stat().st_mode) == 0o600
    (server.config.parent / "pages" / "kept.md").unlink()
    until(lambda: server.answers("axolotl") == set())

    restored = server.command("restore", str(tmp_path / "backup.tgz"), "--json")

    assert restored.returncode == 0, restored.stderr
    assert server.answers("axolotl") == {"kept.md"}
    assert server.get("/source/kept.md").status_code == 200
    assert server.command("index").returncode == 0  # the folder has the last word again
    assert server.answers("axolotl") == set()
    (tmp_path / "backup.tgz").write_bytes((tmp_path / "backup.tgz").read_bytes()[:-200])
    assert server.command("restore", str(tmp_path / "backup.tgz")).returncode == 3
    assert server.answers("twoness") == {"two.md"}


def test_with_nothing_to_serve_the_server_says_so_until_there_is(tmp_path: Path) -> None:
    (tmp_path / "footnoted.toml").write_text('data_dir = "data"\n[reader]\nmodel = "none"\n')
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.md").write_text("# One\n\nThis page is about oneness.\n")
    with serving(tmp_path / "footnoted.toml", tmp_path / "data", ready=False) as empty:
        until(lambda: "nothing is indexed yet" in empty.get("/readyz").text)
        assert empty.get("/").status_code == 200
        assert empty.get("/owner/sync").status_code == 404

        done = empty.command("index", str(tmp_path / "pages"))

        assert done.returncode == 0, done.stderr
        assert answering(empty, ready=True)
        assert empty.answers("oneness") == {"one.md"}
        # Not a source of the settings, so nothing but its own command can have it read again.
        body = b"{}"
        assert httpx.post(f"{empty.url}/api/reindex", content=body).status_code == 403


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_at_a_signal_in_the_middle_of_a_sync(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "pages").mkdir()
    for page in range(400):
        words = " ".join(f"w{page}x{word}" for word in range(2_000))
        (tmp_path / "pages" / f"{page:03d}.md").write_text(f"# Page {page}\n\n{words}.\n")
    (tmp_path / "footnoted.toml").write_text(SETTINGS)
    with serving(tmp_path / "footnoted.toml", tmp_path / "data", ready=False) as server:
        known = {"X-Footnoted-Token": (server.data / "handover.token").read_text()}
        until(lambda: (server.get("/api/handover", headers=known).json()["running"] or {}).get("embedded", 0) > 0)

        command = [*COMMAND, "index", "--config", str(server.config)]
        handed = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        until(lambda: server.get("/api/handover", headers=known).json()["waiting"] == 1)

        server.process.send_signal(number)

        assert server.process.wait(30) == 0
        assert "the sync was stopped" in handed.communicate(timeout=30)[1]
        assert handed.returncode == 3
        assert not (server.data / "handover.token").exists()
