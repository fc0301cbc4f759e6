"""Three servers with Postgres, Chroma and nginx: each killed in turn, during a sync and while people ask."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from index.chroma.collection import ChromaStore, StoreOptions
from index.ledger.database import LedgerOptions
from index.stores import Stores
from tests.e2e.cluster import Cluster, cluster, nginx_program, postgres_programs
from tests.embeddings import KEY, Embeddings
from tests.ui.asking import Chat

ASKERS = 3
SETTINGS = """
[reader]
model = "none"
[chunk]
tokens = 32
small = 0
[embedding]
model = "hashed-words"
api_key_env = "EMBEDDINGS_KEY"
url = "{url}"
"""
_SYLLABLES = (["bri", "dol", "fex", "gam", "hun", "jov", "kel", "lum"], ["ta", "mo", "ri", "zu", "pe"], "xlnsr")
WORDS = ["".join(parts) for parts in product(*_SYLLABLES)]
PAGES = len(WORDS)

pytest.importorskip("psycopg", reason="no driver here: pip install 'psycopg[binary]'")


@dataclass(slots=True)
class Truth:
    """What each page says and has said: its versions with the moments at which they could be met."""

    folder: Path
    versions: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    gone: dict[tuple[str, int], float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, version: int, *words: str) -> None:
        """Have pages say another thing."""
        with self._lock:
            for word in words:
                self.versions.setdefault(word, []).append((version, time.monotonic()))
        for word in words:
            text = (
                f"# Desk {word}\n\nThe code of desk {word} is {word}v{version}. It opens the door of desk {word}.\n\n"
                f"## Keeper\n\nThe keeper of desk {word} is called {word}v{version} too. Ask for the keeper by name.\n"
            )
            (self.folder / f"{word}.md").write_text(text)

    def settle(self) -> None:
        """From now on pages say nothing but what they said last."""
        moment = time.monotonic()
        with self._lock:
            for word, said in self.versions.items():
                for version, _ in said[:-1]:
                    self.gone.setdefault((word, version), moment)

    def allows(self, word: str, text: str, asked_at: float) -> bool:
        """Whether that is what the page said, once as a whole, at some time since the question was asked."""
        with self._lock:
            told = {int(version) for version in re.findall(rf"{word}v(\d+)", text)}
            said = told & {version for version, _ in self.versions[word]}
            return len(told) == len(said) == 1 and self.gone.get((word, said.pop()), asked_at) >= asked_at


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the load: from when to when, and ``right``, ``failed: …`` or ``wrong: …``."""

    started: float
    ended: float
    outcome: str


