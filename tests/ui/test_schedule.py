from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ui.schedule import read_cron, read_interval

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("written", "seconds"), [("90s", 90), ("15m", 900), ("1h30m", 5_400), ("2 D", 172_800), ("1w", 604_800)]
)
def test_an_interval_is_read(written: str, seconds: int) -> None:
    assert read_interval(written).next_after(NOON) == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["", "15", "m", "15 minutes", "-5m", "1.5h", "soon"])
def test_what_is_no_interval_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no interval; write it as 15m, 2h or 1d"):
        read_interval(written)


def test_an_interval_too_short_to_be_meant_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter than the 5 seconds"):
        read_interval("1s")


def test_a_cron_expression_is_read_in_local_time() -> None:
    due = read_cron("30 3 * * 2").next_after(NOON)

    assert due > NOON
    assert (due.hour, due.minute, due.weekday()) == (3, 30, 1)
    assert due.utcoffset() == due.astimezone().utcoffset()


@pytest.mark.parametrize("written", ["", "* * *", "61 * * * *", "every day", "* * * * * *"])
def test_what_is_no_cron_expression_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no cron expression; write five fields"):
        read_cron(written)
