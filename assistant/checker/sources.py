"""What a sentence can be checked against: the stretches of the cited passages, with what their reader knows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.units.units import Unit
from ingest.blocks import read_blocks
from ingest.sentences import split_sentences

_GAP = 4  # characters between sentences that follow each other: a space, or the end of a paragraph and a list's mark


_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?]{0,40}\b(?:instructions?|prompts?|rules|above|previous|earlier)\b|"
    r"\byou are (?:now )?(?:a|an) (?:ai|assistant|chat\w*|language model)\b|\b(?:system|hidden) prompt\b|\bas an ai\b|"
    r"\b(?:tell|answer|reply|respond|inform|convince) (?:to )?"
    r"(?:everyone|everybody|the (?:user|reader|customer|visitor)s?|"
    r"users|any question|all questions)\b|"
    r"\b(?:chat ?bot|assistant|language model|llm|ai)s?\b[^.!?]{0,30}\b(?:must|should|shall|has to|is to|:)",
    re.IGNORECASE,
)  # fmt: skip


_QUOTED = re.compile(r"[\"“”«][^\"“”«»]{25,}[\"”“»]")


ANAPHOR = re.compile(
    r"^(?:it|they|he|she|this|that|these|those|its|their|his|her|the|such|we|our|here|there|each|both)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Source:
    """A stretch of a page to lay a sentence over. ``near`` is what its reader knows from the heading right above and
    the line that leads to it, ``far`` from the page's title and, where it leans on it, the sentence before: ``before``.
    ``sentences`` is how many it has, 1 for lists and rows."""

    units: tuple[Unit, ...]
    text: str
    near: str
    far: str
    before: str
    sentences: int

    @property
    def listed(self) -> bool:
        """Whether it is a list, whose lines stand each for itself."""
        return self.units[0].kind == "list"


def sources(units: Sequence[Unit]) -> Iterator[Source]:
    """Lists, rows and single sentences first, then two and three sentences that follow each other."""
    lines: dict[tuple[str, int, int], Unit] = {}
    for unit in sorted(units, key=lambda unit: unit.end - unit.start):
        if unit.kind == "outline" or (unit.kind == "list" and " | " in unit.text) or _gives_orders(unit):
            continue  # a table bears out no more than its rows do, each for itself
        if unit.kind != "sentence":
            yield _source(unit, unit.text, "")
            continue
        for start, end in split_sentences(unit.text):
            if unit.text[start:end].endswith("?"):
                continue  # "Can I park here?" does not say that one can
            lines.setdefault((unit.page.document.url, unit.start + start, unit.start + end), unit)
    ordered = sorted(lines)
    texts = [lines[key].page.document.text[key[1] : key[2]] for key in ordered]
    joined = [_follow(lines, one, other) for one, other in itertools.pairwise(ordered)]
    for length in (1, 2, 3):
        for first in range(len(ordered) - length + 1):
            if all(joined[first : first + length - 1]):
                above = texts[first - 1] if first and joined[first - 1] else _line_above(lines[ordered[first]])
                cited = tuple({id(lines[key]): lines[key] for key in ordered[first : first + length]}.values())
                source = _source(cited[0], "\n".join(texts[first : first + length]), above)
                yield replace(
                    source,
                    units=_without_nested(cited),
                    sentences=length,
                    far=source.far if length == 1 else source.far.partition("\n")[0],
                    before=source.before if length == 1 else "",
                )


def _follow(lines: Mapping[tuple[str, int, int], Unit], one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    """Whether one line comes right behind the other under the same heading."""
    return one[0] == other[0] and other[1] - one[2] < _GAP and lines[one].path == lines[other].path


def _without_nested(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    return tuple(
        unit
        for unit in units
        if not any(other is not unit and other.start <= unit.start and unit.end <= other.end for other in units)
    )


def _source(unit: Unit, text: str, above: str) -> Source:
    path, _, lead = unit.setting.partition("\n")
    listed = unit.kind != "sentence" or not text.endswith((".", ":", "!", "?"))
    leans = listed or bool(ANAPHOR.match(text)) or text[:1].islower()
    before = (lead if listed and lead.endswith(":") else above or lead) if leans else ""
    near = "\n".join([*unit.path[-1:], *([lead] if listed and lead.endswith(":") else [])])
    return Source(
        (unit,),
        _unquoted(_in_lines(text) if unit.kind == "list" else text),
        near,
        "\n".join(part for part in (path, before) if part),
        before,
        1,
    )


def _in_lines(text: str) -> str:
    """A list with each sentence of its items on a line of its own."""
    return "\n".join(
        line[start:end] for line in text.split("\n") for start, end in split_sentences(line) or [(0, len(line))]
    )


def _line_above(unit: Unit) -> str:
    """The last sentence of the paragraph above, if one stands right above."""
    blocks = read_blocks(unit.page.document)
    above = None
    for block in blocks:
        if block.start >= unit.start:
            break
        if block.end <= unit.start:
            above = block
    if above is None or above.kind not in ("paragraph", "item") or above.path != unit.path:
        return ""
    return unit.page.document.text[above.start : above.end]


def _gives_orders(unit: Unit) -> bool:
    """Whether the paragraph of a unit talks to the assistant or has others told something: it bears nothing out."""
    text = unit.page.document.text
    start = text.rfind("\n", 0, unit.start) + 1
    end = text.find("\n", unit.end)
    return (
        _ORDER.search(text[start : end if end >= 0 else len(text)]) is not None and _ORDER.search(unit.text) is not None
    )


def _unquoted(text: str) -> str:
    """The text without longer quotations: what a page says that others said is no claim of its own."""
    return _QUOTED.sub(" ", text)
