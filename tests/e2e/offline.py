"""Runs inside a network namespace of its own: indexes, serves and asks, and prints what tried to leave, as JSON.

There is loopback and no route to anywhere else, and the kernel counts, for the namespace, every packet and connection
that found no route: whatever any program here, native code included, sends to another machine, questions to a name
server among them. What Python itself was about to connect to is written down by an audit hook in the product's
processes, so that an attempt has a name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
HOOKED = """
import os, sys
def _note(event, given):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        where = given[1] if event != "socket.getaddrinfo" else given
        if isinstance(where, tuple) and str(where[0]) not in ("127.0.0.1", "::1", "localhost", "None", "0.0.0.0"):
            with open(os.environ["ATTEMPTS"], "a") as file:
                file.write(f"{event} {where[0]}\\n")
sys.addaudithook(_note)
from ui.cli import main
main()
"""
QUESTION = "When did the University of Helsinki join Una Europa?"


def unrouted() -> int:
    """How often something was sent to where no way leads, so far."""
    names, counts = (
        line.split() for line in Path("/proc/net/snmp").read_text("ascii").splitlines() if line.startswith("Ip:")
    )
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text("ascii").splitlines())
    return int(counts[names.index("OutNoRoutes")]) + int(six["Ip6OutNoRoutes"])


def tried(leave: str, folder: Path) -> dict[str, Any]:
    """What the product answered, and what tried to leave meanwhile; ``then``, when ``leave`` is tried on purpose."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    before = unrouted()
    attempts = folder / "attempts"
    environment = {**os.environ, "ATTEMPTS": str(attempts), "HF_HUB_OFFLINE": ""}
    product = [sys.executable, "-W", "ignore", "-c", HOOKED]
    data = ["--data-dir", str(folder / "data")]
    subprocess.run([*product, "index", str(ROOT / "corpus"), *data], cwd=ROOT, env=environment, check=True)
    server = subprocess.Popen([*product, "serve", "--port", "7860", *data], cwd=ROOT, env=environment)
    try:
        asked = answer_of(server)
    finally:
        server.terminate()
        server.wait(60)

    def noticed() -> dict[str, Any]:
        named = attempts.read_text().splitlines() if attempts.exists() else []
        return {"attempts": sorted(set(named)), "unrouted": unrouted() - before}

    told = {"answer": asked, **noticed()}
    visit = f"import httpx\ntry:\n    httpx.get({leave!r}, timeout=2)\nexcept httpx.HTTPError:\n    pass\n"
    visiting = HOOKED.replace("from ui.cli import main\nmain()", visit)
    subprocess.run([*product[:-1], visiting], env=environment, check=True)
    return {**told, "then": noticed()}


def answer_of(server: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The answer, once the server is ready."""
    with httpx.Client(base_url="http://127.0.0.1:7860", timeout=60, trust_env=False) as client:
        while server.poll() is None:
            try:
                if client.get("/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        assert client.get("/").status_code == 200
        return dict(client.post("/api/ask", json={"question": QUESTION}).json())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        sys.stdout.write(json.dumps(tried(sys.argv[1], Path(scratch))) + "\n")
