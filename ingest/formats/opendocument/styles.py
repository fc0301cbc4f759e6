"""What an OpenDocument file's styles say of its text: bold, struck out, above the line; hidden; a list's numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.formats.ordinals import letters, roman

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, DRAW, SLIDES, STYLE = (
    f"{{{_NAMES}{name}:1.0}}" for name in ("office", "text", "table", "drawing", "presentation", "style")
)
_FO = f"{{{_NAMES}xsl-fo-compatible:1.0}}"
OUTLINE = ""
"""The list that a document's headings are numbered by."""

_MAX_PARENTS = 20
_BOLD = ("bold", "600", "700", "800", "900")
_LEVELS = (
    f"{TEXT}list-level-style-number",
    f"{TEXT}list-level-style-bullet",
    f"{TEXT}list-level-style-image",
    f"{TEXT}outline-level-style",
)


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks, as far as it matters to what it says."""

    bold: bool = False
    hidden: bool = False  # struck out, or not shown at all
    raised: bool = False


@dataclass(frozen=True, slots=True)
class _Level:
    form: str  # "1", "a", "A", "i" or "I"; "" for a bullet
    before: str = ""
    after: str = ""
    start: int = 1
    shown: int = 1  # how many levels' numbers stand in it: two in "3.1"


class Styles:
    """The styles of ``content.xml``, and the named ones of ``styles.xml``, if there is any."""

    def __init__(self, content: _Element, named: _Element | None) -> None:
        self._styles: dict[tuple[str, str], _Element] = {}
        self._looks: dict[tuple[str, str, Look], Look] = {}
        self.levels: dict[tuple[str, int], _Level] = {}
        parts = [content.find(f"{OFFICE}automatic-styles")]
        if named is not None:  # its own automatic styles are for the lines above and below each page
            parts.append(named.find(f"{OFFICE}styles"))
        for style in (style for part in parts if part is not None for style in part):
            name = style.get(f"{STYLE}name", "")
            if style.tag == f"{STYLE}style":
                self._styles.setdefault((style.get(f"{STYLE}family", ""), name), style)
            elif style.tag in (f"{TEXT}list-style", f"{TEXT}outline-style"):
                key = name if style.tag == f"{TEXT}list-style" else OUTLINE
                for level in style.iterchildren(*_LEVELS):
                    self.levels.setdefault((key, _number(level.get(f"{TEXT}level"), 1) - 1), _level(level))

    def value(self, family: str, name: str, attribute: str, part: str = "") -> str | None:
        """What the style, or the nearest one that it is made from, says in ``part``; None where none says anything."""
        for style in self._chain(family, name):
            holder = style if not part else style.find(f"{STYLE}{part}-properties")
            value = None if holder is None else holder.get(attribute)
            if value is not None:
                return str(value)
        return None

    def is_made_from(self, family: str, name: str, named: str) -> bool:
        """Whether a style is the one that is ``named``, or made from it."""
        return name == named or any(
            style.get(f"{STYLE}parent-style-name") == named for style in self._chain(family, name)
        )

    def look(self, family: str, name: str, around: Look) -> Look:
        """How text of this style looks that stands in text that looks so."""
        key = (family, name, around)
        if key not in self._looks:
            self._looks[key] = self._look(family, name, around)
        return self._looks[key]

    def _look(self, family: str, name: str, around: Look) -> Look:
        weight = self.value(family, name, f"{_FO}font-weight", "text")
        struck = self.value(family, name, f"{STYLE}text-line-through-style", "text")
        shown = self.value(family, name, f"{TEXT}display", "text")
        place = self.value(family, name, f"{STYLE}text-position", "text")
        look = around if weight is None else replace(around, bold=weight in _BOLD)
        if struck is not None or shown is not None:
            look = replace(look, hidden=struck not in (None, "none") or shown == "none")
        if place is not None:  # "super 58%" or "33% 58%"
            look = replace(look, raised=not place.startswith(("sub", "-", "0")))
        return look

    def _chain(self, family: str, name: str) -> list[_Element]:
        chain: list[_Element] = []
        style = self._styles.get((family, name))
        while style is not None and len(chain) < _MAX_PARENTS:
            chain.append(style)
            style = self._styles.get((family, style.get(f"{STYLE}parent-style-name", "")))
        return chain


class Numbering:
    """Counts a document's lists and headings while it is read from top to bottom."""

    def __init__(self, styles: Styles) -> None:
        self._levels = styles.levels
        self._counts: dict[str, dict[int, int]] = {}

    def restart(self, name: str) -> None:
        """A new list of this style begins."""
        self._counts.pop(name, None)

    def next(self, name: str, depth: int, start: str | None = None) -> str:
        """What is shown before the list's next item at this depth (from 0); "" for a bullet, or nothing."""
        level = self._levels.get((name, depth), _Level(""))
        counts = self._counts.setdefault(name, {})
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        last = counts.get(depth, level.start - 1)
        counts[depth] = last + 1 if start is None else _number(start, last + 1)
        if not level.form:
            return ""
        numbers = []
        for outer in range(max(0, depth - level.shown + 1), depth + 1):
            own = self._levels.get((name, outer), level)
            if own.form:
                numbers.append(_written(counts.get(outer, own.start), own.form))
        return f"{level.before}{'.'.join(numbers)}{level.after}".strip()


def _level(element: _Element) -> _Level:
    return _Level(
        element.get(f"{STYLE}num-format", ""),
        element.get(f"{STYLE}num-prefix", ""),
        element.get(f"{STYLE}num-suffix", ""),
        _number(element.get(f"{TEXT}start-value"), 1),
        _number(element.get(f"{TEXT}display-levels"), 1),
    )


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else otherwise


def _written(count: int, form: str) -> str:
    if count < 1 or form not in ("a", "A", "i", "I"):
        return str(count)
    text = letters(count) if form in "aA" else roman(count)
    return text if form.islower() else text.upper()
