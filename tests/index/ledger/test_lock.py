from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.ledger.lock import Holder, WriteLock
from ingest.errors import StoreError, StoreHeldError
from tests.index.building import Built, page

ROOT = Path(__file__).resolve().parents[3]
HOLD = """
import sys
from pathlib import Path
from index.ledger.lock import WriteLock
lock = WriteLock(Path(sys.argv[1])).acquire("footnoted serve", "http://127.0.0.1:7860")
print("held", flush=True)
sys.stdin.read()
lock.release()
"""


@contextmanager
def other_process(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLD, str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process


def test_a_second_writer_is_told_who_holds_the_store(tmp_path: Path) -> None:
    with other_process(tmp_path) as process, pytest.raises(StoreHeldError) as caught:
        WriteLock(tmp_path).acquire("footnoted index")
    assert re.fullmatch(
        rf"the data folder {re.escape(repr(str(tmp_path)))} is held by process {process.pid} on "
        rf"{re.escape(socket.gethostname())} \(footnoted serve at http://127\.0\.0\.1:7860, since [\dT:+-]+\)",
        caught.value.message,
    )
    assert caught.value.hint == "wait for it to finish or stop it, or name another folder with --data-dir"
    assert caught.value.exit_code == 3


def test_who_only_reads_is_not_held_up(built: Built) -> None:
    built.write({"ada.md": page("ada")})
    built.sync()
    with other_process(built.data):
        built.reopen()
        assert built.searcher.search("ada1word1")[0].chunk.url == "ada.md"


def test_the_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with WriteLock(tmp_path).acquire("footnoted index"):
            holder = WriteLock(tmp_path).holder()
    assert holder is not None
    assert (holder.pid, holder.command) == (os.getpid(), "footnoted index")


def test_a_lock_that_is_given_back_names_nobody(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path).acquire("one")
    lock.release()
    lock.release()

    assert WriteLock(tmp_path).holder() is None
    with WriteLock(tmp_path).acquire("two"):
        assert WriteLock(tmp_path).holder() is not None


@pytest.mark.parametrize("written", ["", "{", "[]", '{"pid": 1}', "\udcff"])
def test_a_holder_that_cannot_be_read_is_somebody(tmp_path: Path, written: str) -> None:
    with other_process(tmp_path):
        (tmp_path / "holder.json").write_bytes(written.encode("utf-8", "surrogateescape"))
        with pytest.raises(StoreHeldError, match=r"is held by another process$"):
            WriteLock(tmp_path).acquire("footnoted index")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError) as caught:
        WriteLock(tmp_path / "file").acquire("footnoted index")
    assert caught.value.message == f"the data folder {str(tmp_path / 'file')!r} cannot be written: File exists"
    assert "--data-dir" in caught.value.hint


def test_a_holder_reads_as_a_sentence() -> None:
    assert str(Holder(7, "host", "footnoted index", "2026-01-02T03:04:05+00:00")) == (
        "process 7 on host (footnoted index, since 2026-01-02T03:04:05+00:00)"
    )
