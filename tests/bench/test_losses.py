from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.bench.losses import OurIndex, Trial
from tests.bench.rival import Rival
from tests.bench.snapshots import Snapshot

PAGES = 6


def version(name: str) -> Snapshot:
    """Pages of one paragraph, each with words of its own."""
    texts = {
        f"p{number}.md": f"# Page {number}\n\n{name} words of page {number}.\n".encode() for number in range(PAGES)
    }
    return Snapshot(name, datetime(2024, 1, 1, tzinfo=UTC), texts)


def test_when_embedding_fails_halfway_ours_serves_every_page(tmp_path: Path) -> None:
    rows = Trial(tmp_path, OurIndex, version("old"), version("new")).fail()
    assert [(row["pages"], row["lost"], row["in part or twice"]) for row in rows] == [(PAGES, 0, 0)] * 3


def test_when_embedding_fails_halfway_the_rival_has_lost_what_it_was_about_to_replace(tmp_path: Path) -> None:
    failed, again, back = Trial(tmp_path, Rival, version("old"), version("new")).fail()
    assert (failed["lost"], again["lost"], back["lost"]) == (PAGES, 0, PAGES)
