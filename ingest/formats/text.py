"""Plain text → ``Document``: paragraphs, lists and the headings that lost their mark-up."""

from __future__ import annotations

import re
from itertools import pairwise, zip_longest
from pathlib import PurePosixPath
from statistics import median

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text, strip_debris
from ingest.errors import PageError
from ingest.formats.decode import decode
from ingest.types import Document, Page

_BULLET = re.compile(r"^(?P<indent>\s*)(?:[•·▪◦‣●○■*\-–—]|(?P<number>\d{1,3})[.)])\s+(?=\S)")
_LINK_LINE = re.compile(
    r"^(read more|more|see (also|more)|click|learn more|back to|go to|lue lisää|läs mer)\b", re.IGNORECASE
)
_DATED = re.compile(r"\(\d{4}-\d{2}-\d{2}\)$")
_MAX_HEADING = 90  # characters; headlines of real pages stay below, sentences without an end mark rarely do
_MAX_TITLE = 120
_MIN_WIDTH = 40  # characters of the lines of a paragraph that was wrapped
_COLUMNS = re.compile(r"\S {3,}\S")  # cells side by side


def parse_text(page: Page) -> Document:
    """A plain text page's document. Raises ``PageError`` for an empty or a binary one."""
    return document_from_text(decode(page), page.url)


def document_from_text(text: str, url: str) -> Document:
    """The document of a plain text that was decoded already."""
    parts = _groups(clean_text(text))
    body = _body(parts)
    groups = _join_wrapped(parts, body)
    builder = DocumentBuilder()
    title = file_title(url) if _has_no_title(groups) else ""
    open_list = False
    level = 2
    edge = -1  # where the heading stands that reaches as far as the text further in below it; -1: none does
    for index, group in enumerate(groups):
        following = groups[index + 1] if index + 1 < len(groups) else None
        if len(group) == 1 and not _BULLET.match(group[0]):
            line = " ".join(group[0].split())
            if not title:
                title = line if len(line) <= _MAX_TITLE else ""
                if title and following and _is_heading(line, following):
                    builder.heading(1, line)
                    title = line
                    continue
                title = title if title and _looks_like_heading(line) else file_title(url)
            outside = not body or _indent(group[0]) < body
            over = following is not None and _is_over(group[0], following, body)
            if following and outside and (over or _is_heading(line, following)):
                indent = _indent(group[0])
                level = 3 if body and indent else 2
                edge = indent if over else min(edge, indent - 1)
                builder.heading(level, line)
                open_list = bool(_BULLET.match(following[0]))
                continue
        title = title or file_title(url)
        in_list = all(_BULLET.match(line) for line in group)
        if open_list and not in_list:
            builder.close(level)  # a heading over a list ends with it
            open_list = False
        if not in_list and (indent := _indent(group[0])) <= edge:
            builder.close(3 if indent else 2)
            edge = 0 if indent else -1
        _add_group(builder, group)
    document = builder.build(url, title or file_title(url))
    if not document.text:
        raise PageError(f"{url!r} holds no text", hint="remove the file, or leave it out with the source's `exclude`")
    return document


def file_title(url: str) -> str:
    """A readable title made of a page's file name."""
    name = PurePosixPath(url.split("?")[0].rstrip("/")).stem
    words = re.sub(r"[-_]+", " ", name).strip()
    return words[:1].upper() + words[1:] if words else url


def _groups(text: str) -> list[list[str]]:
    """The runs of lines between empty lines, cleaned of debris; list items parted from the paragraphs they follow."""
    groups: list[list[str]] = [[]]
    for raw in text.split("\n"):
        indent = raw[: len(raw) - len(raw.lstrip())]
        lines = [indent + part for part in strip_debris(raw)]
        if not lines:
            if not raw.strip():
                groups.append([])
            continue
        for line in lines:
            group = groups[-1]
            if group and bool(_BULLET.match(line)) != bool(_BULLET.match(group[-1])) and not line.startswith("   "):
                groups.append([])
            groups[-1].append(line)
    return [group for group in groups if group]


def _body(groups: list[list[str]]) -> int:
    """How far in the text below headings at the margin stands; 0 where there are none."""
    for group, following in zip_longest(groups, groups[1:], fillvalue=list[str]()):
        below = group[1:] or following
        if below and _is_over(group[0], below, 0):
            return _indent(below[0])
    return 0


def _has_no_title(groups: list[list[str]]) -> bool:
    """Whether the page begins with the first of several headings in capitals, which is none of the whole page."""
    over = [
        len(group) == 1 and not _BULLET.match(group[0]) and _is_over(group[0], below, 0)
        for group, below in pairwise(groups)
    ]
    return over[:1] == [True] and sum(over) > 1


