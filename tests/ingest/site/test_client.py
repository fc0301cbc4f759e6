from __future__ import annotations

import gzip
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import trustme

from ingest.errors import PageError, SettingsError
from ingest.site.client import MAX_REDIRECTS, Reply, WebClient
from ingest.site.trouble import UnreachableError
from ingest.site.web import WebOptions
from ingest.types import Gone, NotModified, Validators
from tests.server import Request, Response, Server, html, raw, redirect

Ask = Callable[..., Reply | NotModified | Gone]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


@pytest.fixture
def ask(server: Server) -> Iterator[Ask]:
    """Ask the server for a path; keywords are options of the client."""
    with ExitStack() as stack:

        def get(path: str = "/", known: Validators | None = None, **options: Any) -> Reply | NotModified | Gone:
            client = stack.enter_context(WebClient(WebOptions(urls=(server.url,), **options)))
            return client.get(server.url + path, lambda _: known)

        yield get


def test_a_page_comes_with_its_type_and_validators(server: Server, ask: Ask) -> None:
    server.routes["/"] = html(
        "<p>Hi", ETag='W/"1"', Last_Modified="Sun, 01 Nov 2020 10:00:00 GMT", X_Robots_Tag="NoIndex", Date="x"
    )

    assert ask() == Reply(
        f"{server.url}/",
        b"<p>Hi",
        "text/html; charset=utf-8",
        'W/"1"',
        "Sun, 01 Nov 2020 10:00:00 GMT",
        "noindex",
    )
    headers = server.requests[0].headers
    assert headers["user-agent"].startswith("Footnoted/")
    assert headers["accept-encoding"] == "gzip"
    assert "if-none-match" not in headers


def test_known_validators_are_sent_and_304_is_not_modified(server: Server, ask: Ask) -> None:
    def answer(request: Request) -> Response:
        return Response(b"", 304 if request.headers.get("if-none-match") == '"1"' else 200)

    server.routes["/"] = answer

    assert ask(known=Validators('"1"', "Sun, 01 Nov 2020 10:00:00 GMT")) == NotModified(f"{server.url}/")
    assert server.requests[0].headers["if-modified-since"] == "Sun, 01 Nov 2020 10:00:00 GMT"


def test_validators_that_are_not_ascii_are_not_sent_back(server: Server, ask: Ask) -> None:
    server.routes["/"] = raw(_sends(b'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nETag: "\xe4"\r\n\r\nx'))
    first = ask()
    assert isinstance(first, Reply)
    server.routes["/"] = html("ok")

    assert isinstance(ask(known=Validators(first.etag, "ä")), Reply)
    assert not {"if-none-match", "if-modified-since"} & server.requests[1].headers.keys()


def test_a_last_modified_as_young_as_the_answer_is_not_trusted(server: Server, ask: Ask) -> None:
    server.routes["/"] = Response(
        b"x", 200, {"Content-Type": "text/plain", "Last-Modified": "Sun, 01 Nov 2020 10:00:00 GMT"}
    )
    server.routes["/young"] = raw(
        _sends(
            b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nDate: Sun, 01 Nov 2020 10:00:01 GMT\r\n"
            b"Last-Modified: Sun, 01 Nov 2020 10:00:00 GMT\r\n\r\nx"
        )
    )
    old, young = ask("/"), ask("/young")

    assert isinstance(old, Reply)
    assert old.last_modified == "Sun, 01 Nov 2020 10:00:00 GMT"
    assert isinstance(young, Reply)
    assert young.last_modified is None


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_not_there_is_gone(server: Server, ask: Ask, status: int) -> None:
    server.routes["/"] = html("no", status)

    assert ask() == Gone(f"{server.url}/")


def test_a_redirect_is_followed_and_the_page_bears_its_last_address(server: Server, ask: Ask) -> None:
    server.routes |= {"/": redirect("/a?b=1#c", 301), "/a?b=1": redirect("next", 307), "/next": html("<p>there")}
    reply = ask()

    assert isinstance(reply, Reply)
    assert reply.url == f"{server.url}/next"


def test_a_redirect_out_of_the_host_list_is_refused_and_never_asked(server: Server, ask: Ask) -> None:
    with Server({"/": html("secret")}).running() as other:
        server.routes |= {"/": redirect("/hop"), "/hop": redirect(other.url)}
        with pytest.raises(PageError) as caught:
            ask()

        assert caught.value.message == f"it redirects to '{other.url}/', which is on another host"
        assert caught.value.hint == f"add '{other.host}' to the source's `hosts` if it belongs to it"
        assert other.requests == []
        allowed = ask(hosts=(other.host,))
        assert isinstance(allowed, Reply)
        assert allowed.body == b"secret"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("file:///etc/passwd", "it redirects to 'file:///etc/passwd', which is no web address"),
        (
            "http://169.254.169.254/latest/",
            "it redirects to 'http://169.254.169.254/latest/', which is on another host",
        ),
        ("http://user:pw@127.0.0.1/", "it redirects to 'http://…@127.0.0.1/', which is no web address"),
    ],
)
def test_a_redirect_to_somewhere_else_is_refused(server: Server, ask: Ask, target: str, message: str) -> None:
    server.routes["/"] = redirect(target)

    with pytest.raises(PageError) as caught:
        ask()
    assert caught.value.message == message


