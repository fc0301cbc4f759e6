"""A short slice of the fuzzing, the same inputs each time, and the HTTP API by its own description."""

from __future__ import annotations

import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator

import httpx
import pytest

from tests.fuzz.running import run
from tests.fuzz.targets import TARGETS, Target
from tests.ui.serving import ROOT, serving


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What libraries say of damaged files is no failure."""
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_nothing_breaks(target: Target) -> None:
    found = run(target, 250, each=25, fixed=True)
    assert not found.broke, found.broke
    assert found.inputs >= 200


def test_what_is_broken_is_found() -> None:
    def check(text: str) -> None:
        assert "(" * 9 not in text

    found = run(Target(check, TARGETS["scrubbing"].inputs), 2_000, each=25, fixed=True)
    assert "AssertionError" in found.broke


def test_the_api_does_what_its_description_says() -> None:
    """schemathesis makes requests of every kind that the OpenAPI document describes, right and wrong ones."""
    with serving() as addresses:
        done = subprocess.run(
            [
                sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "run",
                f"{addresses['ready']}/api/openapi.json",
                "--max-examples", "20", "--phases", "examples,coverage,fuzzing", "--seed", "1", "--no-color",
                "--checks", "not_a_server_error,content_type_conformance,response_schema_conformance",
            ],
            cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-500:]
        assert "/api/ask" in httpx.get(f"{addresses['ready']}/api/openapi.json").text
