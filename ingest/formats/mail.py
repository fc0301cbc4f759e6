"""A saved e-mail (EML) → ``Document``."""

from __future__ import annotations

import dataclasses
import html
import re
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from ingest.blocks import DocumentBuilder
from ingest.clean import one_line
from ingest.errors import PageError
from ingest.formats.decode import decode_as
from ingest.formats.plain.text import RULE, document_from_text, file_title
from ingest.formats.web.html import document_from_html
from ingest.types import Document, Page

_WROTE = re.compile(r"\b(?:wrote|kirjoitti|skrev)\b.{0,120}:$", re.IGNORECASE)
_WHOLE = re.compile(r"(?:On|Den) |(?=.*\b20\d\d\b)\S+ \S+ .*\b(?:wrote|kirjoitti|skrev)\b", re.IGNORECASE)
_SENT = re.compile(
    r"^( *\*?(?:From|Lähettäjä|Från):\*? .*\n *\*?(?:Sent|Date|Lähetetty|Päivämäärä|Skickat|Datum):\*? .*)$",
    re.MULTILINE,
)
_QUOTED = re.compile(r"(?:> ?)+")
_MAX_AUTHOR = 300  # letters of what says who wrote
_MOST_LINES = 3  # that it is wrapped into
_HINT = "save its attachments beside it, or leave it out with the source's `exclude`"


def parse_mail(page: Page) -> Document:
    """A mail's document: who wrote to whom and when, then the text. Attachments are not read.

    Raises ``PageError`` for a file that holds no mail or no text.
    """
    if not page.body.strip():
        raise PageError(f"{page.url!r} is empty", hint=_HINT)
    message = message_from_bytes(page.body, policy=policy.default)
    title = _header(message, "subject") or file_title(page.url)
    said = [f"{name}: {value}" for name in ("From", "To", "Date") if (value := _header(message, name))]
    body = message.get_body(("plain", "html"))
    text = "" if body is None or not said else _content(body)
    document = None
    if text.strip() and body is not None and body.get_content_type() == "text/html":
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in said)
        document = document_from_html(f"<html><body>{lines}<div>{text}</div></body></html>", page.url)
    elif text.strip():
        builder = DocumentBuilder()
        for line in said:
            builder.paragraph(line)
        document = document_from_text(_with_authors(text, said[0]), page.url, builder)
    if document is None:
        raise PageError(f"{page.url!r} holds no mail, or one without text", hint=_HINT)
    return dataclasses.replace(document, title=title)


def _with_authors(text: str, sender: str) -> str:
    """The text with who wrote an earlier mail as the heading of what is quoted or forwarded from it."""
    own, *forwarded = _SENT.split(text.replace("\r\n", "\n"))
    parts = [_without_marks(own, sender)]
    for head, said in zip(forwarded[::2], forwarded[1::2], strict=True):
        author = " ".join(head.split())
        parts += [f"{author}\n{RULE}", _without_marks(said, author)]
    return "\n\n".join(parts)


def _without_marks(text: str, sender: str) -> str:
    """The text with a heading that says who wrote in place of the ``>``; as it is where that is not known of a part."""
    lines: list[str] = []
    authors = {0: sender}  # who wrote what stands behind so many marks
    depth = 0
    for line in text.split("\n"):
        found = _QUOTED.match(line)
        marks, said = (found[0].count(">"), line[found.end() :]) if found else (0, line)
        if said.strip() and marks != depth:
            if marks > depth and (author := _take_author(lines)):
                authors = {**{level: name for level, name in authors.items() if level < marks}, marks: author}
            if marks not in authors:
                return text
            lines += ["", authors[marks], RULE, ""]
            depth = marks
        lines.append(said)
    return "\n".join(lines)


def _take_author(lines: list[str]) -> str:
    """What ends the text so far if it says who wrote what follows, and is then taken away; else nothing."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for start in range(end - 1, max(end - _MOST_LINES, 0) - 1, -1):
        if not lines[start].strip():
            break
        author = " ".join(" ".join(lines[start:end]).split())
        alone = start == end - 1 and (start == 0 or not lines[start - 1].strip())
        if _WROTE.search(author) and (alone or _WHOLE.match(author)) and len(author) <= _MAX_AUTHOR:
            del lines[start:]
            return author
    return ""


def _header(message: EmailMessage, name: str) -> str:
    try:
        value = str(message.get(name, ""))
    except (AttributeError, IndexError, ValueError):  # Python's own reading of addresses trips over some that are none
        value = next((raw for held, raw in message.raw_items() if held.lower() == name.lower()), "")
    return one_line(str(value))


def _content(body: MIMEPart) -> str:
    payload = body.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return decode_as(payload, body.get_content_charset("us-ascii"), "replace")
    except (LookupError, ValueError):  # an unknown charset
        return payload.decode("utf-8", "replace")
