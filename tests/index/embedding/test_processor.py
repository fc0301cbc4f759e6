from __future__ import annotations

import platform
from pathlib import Path

import numpy as np
import pytest

from index.embedding.encoder import bundled_model
from index.embedding.openvino_model import OpenVinoModel
from index.embedding.processor import adds_up_8_bits
from index.embedding.torch_model import TorchModel

TEXTS = ["When can I take parental leave?", "The library is open on Saturdays from 10 to 16.", "Invoices " * 40]
CPUS = Path("/proc/cpuinfo")


@pytest.mark.skipif(platform.machine() != "x86_64" or not CPUS.exists(), reason="reads what Linux tells of an x86")
def test_eight_bits_are_used_where_the_processor_has_instructions_for_them() -> None:
    flags = next(line for line in CPUS.read_text().splitlines() if line.startswith("flags")).split()
    assert adds_up_8_bits() == bool({"avx512_vnni", "avx_vnni"} & set(flags))


def test_in_floats_the_rounded_weights_give_what_the_published_ones_do() -> None:
    model, exact = OpenVinoModel(bundled_model(), eight_bits=False), TorchModel(bundled_model())
    exact.model.float()

    found, wanted = (one.encode_documents(TEXTS, "") for one in (model, exact))
    cosines = (found * wanted).sum(axis=1) / np.linalg.norm(found, axis=1) / np.linalg.norm(wanted, axis=1)
    assert cosines.min() > 0.996
