"""A server whose figures, log and rates are looked at: one for all tests of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ui.asking import PROXY
from tests.ui.operating import TOKEN, Operated, serving

SETTINGS = f"""
data_dir = "data"
[reader]
model = "none"
[server]
owner_token = "{TOKEN}"
person_rate = 3
address_rate = 5
[log]
format = "json"
[access]
user_header = "Remote-User"
proxies = ["{PROXY}"]
[[sources]]
folder = "pages"
[[sources]]
name = "gone"
folder = "gone"
"""


@contextmanager
def watching(folder: Path) -> Iterator[Operated]:
    """The server while the block runs."""
    for name in ("pages", "gone"):
        (folder / name).mkdir()
        (folder / name / f"{name}-platypus.md").write_text(
            f"# Platypus\n\nThe {name} platypus is fed by Eila at noon.\n"
        )
    (folder / "footnoted.toml").write_text(SETTINGS)
    with serving(folder / "footnoted.toml", folder / "data") as made:
        yield made
