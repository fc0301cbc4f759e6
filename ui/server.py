"""The serving process: it holds the data folder, answers probes while it loads, and syncs while it answers."""

from __future__ import annotations

import atexit
import errno
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from ingest.errors import FootnotedError, UsageError
from ui.arenas import take_few_arenas
from ui.haste import hasten, settle
from ui.service_links import service_links
from ui.settings import ENV_PREFIX, Settings
from ui.workspace import Workspace

if TYPE_CHECKING:
    from ui.http.arrival import LateParts
    from ui.questions.question_log import QuestionLog
    from ui.sync.service import SyncService

_log = logging.getLogger(__name__)
_GRACE = 2  # seconds that open connections get at the end; the chat page holds one for as long as it is open
_FIRST = 20.0  # seconds that what answers questions may load alone; a large index on a slow disk may take longer
_LATE = 120.0  # seconds that the first sync waits for the chat page
_SYNC_GRACE = 3.0  # seconds that a running sync gets to stop by itself


def run(settings: Settings, host: str, port: int, workspace: Workspace | None = None) -> None:
    """Serve until stopped. Raises ``UsageError`` when the port is taken and ``StoreHeldError`` when the store is."""
    started = time.perf_counter()
    take_few_arenas()
    hasten()
    listener = _listen(host, port)
    url = _own_address(host, port)
    import uvicorn

    from ui.http.arrival import LateParts
    from ui.http.metrics import Metrics
    from ui.link import TOKEN_FILE
    from ui.logs import set_up_logs
    from ui.questions.question_log import open_log
    from ui.sync.following import Following
    from ui.sync.handover import make_token
    from ui.sync.service import SyncService
    from ui.sync.triggers import Triggers

    set_up_logs(settings.log.format)
    if links := service_links(os.environ, ENV_PREFIX):
        _log.info("Kubernetes set these for a service; they are passed over as settings: %s", ", ".join(links))
    workspace = workspace or Workspace(settings)
    workspace.lock.acquire("footnoted serve", url)
    workspace.note_limits()
    token = make_token(workspace.folder)
    served = workspace
    wake = partial(_wake, workspace, url, started)
    service = SyncService(workspace, wake, url, Metrics())
    triggers = Triggers(service)
    following = Following(service, wake)
    log = open_log(workspace.folder, settings.log)

    answers = threading.Event()  # or cannot be made to

    def load() -> None:
        # An index that is there serves at once, and is brought up to date while it does.
        try:
            following.look()
            if not settings.sources or _can_serve(served):
                wake()
        finally:
            answers.set()

    late = LateParts(partial(answers.wait, _FIRST), lambda: served.turns.idle)
    loader = threading.Thread(target=load, name="load", daemon=True)
    with _beside(loader):
        app = _application(workspace, service, token, log, late)

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # A sync that ends now ends the command that waits for it; what is cut off after that is meant to be.
            served.stopping.set()
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            super().handle_exit(sig, frame)

    server = Server(
        uvicorn.Config(
            app, log_config=None, log_level="warning", timeout_graceful_shutdown=_GRACE, proxy_headers=False,
            server_header=False,
        )
    )  # fmt: skip

    def begin() -> None:
        late.wait(_LATE)
        loader.join()
        settle()
        _draw_examples(served)
        service.start()
        triggers.start()
        following.start()

    threading.Thread(target=begin, name="begin", daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops at these, then raises them again: without handlers of ours that would be the end, uncleared.
        signal.signal(number, lambda *_: None)
    try:
        server.run(sockets=[listener])
    finally:
        triggers.stop()
        following.stop()
        ended = service.stop(_SYNC_GRACE)
        if log is not None:
            log.close()
        (workspace.folder / TOKEN_FILE).unlink(missing_ok=True)
        if ended:
            workspace.close()
        else:
            # A sync may be killed at any instant, and the next one goes on where it was; waiting could take minutes.
            _log.warning("stopped in the middle of a sync; the next one goes on from there")
    _end()


def _wake(workspace: Workspace, url: str, started: float) -> None:
    """Load what is needed to answer, once there is something to answer from."""
    if workspace.state == "ready" or workspace.state.startswith("down:"):
        return
    workspace.warm()
    if workspace.state == "ready":
        seconds = time.perf_counter() - started
        _log.info("Footnoted is ready at %s after %.1f s; stop it with Ctrl-C.", url, seconds)
    else:
        _log.warning("%s", workspace.state)


def _draw_examples(workspace: Workspace) -> None:
    """Have the example questions ready for the first who opens the chat page."""
    if workspace.state != "ready":
        return
    try:
        workspace.assistant.examples()
    except Exception:  # noqa: BLE001 - as where the stores are closed meanwhile; who wants to see them has them drawn
        _log.debug("no example questions were drawn", exc_info=True)


@contextmanager
def _beside(thread: threading.Thread) -> Iterator[None]:
    """A block beside which a thread runs; an error in the block waits for its end."""
    thread.start()
    try:
        yield
    except BaseException:
        thread.join()
        raise


def _application(
    workspace: Workspace, service: SyncService, token: str, log: QuestionLog | None, late: LateParts
) -> Any:
    """The application, with all that a serving process adds to it; ``token`` is what this machine's commands know."""
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from ui.access.gate import Gate, NotePeer
    from ui.access.rate import Rates
    from ui.access.sign_in import sign_in_router
    from ui.access.tokens import session_key
    from ui.app import create_app
    from ui.face.options import FaceOptions
    from ui.owner.questions import owner_view_router
    from ui.owner.sync_page import owner_router
    from ui.sync.handover import handover_router
    from ui.sync.reindex import reindex_router
    from ui.web.metrics_endpoint import metrics_router

    settings = workspace.settings
    told, answer, access = settings.server, settings.answer, settings.access
    if workspace.limits.limited and not access.tells_apart:
        named = ", ".join(sorted(workspace.limits.limited))
        service.notes["access"] = f"limited to groups, and no setting of access says who is in one: {named}"
    face = FaceOptions(told.name, told.origins, answer.contact, answer.old_days, settings.brand, told.hosts)
    key = session_key(workspace.notes) if access.tells_apart else ""
    gate = Gate(access, workspace.limits, key, token)
    routers = (
        metrics_router(service, told.metrics),
        reindex_router(service),
        handover_router(service, token),
        owner_router(service),
        owner_view_router(workspace, log),
        sign_in_router(access.oidc, gate),
    )
    # As uvicorn would do it by itself, but with a look at who really calls before a header may say otherwise.
    inner: Any = create_app(  # two libraries write the same interface differently
        workspace, face, routers, log, gate, service.metrics, Rates(told.person_rate, told.address_rate), late
    )
    forwarded: Any = ProxyHeadersMiddleware(inner, _forwarding(access.proxies))
    return NotePeer(forwarded)


def _forwarding(proxies: Sequence[str]) -> list[str]:
    """The proxies whose X-Forwarded headers are heeded: those of uvicorn's own setting, and ours."""
    given = [address.strip() for address in os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1").split(",")]
    return ["*"] if "*" in given else [*given, *proxies]


def _end() -> NoReturn:
    """End this process, tidied up, without taking the loaded libraries apart: that takes seconds on a busy machine."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _can_serve(workspace: Workspace) -> bool:
    """Whether there is an index, by whatever embedding model."""
    try:
        return bool(workspace.stores.ledger.collection)
    except FootnotedError:
        return True  # broken, which is to be said at once


def _own_address(host: str, port: int) -> str:
    """Where commands on this machine reach the server."""
    own = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{own}]:{port}" if ":" in own else f"http://{own}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise UsageError(
            f"port {port} on {host!r} {why}", hint="choose another: footnoted serve --port 7861"
        ) from error
    return listener