def test_a_redirect_loop_ends(server: Server, ask: Ask) -> None:
    server.routes |= {"/": redirect("/a"), "/a": redirect("/")}

    with pytest.raises(PageError, match="it redirects in a circle, lastly to") as caught:
        ask()
    assert caught.value.hint == "mend the site, or leave the page out with `exclude`"
    assert len(server.requests) == MAX_REDIRECTS + 1


def test_redirects_without_end_end(server: Server, ask: Ask) -> None:
    server.routes |= {"/": redirect("/0"), **{f"/{n}": redirect(f"/{n + 1}") for n in range(30)}}

    with pytest.raises(PageError, match="it redirects more than 10 times, lastly to"):
        ask()


@pytest.mark.parametrize(
    ("status", "message", "hint", "kind"),
    [
        (401, "the server answered 401 Unauthorized", "basic_env", PageError),
        (403, "the server answered 403 Forbidden", "basic_env", PageError),
        (418, "the server answered 418 I'm a Teapot", "exclude", PageError),
        (429, "the server answered 429 Too Many Requests", "delay_seconds", UnreachableError),
        (503, "the server answered 503 Service Unavailable", "look after the server", UnreachableError),
        (304, "the server answered 304 Not Modified", "exclude", PageError),
    ],
)
def test_other_answers_are_errors_that_say_what_mends_them(
    server: Server, ask: Ask, status: int, message: str, hint: str, kind: type[PageError]
) -> None:
    server.routes["/"] = html("", status)

    with pytest.raises(PageError) as caught:
        ask()
    assert type(caught.value) is kind
    assert caught.value.message == message
    assert hint in caught.value.hint


def test_a_server_that_asks_to_come_back_soon_is_asked_once_more(server: Server, ask: Ask) -> None:
    answers = [
        html("", 429, Retry_After="0"),
        html("<p>ok"),
        html("", 503, Retry_After="0"),
        html("", 503, Retry_After="0"),
    ]
    answers += [html("", 503, Retry_After="3600"), html("", 503, Retry_After="Fri, 01 Jan 2100 00:00:00 GMT")]
    server.routes["/"] = lambda request: answers.pop(0)

    assert isinstance(ask(), Reply)
    for left in (2, 1, 0):
        with pytest.raises(UnreachableError, match="the server answered 503"):
            ask()
        assert len(answers) == left


def test_a_type_that_is_not_read_is_refused_before_its_body(server: Server, ask: Ask) -> None:
    server.routes["/"] = raw(_sends(b"HTTP/1.0 200 OK\r\nContent-Type: video/mp4\r\n\r\n", forever=b"x" * 1000))

    with pytest.raises(PageError) as caught:
        ask()
    assert caught.value.message == "it is served as 'video/mp4', which is not read"
    assert "`exclude`" in caught.value.hint


def test_an_endless_page_is_stopped_at_the_size(server: Server, ask: Ask) -> None:
    server.routes["/"] = raw(_sends(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n", forever=b"x" * 1000))

    with pytest.raises(PageError) as caught:
        ask(max_bytes=50_000)
    assert caught.value.message == "it is larger than 50,000 bytes, or never ends"
    assert "`max_bytes`" in caught.value.hint


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nX-Slow: ",
    ],
    ids=["body", "headers"],
)
def test_a_page_that_drips_is_stopped_at_the_time(server: Server, ask: Ask, head: bytes) -> None:
    server.routes["/"] = raw(_sends(head, forever=b"x", pause=0.05))

    with pytest.raises(UnreachableError) as caught:
        ask(page_seconds=0.5)
    assert caught.value.message == "it took longer than 0.5 s"
    assert "`page_seconds`" in caught.value.hint


def test_redirects_share_the_time_of_one_page(server: Server, ask: Ask) -> None:
    def slow(request: Request) -> Response:
        time.sleep(0.2)
        return redirect("/")

    server.routes["/"] = slow

    with pytest.raises(UnreachableError, match=r"it took longer than 0.5 s"):
        ask(page_seconds=0.5)
    assert len(server.requests) <= 3


def test_a_gzip_bomb_is_stopped_at_the_size(server: Server, ask: Ask) -> None:
    bomb = gzip.compress(b"x" * 5_000_000)
    server.routes["/"] = Response(bomb, 200, {"Content-Type": "text/html", "Content-Encoding": "gzip"})

    with pytest.raises(PageError, match=r"it is larger than 100,000 bytes, or never ends"):
        ask(max_bytes=100_000)
    reply = ask()
    assert isinstance(reply, Reply)
    assert len(reply.body) == 5_000_000


