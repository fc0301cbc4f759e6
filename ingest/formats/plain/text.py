"""Plain text → ``Document``: paragraphs, lists and the headings that lost their mark-up."""

from __future__ import annotations

import re
from itertools import pairwise, zip_longest
from pathlib import PurePosixPath

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text, strip_debris
from ingest.errors import PageError
from ingest.formats.decode import decode
from ingest.formats.plain.lines import (
    BULLET,
    COLUMNS,
    MAX_HEADING,
    indent_of,
    is_explained,
    is_paragraph,
    looks_like_heading,
    one_line,
    table_of,
    terms_of,
)
from ingest.types import Document, Page

_UNDERLINE = re.compile(r"\s*([=~_*#-])\1{2,}\s*")
RULE = "-=-=-"  # what another parser writes under a line that is a heading, whatever it looks like
_LEADERS = re.compile(r"\.{4,}")
_VALUE = re.compile(r"[^\w\s]?\d|[€$£]")
_CLAUSE = re.compile(r"\s*\d{1,2}(?:\.\d{1,2})+\.?\s+([^\W\d_])")  # "2.1 A trailer is …"
_SECTION = re.compile(r"\d{1,2}\s+[^\W\d_]\D*$")
_MAX_TITLE = 120


def parse_text(page: Page) -> Document:
    """A plain text page's document. Raises ``PageError`` for an empty or a binary one."""
    return document_from_text(decode(page), page.url)


def document_from_text(text: str, url: str, builder: DocumentBuilder | None = None) -> Document:
    """The document of a plain text that was decoded already; ``builder`` may hold what stands above it."""
    parts = _groups(clean_text(text))
    body = _body(parts)
    groups = _join_wrapped(parts, body)
    numbered = sum(map(_is_numbered, groups)) > 1
    builder = builder or DocumentBuilder()
    title = file_title(url) if _has_no_title(groups) else ""
    open_list = False
    level = 2
    edge = -1  # where the heading stands that reaches as far as the text further in below it; -1: none does
    for index, group in enumerate(groups):
        following = groups[index + 1] if index + 1 < len(groups) else None
        if marked := _marked_level(group, numbered=numbered):
            level, open_list, edge = marked, False, -1
            builder.heading(level, group[0])
            title = title or " ".join(group[0].split())
            continue
        if len(group) == 1 and not BULLET.match(group[0]):
            line = " ".join(group[0].split())
            if not title:
                title = line if len(line) <= _MAX_TITLE else ""
                if title and following and _is_heading(line, following):
                    builder.heading(1, line)
                    title = line
                    continue
                title = title if title and looks_like_heading(line) else file_title(url)
            outside = not body or indent_of(group[0]) < body
            over = following is not None and _is_over(group[0], following, body)
            if following and outside and (over or _is_heading(line, following)):
                indent = indent_of(group[0])
                level = 3 if body and indent else 2
                edge = indent if over else min(edge, indent - 1)
                builder.heading(level, line)
                open_list = bool(BULLET.match(following[0]))
                continue
        title = title or file_title(url)
        in_list = all(BULLET.match(line) for line in group)
        if open_list and not in_list:
            builder.close(level)  # a heading over a list ends with it
            open_list = False
        if not in_list and (indent := indent_of(group[0])) <= edge:
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
    words = re.sub(r"_+|(?<!\d)-+|-+(?!\d)", " ", name).strip()  # 2025-05-14 is a day
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
            if group and bool(BULLET.match(line)) != bool(BULLET.match(group[-1])) and not line.startswith("   "):
                groups.append([])
            if group and _is_clause(line) and (_is_clause(group[0]) or group[-1][-1] in ".:;"):
                groups.append([])
            if len(group) == 1 and _is_underlined([*group, line]):
                group.append(line)
                groups.append([])
                continue
            groups[-1].append(line)
    return [group for group in groups if group]


def _is_clause(line: str) -> bool:
    """Whether the line begins a numbered clause; "3.5 tonnes" is an amount."""
    found = _CLAUSE.match(line)
    return found is not None and found[1].isupper()


