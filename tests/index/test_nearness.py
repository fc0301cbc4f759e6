from __future__ import annotations

import pytest

from index.nearness import nearness

HERE = "https://intranet.example.org/leave/annual"


@pytest.mark.parametrize(
    ("address", "near"),
    [
        (HERE, 1.0),
        (f"{HERE}/index.html?print=1#top", 1.0),
        ("https://Intranet.example.org/leave/annual/", 1.0),
        (f"{HERE}/days", 0.5),
        ("https://intranet.example.org/leave/sick", 0.5),
        ("https://intranet.example.org/leave-of-others/sick", 0.0),
        ("https://intranet.example.org/travel", 0.0),
        ("https://other.example.org/leave/annual", 0.0),
        ("leave/annual.md", 0.0),
        ("javascript:alert(1)", 0.0),
        ("https://[broken", 0.0),
        ("", 0.0),
    ],
)
def test_a_page_is_near_by_its_address(address: str, near: float) -> None:
    assert nearness(address, HERE) == near


def test_the_start_page_is_in_no_section() -> None:
    assert nearness("https://intranet.example.org/travel", "https://intranet.example.org/") == 0.0
