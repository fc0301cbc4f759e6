from __future__ import annotations

import platform
from pathlib import Path

import pytest

from index.embedding.processor import adds_up_8_bits

CPUS = Path("/proc/cpuinfo")


@pytest.mark.skipif(platform.machine() != "x86_64" or not CPUS.exists(), reason="reads what Linux tells of an x86")
def test_eight_bits_are_used_where_the_processor_has_instructions_for_them() -> None:
    flags = next(line for line in CPUS.read_text().splitlines() if line.startswith("flags")).split()
    assert adds_up_8_bits() == bool({"avx512_vnni", "avx_vnni"} & set(flags))
