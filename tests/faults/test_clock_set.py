"""A serving process whose clock is set by days, forward and back, while it serves."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from pathlib import Path

import httpx

from tests.faults.own_clock import DAY, OwnClock
from tests.faults.scenes import NAMES, SETTINGS, Scene, all_in, ask, code_of, versions
from tests.ui.operating import SECRET, TOKEN, Operated, logged, serving, until

_EVERY = "\nevery = '5s'\n"


def _call(server: Operated, stamp: int) -> int:
    """The status of a signed call that bears a time stamp."""
    body = b"{}"
    signature = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Footnoted-Signature": signature, "X-Footnoted-Timestamp": str(stamp)}
    return httpx.post(f"{server.url}/api/reindex", content=body, headers=headers, timeout=60).status_code


def _syncs(server: Operated) -> int:
    """How many syncs there were."""
    return int(sum(map(float, re.findall(r"^footnoted_syncs_total\S* (\S+)$", server.get("/metrics").text, re.M))))


def test_a_server_whose_clock_is_set_by_days_serves_on_and_looks_at_its_sources(tmp_path: Path) -> None:
    clock = OwnClock(tmp_path)
    scene = Scene(tmp_path / "scene", SETTINGS + _EVERY)
    scene.write(1)
    scene.sync()
    began = int(time.time())
    with serving(scene.config, scene.data, variables=clock.variables) as server:
        assert _call(server, began) == 202
        for version, days in enumerate((0, 40, -3, 0), 1):
            clock.set(days)
            scene.write(version)
            until(lambda: versions(server) == all_in(version))  # noqa: B023  # called here
            before, measured = _syncs(server), time.monotonic()
            assert ask(server, code_of(NAMES[version])).json()["outcome"] == "answered"
            until(lambda: len(logged(server)) == version)  # noqa: B023
            assert server.get("/owner", auth=("owner", TOKEN)).status_code == 200
            assert server.get("/readyz").status_code == 200
            status = json.loads(server.command("status", "--json").stdout)
            assert status["pages"] == len(NAMES)
            # It is looked at every five seconds, however many days went by: not once for each of those that did not.
            assert _syncs(server) - before <= 2 + (time.monotonic() - measured) / 5
            if days:
                assert _call(server, began) == 409, "by this clock it is days old, or days too early"
                assert _call(server, began + days * DAY + 5) == 202
        assert _call(server, began) == 409, "its signature was seen, whatever the clock did since"
