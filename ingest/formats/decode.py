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
    if declared := _CHARSET.search(page.media_type):
        try:
            return body.decode(declared[1])
        except (LookupError, UnicodeDecodeError):
            pass  # the declaration is wrong: look at the bytes
    from charset_normalizer import from_bytes

    best = from_bytes(body[:262_144], cp_isolation=_OF_THE_WEB).best()
    if best is None:
        raise PageError(f"{page.url!r} is in no encoding that could be recognised", hint="save it as UTF-8")
    return body.decode(best.encoding, "replace")
