"""A Postgres server that can be stopped in its tracks."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from tests.e2e.cluster import _postgres, free_port, postgres_programs
from tests.ui.operating import until


@dataclass(frozen=True, slots=True)
class Postgres:
    """The server: its address, and its processes."""

    url: str
    process: subprocess.Popen[bytes]

    def pause(self) -> None:
        """Stop all its processes; its sockets stay open."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Have them go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        for pid in (self.process.pid, *map(int, children.stdout.split())):
            os.kill(pid, number)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server of our own; skips where there is none."""
    if postgres_programs() is None:
        pytest.skip("no Postgres here: apt-get install postgresql")
    import psycopg

    port = free_port()
    address = f"127.0.0.1:{port}"

    def answers() -> bool:
        try:
            psycopg.connect(f"postgresql://footnoted@{address}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    with ExitStack() as opened:
        started = _postgres(opened, port)
        process = subprocess.Popen(
            started.command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            user=started.user, group=started.user, extra_groups=[] if started.user else None,
        )  # fmt: skip
        try:
            until(answers)
            yield Postgres(f"postgresql+psycopg://footnoted@{address}/postgres", process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
