"""Lines of plain text: what a line, or a group of lines between empty ones, may be."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

_LINK_LINE = re.compile(
    r"^(read more|more|see (also|more)|click|learn more|back to|go to|lue lisää|läs mer)\b", re.IGNORECASE
)
_DATED = re.compile(r"\(\d{4}-\d{2}-\d{2}\)$")
MAX_HEADING = 90  # characters; headlines of real pages stay below, sentences without an end mark rarely do
_MIN_WIDTH = 40  # characters of the lines of a paragraph that was wrapped
_NUMBER = re.compile(r"\d[\d.,]*\s+([^\W\d_])")
COLUMNS = re.compile(r"\S {3,}\S")  # cells side by side
_RULES = re.compile(r"\s*[-=]{2,}(?:\s+[-=]{2,})+\s*")  # what underlines a header's names one by one
BULLET = re.compile(r"^(?P<indent>\s*)(?:[•·▪◦‣●○■*\-–—]|(?P<number>\d{1,3})[.)])\s+(?=\S)")


def indent_of(line: str) -> int:
    """How many spaces the line begins with."""
    return len(line) - len(line.lstrip())


def one_line(group: list[str]) -> str:
    """The group's lines as one, as far in as the first."""
    return " " * indent_of(group[0]) + " ".join(line.strip() for line in group)


def terms_of(group: list[str]) -> list[list[str]]:
    """The group's lines that stand furthest out, each with those below it; none where it does not begin with one."""
    margin = min(map(indent_of, group))
    terms: list[list[str]] = []
    for line in group:
        if indent_of(line) == margin:
            terms.append([line])
        elif terms:
            terms[-1].append(line)
        else:
            return []
    return terms


def is_paragraph(group: list[str]) -> bool:
    """Whether the lines are one paragraph, or a term and what explains it."""
    return not any(map(BULLET.match, group)) and (is_explained(group) or _is_wrapped(group))


def is_explained(term: list[str]) -> bool:
    """Whether what stands below the first line, all of it further in, is one paragraph."""
    below = [line.strip() for line in term[1:]]
    if not below or any(indent_of(line) <= indent_of(term[0]) for line in term[1:]) or any(map(COLUMNS.search, below)):
        return False
    return len(below) == 1 or (max(map(len, below)) >= _MIN_WIDTH and _is_filled(below))


def _is_wrapped(group: list[str]) -> bool:
    lengths = [len(line) for line in group]
    if len(group) == 1 or any(map(_DATED.search, group)):
        return False  # a line, or headlines of a feed
    return (
        _MIN_WIDTH <= median(lengths[:-1]) <= 110
        and max(lengths) <= 130
        and (not all(map(looks_like_heading, group[:-1])) or _goes_on([line.strip() for line in group]))
    )


def _is_filled(lines: list[str]) -> bool:
    """Whether each line ends where the next word would not fit in."""
    widest = max(map(len, lines))
    return all(len(line) + 1 + len(after.split()[0]) > widest for line, after in pairwise(lines))


def _goes_on(lines: list[str]) -> bool:
    """Whether lines that each could be a heading are a sentence: one goes on in lower case, or with an amount."""
    return _is_filled(lines) and any(
        line[0].islower() or (_is_amount(line) and not _is_amount(before)) for before, line in pairwise(lines)
    )


def _is_amount(line: str) -> bool:
    """Whether the line begins with a number of something, such as "3.5 tonnes"."""
    found = _NUMBER.match(line)
    return found is not None and found[1].islower()


def looks_like_heading(line: str) -> bool:
    """Whether the line by itself could be a heading."""
    line = line.strip()
    return (
        2 <= len(line) <= MAX_HEADING
        and line[-1] not in ".!?:;,…"
        and (line[0].isupper() or line[0].isdigit() or line[0] in "\"“'‘#")
        and any(map(str.isalpha, line))
        and not _LINK_LINE.match(line)
        and not _DATED.search(line)
    )


def table_of(group: list[str]) -> list[list[str]]:
    """The rows of a table whose header is underlined column by column, the header first; none where it is no table."""
    if len(group) < 3 or not _RULES.fullmatch(group[1]):
        return []
    starts = [run.start() for run in re.finditer(r"\S+", group[1])]
    lines = [group[0], *group[2:]]
    if any(0 < start < len(line) and line[start - 1] != " " for line in lines for start in starts):
        return []  # a cell that reaches into the next column
    return [[line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)] for line in lines]
