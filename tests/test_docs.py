"""What the documents say is held to what the product does."""

from __future__ import annotations

import re
from pathlib import Path

from ui.settings_table import with_table

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_lists_every_setting_as_it_is() -> None:
    assert with_table(README) == README, "run: python -m ui.settings_table README.md"


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) < 250


def test_every_file_the_documents_point_at_is_there() -> None:
    for document in (ROOT / "README.md", *ROOT.glob("docs/*.md")):
        for link in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (document.parent / link).exists(), f"{document.name} points at {link}"
