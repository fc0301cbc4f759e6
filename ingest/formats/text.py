"""Plain text → ``Document``: paragraphs, lists and the headings that lost their mark-up."""

from __future__ import annotations

import re
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


def parse_text(page: Page) -> Document:
    """A plain text page's document. Raises ``PageError`` for an empty or a binary one."""
    return document_from_text(decode(page), page.url)


def document_from_text(text: str, url: str) -> Document:
    """The document of a plain text that was decoded already."""
    groups = _groups(clean_text(text))
    builder = DocumentBuilder()
    title = ""
    open_list = False
    for index, group in enumerate(groups):
        following = groups[index + 1] if index + 1 < len(groups) else None
        if len(group) == 1 and not _BULLET.match(group[0]):
            line = group[0].strip()
            if not title:
                title = line if len(line) <= _MAX_TITLE else ""
                if title and following and _is_heading(line, following):
                    builder.heading(1, line)
                    title = line
                    continue
                title = title if title and _looks_like_heading(line) else file_title(url)
            if following and _is_heading(line, following):
                builder.heading(2, line)
                open_list = bool(_BULLET.match(following[0]))
                continue
        title = title or file_title(url)
        in_list = all(_BULLET.match(line) for line in group)
        if open_list and not in_list:
            builder.close(2)  # a heading over a list ends with it
            open_list = False
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
    return _join_wrapped([group for group in groups if group])


def _join_wrapped(groups: list[list[str]]) -> list[list[str]]:
    """The groups with hard-wrapped lines joined: a paragraph is one line, so is an item with what hangs on it."""
    joined: list[list[str]] = []
    for group in groups:
        if any(map(_BULLET.match, group)):
            items: list[str] = []
            for line in group:
                if items and not _BULLET.match(line):
                    items[-1] = f"{items[-1]} {line.strip()}"
                else:
                    items.append(line)
            joined.append(items)
        elif len(group) > 1 and _is_wrapped(group):
            joined.append([" ".join(line.strip() for line in group)])
        else:
            joined.append(group)
    return joined


def _is_wrapped(group: list[str]) -> bool:
    lengths = [len(line) for line in group]
    if any(map(_DATED.search, group)):
        return False  # headlines of a feed
    return (
        40 <= median(lengths[:-1]) <= 110
        and max(lengths) <= 130
        and sum(map(_looks_like_heading, group[:-1])) < len(group) - 1
    )


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
        len(following) == 1 or bool(_BULLET.match(following[0])) or len(following[0]) > _MAX_HEADING
    )


def _add_group(builder: DocumentBuilder, group: list[str]) -> None:
    base: int | None = None
    for line in group:
        if bullet := _BULLET.match(line):
            indent = len(bullet["indent"])
            base = indent if base is None else min(base, indent)
            number = int(bullet["number"]) if bullet["number"] else None
            builder.item(line[bullet.end() :], (indent - base) // 2, number)
        else:
            builder.paragraph(line)
