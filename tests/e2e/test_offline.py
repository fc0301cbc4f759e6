"""The whole product where there is no network, and whether anything of it tries to reach one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.e2e.offline import ROOT


def apart(*arguments: str) -> dict[str, Any]:
    """What ``tests.e2e.offline`` tells from a network namespace of its own."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("no unshare or ip here (Debian: apt install util-linux iproute2)")
    made = ["unshare", "--map-root-user", "--net"]
    able = subprocess.run([*made, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False)
    if able.returncode:
        pytest.skip(f"no network namespace can be made ({able.stderr.strip()}): run as root, or allow user namespaces")
    done = subprocess.run(
        [*made, sys.executable, "-W", "ignore", "-m", "tests.e2e.offline", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_indexing_serving_and_asking_need_no_network_and_look_for_none() -> None:
    told = apart("http://203.0.113.7/")
    assert told["answer"]["outcome"] == "answered"
    assert "4 October 2019" in told["answer"]["answer"]
    assert told["attempts"] == []
    assert told["unrouted"] == 0
    # What is made to leave afterwards is noticed in both ways.
    assert any("203.0.113.7" in attempt for attempt in told["then"]["attempts"])
    assert told["then"]["unrouted"] > 0
