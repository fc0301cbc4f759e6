"""A page's bytes → text, whatever its encoding."""

from __future__ import annotations

import codecs
import re

from ingest.errors import PageError
from ingest.types import Page

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What browsers read. Left to itself, charset-normalizer takes Finnish in Windows-1252 for an old Macintosh's Icelandic.
_OF_THE_WEB = [
    *(f"cp{number}" for number in range(1250, 1259)),
    *("big5", "cp866", "cp874", "euc_jp", "euc_kr", "gb18030", "iso2022_jp", "koi8_r", "koi8_u", "shift_jis"),
]
# By Python's names. What is declared as one of these is read as the wider one by browsers, and mostly is that one.
_WIDER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874"}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def decode(page: Page) -> str:
    """The page's text. Raises ``PageError`` when the page is empty or is no text at all.

    A byte order mark decides; then UTF-8 if it fits; then the declared charset; then what charset-normalizer finds.
    """
    body = page.body
    if not body.strip():
        raise PageError(f"{page.url!r} is empty", hint="fill the page, or leave it out with the source's `exclude`")
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    if b"\0" in body[:65_536]:
        raise PageError(
            f"{page.url!r} is not a text file (it holds zero bytes)", hint="leave it out with the source's `exclude`"
        )
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared := charset_of(page.media_type):
        try:
            return decode_as(body, declared)
        except (LookupError, UnicodeDecodeError):
            pass  # the declaration is wrong: look at the bytes
    from charset_normalizer import from_bytes

    best = from_bytes(body[:262_144], cp_isolation=_OF_THE_WEB).best()
    if best is None:
        raise PageError(f"{page.url!r} is in no encoding that could be recognised", hint="save it as UTF-8")
    return body.decode(best.encoding, "replace")


def charset_of(media_type: str) -> str:
    """The charset that a media type declares; empty where it declares none."""
    declared = _CHARSET.search(media_type)
    return declared[1] if declared else ""


def decode_as(body: bytes, charset: str, errors: str = "strict") -> str:
    """The bytes in a declared charset, as browsers read it; UTF-8 that is declared as a charset of single bytes, too.

    Raises ``LookupError`` for a charset that is not known, ``ValueError`` where the bytes are none of it.
    """
    name = codecs.lookup(charset).name
    if name not in _WIDER:
        return body.decode(name, errors)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(_WIDER[name], "replace")