class Load:
    """People who ask all the time."""

    def __init__(self, url: str, truth: Truth) -> None:
        self.asked: list[Asked] = []
        self._url = url
        self._truth = truth
        self._stop = threading.Event()

    @contextmanager
    def running(self) -> Iterator[Load]:
        """Ask until the block ends."""
        threads = [threading.Thread(target=self._ask_on, args=(seed,)) for seed in range(ASKERS)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def bad(self, kind: str, since: float = 0.0) -> list[Asked]:
        """What was not answered rightly, of that kind, of what ended since then."""
        return [asked for asked in self.asked if asked.ended >= since and asked.outcome.startswith(kind)]

    def _ask_on(self, seed: int) -> None:
        pick = random.Random(seed)
        with httpx.Client(base_url=self._url, timeout=60, trust_env=False) as client:
            while not self._stop.wait(0.05):
                word = pick.choice(WORDS)
                started = time.monotonic()
                try:
                    outcome = (self._ask if pick.random() < 0.5 else self._search)(client, word, started)
                except httpx.TransportError as error:
                    outcome = f"failed: {type(error).__name__}"
                self.asked.append(Asked(started, time.monotonic(), outcome))

    def _ask(self, client: httpx.Client, word: str, started: float) -> str:
        response = client.post("/api/ask", json={"question": f"What is the code of desk {word}?"})
        if response.status_code != 200:
            return f"failed: HTTP {response.status_code}"
        answer = response.json()
        if answer["outcome"] == "failed":
            return f"failed: {answer['answer']}"
        cited = " ".join(citation["quote"] for citation in answer["citations"] if citation["url"] == f"{word}.md")
        return "right" if self._truth.allows(word, cited, started) else f"wrong: {word}: {answer}"

    def _search(self, client: httpx.Client, word: str, started: float) -> str:
        response = client.get("/api/search", params={"q": f"code and keeper of desk {word}"})
        if response.status_code != 200:
            return f"failed: HTTP {response.status_code}"
        texts = [hit["text"] for hit in response.json()["hits"] if hit["url"] == f"{word}.md"]
        return "right" if self._truth.allows(word, " ".join(texts), started) else f"wrong: {word}: {texts}"


@dataclass(frozen=True, slots=True)
class Scene:
    """The running processes, what the pages say, and who asks."""

    cluster: Cluster
    truth: Truth
    load: Load
    ledger: sa.Engine

    def live(self, version: int) -> int:
        """How many pages the ledger lists in a version."""
        query = (
            "SELECT count(*) FROM pages WHERE text LIKE :told AND collection = "
            "(SELECT value FROM meta WHERE key = 'collection')"
        )
        try:
            with self.ledger.connect() as connection:
                return int(connection.scalar(sa.text(query), {"told": f"%v{version}. It opens%"}) or 0)
        except sa.exc.DBAPIError:  # not there yet, or away
            return -1

    def syncing(self) -> str:
        """The address of the server that syncs, or nothing."""
        with self.ledger.connect() as connection:
            told = str(connection.scalar(sa.text("SELECT told FROM lease WHERE owner <> ''")) or "")
        return next((url for url in self.cluster.replicas if f'"{url}"' in told), "")

    def shown(self, url: str, word: str) -> str:
        """What a server has to say of a page."""
        try:
            found = httpx.get(f"{url}/api/search", params={"q": f"code of desk {word}"}, timeout=60, trust_env=False)
            return " ".join(hit["text"] for hit in found.json()["hits"] if hit["url"] == f"{word}.md")
        except (httpx.TransportError, KeyError):
            return ""

    def is_ready(self, url: str) -> bool:
        """Whether a server says that it is ready."""
        try:
            return httpx.get(f"{url}/readyz", timeout=60, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def tells(self, version: int, urls: Sequence[str]) -> bool:
        """Whether every page is live in a version, and each of these addresses is ready and knows it."""
        return (
            self.live(version) == PAGES
            and all(self.is_ready(url) for url in urls)
            and all(f"{word}v{version}" in self.shown(url, word) for url in urls for word in WORDS[::50])
        )


def until(true: Callable[[], object], seconds: float = 120.0, pause: float = 0.05) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(pause)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Everything started and settled in version 101, with people asking."""
    if postgres_programs() is None:
        pytest.skip("no Postgres here: apt-get install postgresql")
    if nginx_program() is None:
        pytest.skip("no nginx here: apt-get install nginx")
    folder = tmp_path_factory.mktemp("cluster")
    server = Embeddings()
    (folder / "pages").mkdir()
    truth = Truth(folder / "pages")
    truth.write(101, *WORDS)
    environment = {"EMBEDDINGS_KEY": KEY, "FOOTNOTED_LEDGER__LEASE_SECONDS": "4"}
    with server.running(), cluster(folder, SETTINGS.format(url=server.url), environment) as made:
        ledger = sa.create_engine(made.ledger, pool_pre_ping=True)
        load = Load(made.url, truth)
        scene = Scene(made, truth, load, ledger)
        try:
            until(lambda: scene.tells(101, made.replicas))
            truth.settle()
            server.seconds = 0.003
            with load.running():
                yield scene
        finally:
            ledger.dispose()
            for one in load.bad("wrong"):
                print(round(one.started, 2), round(one.ended, 2), one.outcome)  # noqa: T201
            for process in list(made.processes.values())[2:]:
                print(process.name, process.starts, process.said()[-3000:])  # noqa: T201


def test_an_edit_reaches_every_server(scene: Scene, record_property: Callable[[str, object], None]) -> None:
    word, seconds = WORDS[7], []
    for version in (102, 103):
        scene.truth.write(version, word)
        edited = time.monotonic()
        until(lambda v=version: all(f"{word}v{v}" in scene.shown(url, word) for url in scene.cluster.replicas))  # type: ignore[misc]
        seconds.append(round(time.monotonic() - edited, 1))
        scene.truth.settle()
    record_property("seconds until an edit reached every server", seconds)
    print("an edit reached every server after", seconds, "s")  # noqa: T201
    assert not scene.load.bad("wrong")
    assert not scene.load.bad("failed")


@pytest.mark.parametrize("path", ["/", "/embed"])
def test_a_chat_page_keeps_to_its_server_by_a_cookie(scene: Scene, path: str) -> None:
    marks = set()
    for word in WORDS[:3]:
        with httpx.Client(base_url=scene.cluster.url, timeout=60, trust_env=False) as browser:
            chat = Chat(browser, path)
            assert chat.status == 200
            for _ in range(2):
                assert f"{word}v101" in chat.ask(f"What is the code of desk {word}?")
            marks.add(browser.cookies["footnoted_replica"])
    assert len(marks) == 3


VICTIMS = ("another server", "the syncing server", "chroma", "postgres", "nginx")


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_process_that_is_killed_costs_nothing_but_what_was_in_flight(scene: Scene, victim: str) -> None:
    begun = time.monotonic()
    version = 200 + VICTIMS.index(victim)
    scene.truth.write(version, *WORDS)
    until(lambda: 0 < scene.live(version) < PAGES, pause=0.01)
    syncing = scene.syncing()
    assert syncing, "nobody holds the lease in the middle of a sync"
    servers = {"the syncing server": syncing}
    if victim == "another server":
        servers[victim] = next(url for url in scene.cluster.replicas if url != syncing and scene.is_ready(url))
    process = scene.cluster.replica(servers[victim]) if victim in servers else scene.cluster.processes[victim]

    killed = time.monotonic()
    process.kill()
    # A server takes a while to start: the next process is killed while this one does.
    until(lambda: process.starts > 1 and scene.tells(version, [scene.cluster.url]))
    healed = time.monotonic()
    scene.truth.settle()
    time.sleep(1)

    bad = scene.load.bad("failed", begun)
    print(f"{victim}: every page told anew after {healed - killed:.1f} s, {len(bad)} questions failed:")  # noqa: T201
    print(Counter(one.outcome[:100] for one in bad))  # noqa: T201
    assert scene.load.bad("wrong", begun) == []
    assert [one for one in bad if one.ended < killed or one.started > healed] == []
    if victim in servers:
        assert [one for one in bad if one.started > killed] == []


def test_in_the_end_all_is_as_it_should_be(scene: Scene, tmp_path: Path) -> None:
    scene.truth.write(300, *WORDS[::40])
    until(lambda: all(scene.is_ready(url) for url in scene.cluster.replicas))
    until(lambda: all(f"{w}v300" in scene.shown(url, w) for url in scene.cluster.replicas for w in WORDS[::40]))
    until(lambda: not scene.syncing())
    stores = Stores(tmp_path, StoreOptions(url=scene.cluster.store), LedgerOptions(url=scene.cluster.ledger))
    try:
        name = stores.ledger.collection
        listed = {chunk.id for chunk, _ in stores.ledger.all_chunks(name)}
        assert stores.collection(name).ids() == listed
        assert stores.ledger.garbage(name) == []
        assert stores.ledger.collections() == {name}
        assert len(stores.ledger.states(name)) == PAGES
    finally:
        stores.close()


def test_vectors_that_are_lost_are_built_anew(scene: Scene, tmp_path: Path) -> None:
    stores = Stores(tmp_path, StoreOptions(url=scene.cluster.store), LedgerOptions(url=scene.cluster.ledger))
    try:
        lost = stores.ledger.collection
        chroma = ChromaStore(StoreOptions(url=scene.cluster.store), tmp_path)
        chroma.drop(lost)
        chroma.close()
        until(lambda: stores.ledger.collection != lost)
        switched = time.monotonic()
        until(lambda: all(scene.is_ready(url) for url in scene.cluster.replicas))
        until(lambda: all(f"{w}v300" in scene.shown(url, w) for url in scene.cluster.replicas for w in WORDS[::40]))
    finally:
        stores.close()
    # Until their next look, a second later, the others find its last pages by their meaning alone (docs/scaling.md).
    assert [one for one in scene.load.bad("wrong") if not switched - 0.5 < one.ended < switched + 2.5] == []