@pytest.mark.parametrize(
    ("body", "encoding", "message"),
    [
        (gzip.compress(b"<p>Hello" * 100, mtime=0)[:-20], "gzip", "its gzip data is damaged or cut short"),
        (b"not gzip", "gzip", "its gzip data is damaged or cut short"),
        (b"x", "br", "it is sent in the encoding 'br', which was not asked for"),
    ],
)
def test_a_broken_encoding_is_an_error(server: Server, ask: Ask, body: bytes, encoding: str, message: str) -> None:
    server.routes["/"] = Response(body, 200, {"Content-Type": "text/html", "Content-Encoding": encoding})

    with pytest.raises(PageError) as caught:
        ask()
    assert caught.value.message == message


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\n<p>Only a part",
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
    ids=["cut short", "nothing", "no http"],
)
def test_a_server_that_breaks_off_is_out_of_reach(server: Server, ask: Ask, sent: bytes) -> None:
    server.routes["/"] = raw(_sends(sent))

    with pytest.raises(UnreachableError, match="the server could not be reached or broke off: "):
        ask()


def test_a_server_that_is_not_there_is_out_of_reach() -> None:
    gone = Server()
    with gone.running():
        pass
    with WebClient(WebOptions(urls=(gone.url,))) as client, pytest.raises(UnreachableError) as caught:
        client.get(gone.url)

    assert caught.value.message.startswith("the server could not be reached or broke off: ")
    assert caught.value.hint == "look after the server, then run the sync again"


def test_credentials_come_from_the_environment(server: Server, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    server.routes["/"] = html("ok")
    monkeypatch.setenv("INTRANET_LOGIN", "reader:päss")
    monkeypatch.setenv("INTRANET_TOKEN", "t0ken")
    monkeypatch.setenv("INTRANET_COOKIE", "session=abc")
    ask(basic_env="INTRANET_LOGIN", cookie_env="INTRANET_COOKIE")
    ask(bearer_env="INTRANET_TOKEN")

    first, second = (request.headers for request in server.requests)
    assert first["authorization"] == "Basic cmVhZGVyOnDDpHNz"
    assert first["cookie"] == "session=abc"
    assert second["authorization"] == "Bearer t0ken"
    assert "cookie" not in second


def test_credentials_go_unencrypted_only_where_the_settings_name_such_an_address(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.routes["/"] = html("ok")
    monkeypatch.setenv("INTRANET_TOKEN", "t0ken")
    monkeypatch.setenv("INTRANET_COOKIE", "session=abc")
    options = WebOptions(
        urls=("https://intranet.example",), hosts=(server.host,), bearer_env="INTRANET_TOKEN",
        cookie_env="INTRANET_COOKIE",
    )  # fmt: skip
    for cut_down in (options, options.model_copy(update={"urls": (f"{server.url}/",)})):
        with WebClient(cut_down) as client:
            client.get(f"{server.url}/")
    with WebClient(options.model_validate(options.model_dump() | {"sitemaps": (f"{server.url}/map.xml",)})) as client:
        client.get(f"{server.url}/")

    assert ["authorization" in request.headers for request in server.requests] == [False, False, True]
    assert ["cookie" in request.headers for request in server.requests] == [False, False, True]


def test_a_credential_that_is_not_set_is_a_wrong_setting(server: Server, ask: Ask) -> None:
    with pytest.raises(SettingsError) as caught:
        ask(bearer_env="NOBODY_SET_THIS")

    assert caught.value.message == "'bearer_env' names the environment variable 'NOBODY_SET_THIS', which is not set"
    assert caught.value.hint == "export NOBODY_SET_THIS=…"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Server({"/": html("<p>Hi")}, tls=context).running() as running:
        yield running


def test_a_certificate_of_an_unknown_authority_is_refused(secure: Server) -> None:
    with WebClient(WebOptions(urls=(secure.url,))) as client, pytest.raises(UnreachableError) as caught:
        client.get(secure.url)

    assert caught.value.message.startswith("its certificate is not trusted: ")
    assert caught.value.hint == "name the certificate's authority with the source's `ca_file`"
    assert secure.requests == []


def test_the_configured_authority_is_trusted(secure: Server, authority: trustme.CA, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with WebClient(WebOptions(urls=(secure.url,), ca_file=ca_file)) as client:
        assert isinstance(client.get(secure.url), Reply)


def test_credentials_are_not_sent_from_https_to_http(
    secure: Server, server: Server, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    secure.routes["/"] = redirect(server.url)
    monkeypatch.setenv("INTRANET_TOKEN", "t0ken")
    options = WebOptions(urls=(secure.url,), hosts=(server.host,), ca_file=ca_file, bearer_env="INTRANET_TOKEN")

    with WebClient(options) as client, pytest.raises(PageError, match="would send the credentials unencrypted"):
        client.get(secure.url)
    assert server.requests == []


def test_an_authority_that_cannot_be_read_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        options = WebOptions(urls=("https://x.example",), ca_file=tmp_path / name)
        with pytest.raises(SettingsError, match=r"'ca_file' .* cannot be read"), WebClient(options):
            pass


def _sends(head: bytes, forever: bytes = b"", pause: float = 0.0) -> Callable[[BaseHTTPRequestHandler], None]:
    """A route that sends these bytes, then others until the client goes away, and closes."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        connection = handler.connection
        connection.sendall(head)
        while forever:
            time.sleep(pause)
            connection.sendall(forever)

    return send
