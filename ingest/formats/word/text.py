"""The text of a Word document's elements as it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.clean import clean_text, raised

if TYPE_CHECKING:
    from docx.document import Document as Word
    from lxml.etree import _Element

COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted text, text moved away, the copy of a drawing for old programs; text boxes are read on their own.
_UNSEEN = frozenset((f"{W}del", f"{W}moveFrom", f"{W}txbxContent", f"{COMPATIBILITY}Fallback"))
_SPACES = frozenset((f"{W}tab", f"{W}br", f"{W}cr"))
_PART = re.compile(r"\d[.,]")  # what is above the line behind it are a price's cents


def text_of(element: _Element) -> str:
    """The element's text, without what is deleted or struck out; figures above the line as such."""
    said, plain = "", False
    for piece, above in _pieces(element):
        plain = above and (plain or _PART.search(said[-2:]) is not None)
        said += raised(piece) if above and not plain else piece
    return clean_text(said)


def is_bold(element: _Element) -> bool:
    """Whether all text of the element is set in bold, and there is some."""
    runs = [run for run in element.iter(f"{W}r") if text_of(run).strip() and not _is_struck(run)]
    marks = [run.find(f"{W}rPr/{W}b") for run in runs]
    return bool(runs) and all(map(is_on, marks))


def is_on(switch: _Element | None) -> bool:
    """Whether a setting that can be on or off is there and on."""
    return switch is not None and switch.get(f"{W}val", "1") not in ("0", "false", "off")


def take_notes(word: Word) -> dict[_Element, str]:
    """Number the document's footnotes and endnotes where it refers to them; what each says, by its number's element."""
    from docx.opc.constants import RELATIONSHIP_TYPE as KIND
    from docx.oxml import parse_xml

    texts: dict[tuple[str, str], str] = {}
    for kind, name in ((KIND.FOOTNOTES, "footnote"), (KIND.ENDNOTES, "endnote")):
        try:
            part = word.part.part_related_by(kind)
        except KeyError:
            continue
        for note in parse_xml(part.blob).iterchildren(f"{W}{name}"):
            said = " ".join(" ".join(map(text_of, note.iter(f"{W}p"))).split())
            texts[f"{W}{name}Reference", note.get(f"{W}id", "")] = said
    notes: dict[_Element, str] = {}
    for reference in word.element.body.iter(f"{W}footnoteReference", f"{W}endnoteReference"):
        if note_text := texts.get((reference.tag, reference.get(f"{W}id", ""))):
            number = raised(str(len(notes) + 1))
            reference.tag = f"{W}t"
            reference.text = number
            notes[reference] = f"{number} {note_text}"
    return notes


def _pieces(element: _Element) -> Iterator[tuple[str, bool]]:
    """The texts in the element, and whether each stands above the line."""
    for child in element:
        if child.tag == f"{W}t":
            yield child.text or "", False
        elif child.tag in _SPACES:
            yield " ", False
        elif child.tag == f"{W}noBreakHyphen":
            yield "-", False
        elif child.tag == f"{W}r" and _is_struck(child):
            continue
        elif child.tag == f"{W}r" and _is_raised(child):
            yield "".join(piece for piece, _ in _pieces(child)), True
        elif child.tag not in _UNSEEN:
            yield from _pieces(child)


def _is_raised(run: _Element) -> bool:
    place = run.find(f"{W}rPr/{W}vertAlign")
    return place is not None and place.get(f"{W}val") == "superscript"


def _is_struck(run: _Element) -> bool:
    return any(is_on(run.find(f"{W}rPr/{W}{name}")) for name in ("strike", "dstrike"))
