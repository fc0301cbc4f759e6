"""The numbers that Word shows before headings, clauses and list items, which the text of a document does not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.formats.ordinals import letters, roman
from ingest.formats.word.text import W, is_on

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

_LIST = re.compile(r"List (?P<kind>Bullet|Number)(?: (?P<depth>[2-9]))?")


@dataclass(frozen=True, slots=True)
class Level:
    """How one depth of a list is numbered: ``lowerLetter``, ``(%3)`` and 1 give ``(a)``, ``(b)`` …"""

    form: str
    text: str
    start: int = 1
    legal: bool = False  # all numbers in figures, those of outer levels too
    restarts: bool = False  # the list begins again at ``start`` where it is first used


class Numbering:
    """Counts the document's lists while it is read from top to bottom."""

    def __init__(self, word: Word) -> None:
        self._levels, self._shared = _levels(word)
        self._counts: dict[tuple[str, int], int] = {}
        self._used: set[tuple[str, int]] = set()

    def next(self, paragraph: Paragraph, style: str) -> tuple[int, str] | None:
        """The paragraph's depth and the number shown before it, "" for a bullet; None where it is in no list."""
        named = _LIST.match(style)
        shown_depth = int(named["depth"] or 1) - 1 if named else 0
        place = _place(paragraph) or ((style, shown_depth) if named else None)
        if place is None or place[0] == "0":  # list 0 is what takes a paragraph out of its style's list
            return None
        list_id, depth = place
        counted = self._shared.get(list_id, f"list {list_id}")
        for other in [key for key in self._counts if key[0] == counted and key[1] > depth]:
            del self._counts[other]
        bulleted = named is None or named["kind"] == "Bullet"
        level = self._levels.get(place, Level("bullet" if bulleted else "decimal", f"%{depth + 1}."))
        if level.restarts and place not in self._used:
            self._counts.pop((counted, depth), None)
        self._used.add(place)
        self._counts[counted, depth] = self._counts.get((counted, depth), level.start - 1) + 1
        return max(depth, shown_depth), "" if level.form in ("bullet", "none") else self._shown(list_id, level)

    def _shown(self, list_id: str, level: Level) -> str:
        def number(found: re.Match[str]) -> str:
            depth = int(found[1]) - 1
            outer = self._levels.get((list_id, depth), level)
            count = self._counts.get((self._shared.get(list_id, f"list {list_id}"), depth), outer.start)
            return _written(count, "decimal" if level.legal else outer.form)

        return re.sub(r"%([1-9])", number, level.text).strip()


def _written(count: int, form: str) -> str:
    if form.endswith("Letter"):
        text = letters(count)
    elif form.endswith("Roman"):
        text = roman(count)
    else:
        return str(count)
    return text.upper() if form.startswith("upper") else text


def _place(paragraph: Paragraph) -> tuple[str, int] | None:
    """Which list the paragraph is in, by its own setting or its style's, and how deep."""
    numbering = paragraph._p.find(f"{W}pPr/{W}numPr")
    style = paragraph.style
    if numbering is None and style is not None:
        numbering = style.element.find(f"{W}pPr/{W}numPr")
    if numbering is None:
        return None
    list_id, depth = numbering.find(f"{W}numId"), numbering.find(f"{W}ilvl")
    if list_id is None:
        return None
    level = "0" if depth is None else depth.get(f"{W}val", "0")
    return list_id.get(f"{W}val", "0"), min(int(level), 8) if level.isdecimal() else 0


def _levels(word: Word) -> tuple[dict[tuple[str, int], Level], dict[str, str]]:
    """Every list and depth that the document defines; and by list the definition, whose lists are counted as one."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        root = word.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element  # type: ignore[attr-defined]
    except KeyError:
        return {}, {}
    abstract = {
        definition.get(f"{W}abstractNumId"): dict(map(_level, definition.iterchildren(f"{W}lvl")))
        for definition in root.iterchildren(f"{W}abstractNum")
    }
    levels: dict[tuple[str, int], Level] = {}
    shared: dict[str, str] = {}
    for number in root.iterchildren(f"{W}num"):
        list_id, definition = number.get(f"{W}numId", ""), _value(number, "abstractNumId", "")
        own = dict(abstract.get(definition, {}))
        for override in number.iterchildren(f"{W}lvlOverride"):
            own.update(map(_level, override.iterchildren(f"{W}lvl")))
            depth = int(override.get(f"{W}ilvl", "0"))
            if depth in own and override.find(f"{W}startOverride") is not None:
                own[depth] = replace(own[depth], start=_start(override, "startOverride"), restarts=True)
        shared[list_id] = f"definition {definition}"
        levels.update({(list_id, depth): level for depth, level in own.items()})
    return levels, shared


def _level(element: _Element) -> tuple[int, Level]:
    depth = int(element.get(f"{W}ilvl", "0"))
    return depth, Level(
        _value(element, "numFmt", ""),
        _value(element, "lvlText", f"%{depth + 1}."),
        _start(element, "start"),
        is_on(element.find(f"{W}isLgl")),
    )


def _value(element: _Element, name: str, otherwise: str) -> str:
    child = element.find(f"{W}{name}")
    return otherwise if child is None else str(child.get(f"{W}val", otherwise))


def _start(element: _Element, name: str) -> int:
    start = _value(element, name, "1")
    return int(start) if start.isdecimal() and len(start) < 5 else 1
