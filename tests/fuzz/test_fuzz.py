"""A short slice of the fuzzing, the same inputs each time. The whole of it: ``python -m tests.fuzz 100000``."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator

import pytest

from tests.fuzz.running import run
from tests.fuzz.targets import TARGETS, Target


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
    found = run(target, 100, each=25, fixed=True)
    assert not found.broke, found.broke
    assert found.inputs >= 75


def test_what_is_broken_is_found() -> None:
    def check(text: str) -> None:
        assert "(" * 9 not in text

    found = run(Target(check, TARGETS["scrubbing"].inputs), 2_000, each=25, fixed=True)
    assert "AssertionError" in found.broke
