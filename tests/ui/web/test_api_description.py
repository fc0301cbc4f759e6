from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx


def test_the_api_does_what_its_description_says(addresses: dict[str, str], tmp_path: Path) -> None:
    """schemathesis makes requests of every kind that the OpenAPI document describes, right and wrong ones."""
    description = f"{addresses['ready']}/api/openapi.json"
    done = subprocess.run(
        [
            sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "run", description,
            "--max-examples", "8", "--phases", "examples,coverage,fuzzing", "--seed", "1", "--no-color",
            "--checks", "not_a_server_error,content_type_conformance,response_schema_conformance",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-500:]
    assert "/api/ask" in httpx.get(description).text
