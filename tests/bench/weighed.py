"""A serving process with an encoder of hashed words that says, for each line that it is given, what it holds on to."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading

import index.testing
from index.embedding.vectors import Vectors
from tests.ui.operating import main as serve

_FIELDS = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"


class _Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in _FIELDS.split()]


def _say() -> None:
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = _Mallinfo
    for _ in sys.stdin:
        gc.collect()
        found = mallinfo()
        sys.stdout.write(f"{found.uordblks + found.hblkhd} {sys.getallocatedblocks()}\n")
        sys.stdout.flush()


class _Forgetful(index.testing.HashEmbedding):
    """Keeps nothing of what it was given."""

    def encode_documents(self, texts: list[str]) -> Vectors:  # type: ignore[override]
        return self.encode_queries(texts)


if __name__ == "__main__":
    index.testing.HashEmbedding = _Forgetful  # type: ignore[misc]
    threading.Thread(target=_say, daemon=True).start()
    serve()
