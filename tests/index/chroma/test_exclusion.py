from __future__ import annotations

import threading

import pytest

from index.chroma.exclusion import Exclusion
from ingest.errors import StoreError


def test_one_who_is_alone_waits_for_those_inside_and_goes_before_those_who_come_after() -> None:
    exclusion, order = Exclusion(), list[str]()

    def work(name: str, alone: bool) -> None:
        with exclusion.held(alone=alone):
            order.append(name)

    threads = [threading.Thread(target=work, args=given) for given in (("alone", True), ("beside", False))]
    with exclusion.held(alone=False), exclusion.held(alone=False):  # beside one another
        threads[0].start()
        while not exclusion._waiting:
            threading.Event().wait(0.001)
        threads[1].start()
        assert order == []
    for thread in threads:
        thread.join(30)
    assert order == ["alone", "beside"]


def test_whoever_waits_too_long_is_told_and_keeps_nobody_out() -> None:
    exclusion = Exclusion(0.01)
    with exclusion.held(alone=False):
        with pytest.raises(StoreError, match="has been busy"), exclusion.held(alone=True):
            pass
        with exclusion.held(alone=False):
            pass
    with pytest.raises(ZeroDivisionError), exclusion.held(alone=True):
        raise ZeroDivisionError
    with exclusion.held(alone=True):
        pass
