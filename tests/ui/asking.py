"""A server with pages for everyone, for group A and for group B, and every way there is to ask it something."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.ui.operating import Operated, serving

SECRET = "the host site's secret, long enough for HS256"
PROXY = "127.0.0.2"
STAFF = "Everyone earns thirty days of annual leave a year. Leave is asked for in the calendar."
GROUP_A = "The sauna of building A is heated on Thursdays. Its key is kept by Liisa."
HIDDEN_TITLE = "Operation Glasshouse"
HIDDEN_FILE = "glasshouse-9f31.md"
GROUP_B = (
    "# Operation Glasshouse\n\n## The zorblax plan\n\n"
    "The zorblax plan closes the Hietaniemi office on 14 August and saves 40417 euros a year. "
    "Everyone there earns vermilion leave. The sauna is sold to Pernilla.\n\n"
    "Operation Glasshouse is the secret name of the zorblax plan.\n\n## Who is told?\n\n- Pernilla\n- Torvald\n"
)
# Whole enough that no identifier or duration in a response holds one by chance.
MARKERS = (
    "Glasshouse",
    "glasshouse-9f31",
    "zorblax",
    "Hietaniemi",
    "40417 euros",
    "vermilion",
    "Pernilla",
    "Torvald",
    "14 August",
)

SETTINGS = f"""
data_dir = "data"
[reader]
model = "none"
[access]
user_header = "Remote-User"
groups_header = "Remote-Groups"
proxies = ["{PROXY}"]
token_secret = "{SECRET}"
[[sources]]
name = "staff"
folder = "staff"
[[sources]]
name = "only-a"
folder = "a"
groups = ["A"]
"""
LIMITED = '[[sources]]\nname = "only-b"\nfolder = "b"\ngroups = ["B", "chiefs"]\n'


_opened: list[httpx.Client] = []


@contextmanager
def asked(folder: Path, settings: str = SETTINGS + LIMITED) -> Iterator[Operated]:
    """A server over the three folders, or as other settings have it."""
    for name in ("staff", "a", "b"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "staff" / "leave.md").write_text(f"# Annual leave\n\n{STAFF}\n")
    (folder / "a" / "sauna.md").write_text(f"# The sauna\n\n{GROUP_A}\n")
    (folder / "b" / HIDDEN_FILE).write_text(GROUP_B)
    (folder / "footnoted.toml").write_text(settings)
    with serving(folder / "footnoted.toml", folder / "data") as server:
        try:
            yield server
        finally:
            while _opened:
                _opened.pop().close()


def through_proxy(server: Operated, groups: str = "", user: str = "maija") -> httpx.Client:
    """A person whom the proxy has signed in."""
    transport = httpx.HTTPTransport(local_address=PROXY)
    headers = {"Remote-User": user, "Remote-Groups": groups}
    _opened.append(httpx.Client(base_url=server.url, transport=transport, headers=headers, timeout=60))
    return _opened[-1]


def directly(server: Operated, **headers: str) -> httpx.Client:
    """Anybody else."""
    _opened.append(httpx.Client(base_url=server.url, headers=headers, timeout=60))
    return _opened[-1]


def asks(client: httpx.Client, question: str, history: tuple[str, ...] = ()) -> dict[str, Any]:
    """The API's answer."""
    response = client.post("/api/ask", json={"question": question, "history": list(history)})
    assert response.status_code == 200, response.text
    return dict(response.json())


class Chat:
    """The chat page as a browser uses it: loaded once, then its events, each a request of its own."""

    def __init__(self, client: httpx.Client, path: str = "/", **headers: str) -> None:
        self._client = client
        self._headers = headers
        self._session = f"session{id(self)}"
        response = client.get(path)
        self.status = response.status_code
        self.html = response.text
        found = re.search(r"window\.gradio_config = (\{.*?\});</script>", response.text, re.DOTALL)
        self._config: dict[str, Any] = json.loads(found[1]) if found else {}

    @property
    def face(self) -> dict[str, Any]:
        """What the page's own scripts are told."""
        found = re.search(r'<meta name="footnoted" content="([^"]*)"', self.html)
        assert found
        return dict(json.loads(found[1].replace("&#34;", '"').replace("&#39;", "'")))

    def ask(self, question: str, kept: str = "") -> str:
        """All that comes back for a question."""
        return self._event(
            next(d for d in self._config["dependencies"] if ".asking(" in str(d["js"])), [question, kept, "box"]
        )

    def open(self) -> str:
        """All that comes back when the page is opened: how it is, and the example questions."""
        counts = len(self._config["dependencies"])
        found = [
            self._event(d, [])
            for d in self._config["dependencies"]
            if not d["inputs"] and d["backend_fn"] and [kind for _, kind in d["targets"]] == ["load"]
        ]
        assert counts
        assert len(found) == 1
        return found[0]

    def restore(self, kept: str) -> str:
        """All that comes back for a conversation that the browser kept."""
        found = next(
            d for d in self._config["dependencies"] if d["inputs"] and [k for _, k in d["targets"]] == ["load"]
        )
        return self._event(found, [kept])

    def _event(self, dependency: Mapping[str, Any], data: list[str]) -> str:
        body = {"data": data, "fn_index": dependency["id"], "session_hash": self._session, "trigger_id": None}
        joined = self._client.post("/gradio_api/queue/join", json=body, headers=self._headers)
        if joined.status_code != 200:
            return f"{joined.status_code} {joined.text}"
        said = ""
        params = {"session_hash": self._session}
        with self._client.stream("GET", "/gradio_api/queue/data", params=params, headers=self._headers) as stream:
            for line in stream.iter_lines():
                said += line + "\n"
                if '"process_completed"' in line:
                    break
        # As JSON writes it, a letter may be hidden in an escape.
        return json.dumps([json.loads(line[6:]) for line in said.splitlines() if line[6:]], ensure_ascii=False)


def found_in(text: str, question: str = "") -> list[str]:
    """The hidden page's own words that stand in a text, but for those that the question itself said."""
    return [word for word in MARKERS if word.lower() in text.lower() and word.lower() not in question.lower()]