def _join_wrapped(groups: list[list[str]], body: int) -> list[list[str]]:
    """The groups with hard-wrapped lines joined: a paragraph is one line, so is an item with what hangs on it.

    One that is short enough for a heading is left as it is, so that it is not taken for one; so is a term, a group
    with the paragraph that explains it below, further in.
    """
    joined: list[list[str]] = []
    left = groups[::-1]
    while left:
        group = left.pop()
        if len(group) > 1 and _is_over(group[0], group[1:], body):
            joined.append(group[:1])
            left.append(group[1:])
        elif any(map(_BULLET.match, group)):
            items: list[list[str]] = []
            for line in group:
                if items and not _BULLET.match(line):
                    items[-1].append(line.strip())
                else:
                    items.append([line])
            joined.append([" ".join(item) for item in items])
        elif (terms := _terms(group)) and all(map(_is_explained, terms)):
            joined += terms
        elif _is_paragraph(group) and len(line := _one_line(group)) > _MAX_HEADING:
            joined.append([line])
        else:
            joined.append(group)
    return joined


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _one_line(group: list[str]) -> str:
    return " " * _indent(group[0]) + " ".join(line.strip() for line in group)


def _terms(group: list[str]) -> list[list[str]]:
    """The group's lines that stand furthest out, each with those below it; none where it does not begin with one."""
    margin = min(map(_indent, group))
    terms: list[list[str]] = []
    for line in group:
        if _indent(line) == margin:
            terms.append([line])
        elif terms:
            terms[-1].append(line)
        else:
            return []
    return terms


def _is_paragraph(group: list[str]) -> bool:
    """Whether the lines are one paragraph, or a term and what explains it."""
    return not any(map(_BULLET.match, group)) and (_is_explained(group) or _is_wrapped(group))


def _is_explained(term: list[str]) -> bool:
    """Whether what stands below the first line, all of it further in, is one paragraph."""
    below = [line.strip() for line in term[1:]]
    if not below or any(_indent(line) <= _indent(term[0]) for line in term[1:]) or any(map(_COLUMNS.search, below)):
        return False
    return len(below) == 1 or (max(map(len, below)) >= _MIN_WIDTH and _is_filled(below))


def _is_over(line: str, below: list[str], body: int) -> bool:
    """Whether a line is the heading of what stands further in below it.

    It is in capitals at the margin, or stands between that and the text below such headings. Names of columns over
    columns are none.
    """
    indent = _indent(line)
    return (
        (line.isupper() if indent == 0 else indent < body)
        and _looks_like_heading(line)
        and all(_indent(other) > indent for other in below)
        and not (_COLUMNS.search(line) and any(map(_COLUMNS.search, below)))
    )


def _is_wrapped(group: list[str]) -> bool:
    lengths = [len(line) for line in group]
    if len(group) == 1 or any(map(_DATED.search, group)):
        return False  # a line, or headlines of a feed
    return (
        _MIN_WIDTH <= median(lengths[:-1]) <= 110
        and max(lengths) <= 130
        and (not all(map(_looks_like_heading, group[:-1])) or _goes_on([line.strip() for line in group]))
    )


def _is_filled(lines: list[str]) -> bool:
    """Whether each line ends where the next word would not fit in."""
    widest = max(map(len, lines))
    return all(len(line) + 1 + len(after.split()[0]) > widest for line, after in pairwise(lines))


def _goes_on(lines: list[str]) -> bool:
    """Whether lines that each could be a heading are a sentence: one goes on in lower case."""
    return _is_filled(lines) and any(line[0].islower() for line in lines[1:])


def _looks_like_heading(line: str) -> bool:
    line = line.strip()
    return (
        2 <= len(line) <= _MAX_HEADING
        and line[-1] not in ".!?:;,…"
        and (line[0].isupper() or line[0].isdigit() or line[0] in "\"“'‘#")
        and any(map(str.isalpha, line))
        and not _LINK_LINE.match(line)
        and not _DATED.search(line)
    )


def _is_heading(line: str, following: list[str]) -> bool:
    """Whether a line that stands alone is the heading of the group after it."""
    return _looks_like_heading(line) and (
        len(following) == 1 or bool(_BULLET.match(following[0])) or len(following[0].strip()) > _MAX_HEADING
    )


def _add_group(builder: DocumentBuilder, group: list[str]) -> None:
    base: int | None = None
    for line in [_one_line(group)] if _is_paragraph(group) else group:
        if bullet := _BULLET.match(line):
            indent = len(bullet["indent"])
            base = indent if base is None else min(base, indent)
            number = int(bullet["number"]) if bullet["number"] else None
            builder.item(line[bullet.end() :], (indent - base) // 2, number)
        else:
            builder.paragraph(line)
