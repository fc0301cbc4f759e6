from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.bench.snapshots import Changes, Snapshot, compare, lay


def snapshot(day: int, **files: str) -> Snapshot:
    named = {f"{name}.md": text.encode() for name, text in files.items()}
    return Snapshot(f"2024-01-0{day}", datetime(2024, 1, day, tzinfo=UTC), named)


def test_laying_a_snapshot_over_another_touches_only_what_differs(tmp_path: Path) -> None:
    lay(snapshot(1, same="a", changed="b", removed="c"), tmp_path)
    lay(snapshot(2, same="a", changed="B", added="d"), tmp_path)
    days = {path.name: datetime.fromtimestamp(path.stat().st_mtime, UTC).day for path in tmp_path.iterdir()}
    assert days == {"same.md": 1, "changed.md": 2, "added.md": 2}
    assert (tmp_path / "changed.md").read_text() == "B"


def test_a_page_that_keeps_half_its_lines_under_another_name_is_renamed() -> None:
    lines = [f"line {number}" for number in range(10)]
    before = snapshot(1, moved="\n".join(lines), gone="only here", stays="as it was", edited="once")
    after = snapshot(2, elsewhere="\n".join([*lines[:7], "more"]), new="never seen", stays="as it was", edited="twice")
    assert compare(before.files, after.files) == Changes(added=1, changed=1, removed=1, renamed=1)
