"""Servers that ail, on loopback: away, slow, half open (they take a connection and say nothing), answering garbage."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

GARBAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 17\r\n\r\n<html>hello</html>"[:-1]
NOISE = bytes(range(1, 256)) * 4


def away() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def saying(answer: bytes | None, slowly: float = 0.0) -> Iterator[int]:
    """The port of a server that answers whatever it is asked with these bytes; None: with nothing, for ever.

    ``slowly``: the seconds between two of the bytes.
    """
    stop = threading.Event()
    held: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.recv(65_536)
            if answer is None:
                return
            for byte in [answer] if not slowly else [answer[n : n + 1] for n in range(len(answer))]:
                connection.sendall(byte)
                if stop.wait(slowly):
                    return
            connection.close()

    def accept() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        for connection in held:
            connection.close()


@contextmanager
def ailing(how: str) -> Iterator[int]:
    """The port of a server that is ``away``, ``half open``, ``slow``, or says ``garbage`` or ``noise``."""
    if how == "away":
        yield away()
        return
    answers = {"half open": None, "slow": GARBAGE, "garbage": GARBAGE, "noise": NOISE}
    with saying(answers[how], 0.05 if how == "slow" else 0.0) as port:
        yield port


WAYS = ("away", "half open", "slow", "garbage", "noise")