def _is_underlined(group: list[str]) -> bool:
    """Whether the group is a heading and what underlines it; a rule below a sentence parts it from the next."""
    if len(group) != 2 or group[1] == RULE:
        return len(group) == 2
    if not _UNDERLINE.fullmatch(group[1]) or COLUMNS.search(group[0]) or indent_of(group[0]) != indent_of(group[1]):
        return False
    line, length = group[0].strip(), len(group[1].strip())
    if length == len(line) <= MAX_HEADING:
        return any(map(str.isalpha, line))
    return looks_like_heading(line) and length * 2 >= len(line)


def _marked_level(group: list[str], *, numbered: bool) -> int:
    """The level of a heading that is underlined, or numbered where headings are; 0 for any other group."""
    if _is_underlined(group):
        return 1 if group[1].strip()[0] == "=" else 2
    return 2 if numbered and _is_numbered(group) else 0


def _is_numbered(group: list[str]) -> bool:
    """Whether the group is a line such as ``2  Loading``: a heading, where there are several."""
    return len(group) == 1 and _SECTION.match(group[0]) is not None and looks_like_heading(group[0])


def _body(groups: list[list[str]]) -> int:
    """How far in the text below headings at the margin stands; 0 where there are none."""
    for group, following in zip_longest(groups, groups[1:], fillvalue=list[str]()):
        below = group[1:] or following
        if below and _is_over(group[0], below, 0):
            return indent_of(below[0])
    return 0


def _has_no_title(groups: list[list[str]]) -> bool:
    """Whether the page begins with the first of several headings in capitals, which is none of the whole page."""
    over = [
        len(group) == 1 and not BULLET.match(group[0]) and _is_over(group[0], below, 0)
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
        if table_of(group) or _is_underlined(group):
            joined.append(group)
        elif len(group) > 1 and _is_over(group[0], group[1:], body):
            joined.append(group[:1])
            left.append(group[1:])
        elif any(map(BULLET.match, group)):
            items: list[list[str]] = []
            for line in group:
                if items and not BULLET.match(line):
                    items[-1].append(line.strip())
                else:
                    items.append([line])
            joined.append([" ".join(item) for item in items])
        elif (terms := terms_of(group)) and all(map(is_explained, terms)):
            joined += terms
        elif is_paragraph(group) and len(line := one_line(group)) > MAX_HEADING:
            joined.append([line])
        else:
            joined.append(group)
    return joined


def _is_over(line: str, below: list[str], body: int) -> bool:
    """Whether a line is the heading of what stands further in below it.

    It is in capitals at the margin, or stands between that and the text below such headings. Names of columns over
    columns are none.
    """
    indent = indent_of(line)
    return (
        (line.isupper() if indent == 0 else indent < body)
        and looks_like_heading(line)
        and all(indent_of(other) > indent for other in below)
        and not (COLUMNS.search(line) and any(map(COLUMNS.search, below)))
    )


def _is_heading(line: str, following: list[str]) -> bool:
    """Whether a line that stands alone is the heading of the group after it."""
    return looks_like_heading(line) and (
        len(following) == 1 or bool(BULLET.match(following[0])) or len(following[0].strip()) > MAX_HEADING
    )


def _add_group(builder: DocumentBuilder, group: list[str]) -> None:
    if rows := table_of(group):
        for row in rows[1:]:
            builder.row(row, rows[0])
        return
    base: int | None = None
    for line in [one_line(group)] if is_paragraph(group) else group:
        if bullet := BULLET.match(line):
            indent = len(bullet["indent"])
            base = indent if base is None else min(base, indent)
            number = int(bullet["number"]) if bullet["number"] else None
            builder.item(line[bullet.end() :], (indent - base) // 2, number)
        elif led := _led(line):
            builder.row([led[1]], [led[0]])
        else:
            builder.paragraph(line)


def _led(line: str) -> tuple[str, str] | None:
    """A name and the figure that dots lead to, such as ``Half pallet ........ 500 kg``; None for any other line."""
    parts = [part.strip() for part in _LEADERS.split(line)]
    if len(parts) != 2 or not all(parts):
        return None
    name, value = parts
    is_led = (name[-1].isalnum() or name[-1] in ").:") and _VALUE.match(value) and value[-1] not in ".!?"
    return (name, value) if is_led else None
