"""The proxies of docs/embedding.md in front of a server, as real programs: who they signed in is who asks."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.server import Request, Response, Server
from tests.ui.asking import HIDDEN_FILE, PROXY, Chat, asked, asks
from tests.ui.operating import Operated, until

GUIDE = Path(__file__).parents[3] / "docs" / "embedding.md"
QUESTION = "What is Operation Glasshouse?"
PEOPLE = {"liisa": "B,staff", "maija": "A"}
SPOOFED = {"Remote-User": "liisa", "Remote-Groups": "B", "X-Forwarded-For": PROXY}
MODULES = (
    "mpm_event", "authn_core", "authn_file", "auth_basic", "authz_core", "authz_user", "headers", "setenvif", "proxy",
    "proxy_http",
)  # fmt: skip


def block(language: str, holding: str) -> str:
    """The example of the guide in that language that holds some text."""
    blocks = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    return str(next(text for text in blocks if holding in text))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with asked(tmp_path_factory.mktemp("proxied")) as made:
        yield made


def signed_in(request: Request) -> Response:
    """What a sign-in tells nginx of a request: by its cookie."""
    name = request.headers.get("cookie", "").removeprefix("name=")
    if name not in PEOPLE:
        return Response(b"", 401)
    return Response(b"", 200, {"Remote-User": name, "Remote-Groups": PEOPLE[name]})


@contextmanager
def proxy(program: str, *arguments: str, port: int) -> Iterator[str]:
    """The address of a proxy that runs while the block does."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        pytest.skip(f"no {program} here")
    process = subprocess.Popen([path, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def answers() -> bool:
        with socket.socket() as knocking:
            return knocking.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(answers, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def check(client: httpx.Client, *, may: bool) -> None:
    """Assert that who asks does or does not get the limited page, in every way that goes through the proxy."""
    outcome = "answered" if may else "abstained"
    assert asks(client, QUESTION)["outcome"] == outcome
    assert client.get(f"/source/{HIDDEN_FILE}").status_code == (200 if may else 404)
    assert ("40417 euros" in Chat(client, "/embed").ask("What does the zorblax plan save?")) == may
    assert asks(client, "How many days of annual leave?")["outcome"] != "failed"


def test_the_nginx_of_the_guide_says_who_asks(server: Operated, tmp_path: Path) -> None:
    port = free_port()
    with Server({"/oauth2/auth": signed_in}).running() as sign_in:
        example = block("nginx", "auth_request ").replace("http://127.0.0.1:4180", sign_in.url)
        example = example.replace("http://127.0.0.1:7860", server.url)
        scratch = "".join(
            f"{kind}_temp_path {tmp_path}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (tmp_path / "nginx.conf").write_text(
            f"daemon off; pid {tmp_path}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; {scratch} proxy_bind {PROXY};\n"
            f"server {{ listen 127.0.0.1:{port};\n{example}\nlocation / {{ return 404; }} }} }}\n"
        )
        started = proxy("nginx", "-p", str(tmp_path), "-e", "stderr", "-c", str(tmp_path / "nginx.conf"), port=port)
        with started as url:
            for name, groups in PEOPLE.items():
                with httpx.Client(base_url=url, cookies={"name": name}, headers=SPOOFED, timeout=60) as client:
                    check(client, may="B" in groups)
                    assert client.get("/owner/sync").status_code == 404
            with httpx.Client(base_url=url, headers=SPOOFED) as client:
                assert client.get("/").status_code == 401
                assert client.get("/signed-in").status_code == 404


def test_the_apache_of_the_guide_says_who_asks(server: Operated, tmp_path: Path) -> None:
    modules = next(
        (folder for folder in ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules") if Path(folder).is_dir()), None
    )
    if modules is None:
        pytest.skip("no Apache here")
    port = free_port()
    # By {SHA}, which Apache reads without another program's help.
    sealed = base64.b64encode(hashlib.sha1(b"word", usedforsecurity=False).digest()).decode()
    (tmp_path / "people").write_text("".join(f"{name}:{{SHA}}{sealed}\n" for name in PEOPLE))
    inside = block("apache", "REMOTE_USER").replace("/etc/apache2/people", str(tmp_path / "people"))
    whole = (
        block("apache", "AllowEncodedSlashes")
        .replace("*:443", f"127.0.0.1:{port}")
        .replace("SSLEngine on", f"ProxySourceAddress {PROXY}")
    )
    whole = whole.replace("http://127.0.0.1:7860/", f"{server.url}/").replace("Require all granted", inside)
    sent = {base64.b64encode(f"{name}:word".encode()).decode(): groups for name, groups in PEOPLE.items()}
    known = "\n".join(
        f'SetEnvIf Authorization "^Basic {given}$" OIDC_CLAIM_groups={groups}' for given, groups in sent.items()
    )
    (tmp_path / "apache.conf").write_text(
        "".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in MODULES)
        + f"ServerRoot {tmp_path}\nPidFile {tmp_path}/pid\nListen 127.0.0.1:{port}\nErrorLog /dev/stderr\n"
        + f"DefaultRuntimeDir {tmp_path}\nServerName localhost\n{known}\n{whole}\n"
    )
    with proxy("apache2", "-D", "FOREGROUND", "-f", str(tmp_path / "apache.conf"), port=port) as url:
        for name, groups in PEOPLE.items():
            with httpx.Client(base_url=url, auth=(name, "word"), headers=SPOOFED, timeout=60) as client:
                check(client, may="B" in groups)
                assert client.get("/owner/sync").status_code == 403
        with httpx.Client(base_url=url, headers=SPOOFED) as client:
            assert client.get("/").status_code == 401
