"""Loading a model: one at a time and in 32 bits.

While transformers loads, the number type that it loads in is the default for new tensors in every thread of the process
(``torch.set_default_dtype``): two models loaded at once, or one that is asked meanwhile, got mixed types and failed.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LOCK = threading.Lock()
IN_32_BITS = {"use_safetensors": True, "dtype": "float32"}
"""Arguments of ``from_pretrained`` that no load in this process may do without."""


@contextmanager
def loading() -> Iterator[dict[str, Any]]:
    """A block in which a model is loaded with these arguments: alone, without a word or a call home."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from transformers.utils import logging

    with _LOCK:
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        yield dict(IN_32_BITS)


def load_openvino() -> Any:
    """OpenVINO, imported so that it reports to nobody.

    Importing it brings its converters in, and those tell an analytics service that they are used. Without the package
    that does so they go on with a stand-in of their own that does nothing.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    openvino = importlib.import_module("openvino")
    importlib.import_module("openvino.opset13")
    return openvino
