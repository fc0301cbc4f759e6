"""A page's bytes → text, whatever its encoding."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from ingest.errors import PageError
from ingest.language import likelihood
from ingest.types import Page

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

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
# Which languages are written in what, where a text mostly of plain letters fits several: "på Åland" is "pĺ Ĺland", too.
_LATIN = {
    "cp1252": frozenset(("da", "de", "en", "es", "fi", "fr", "is", "it", "nl", "no", "pt", "sv")),
    "cp1250": frozenset(("bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq")),
    "cp1254": frozenset(("az", "tr")),
    "cp1257": frozenset(("et", "lt", "lv")),
}
# By Python's names. What is declared as one of these is read as the wider one by browsers, and mostly is that one.
_WIDER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874"}
_PLAIN, _HIGH, _CONTROLS = re.compile(rb"[A-Za-z]"), re.compile(rb"[\x80-\xff]"), re.compile(rb"[\x00-\x08\x0e-\x1f]")
_PARTS = re.compile(rb"[<>\r\n]+|(?<=[.!?])\s")
_TELLING = 262_144  # bytes
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
    encoding = _guessed(body)
    if not encoding:
        raise PageError(f"{page.url!r} is in no encoding that could be recognised", hint="save it as UTF-8")
    return body.decode(encoding, "replace")


def _guessed(body: bytes) -> str:
    """The encoding that charset-normalizer finds; of Latin ones that fit as well the one of the text's language.

    Looked at is what tells them apart: lines and sentences that are not all plain letters, without tags and what is in
    English beside them.
    """
    from charset_normalizer import from_bytes

    telling = b"\n".join(part for part in _PARTS.split(body) if _HIGH.search(part))[:_TELLING]
    found = from_bytes(telling, cp_isolation=_OF_THE_WEB)
    best = found.best()
    if len(_PLAIN.findall(telling)) > len(_HIGH.findall(telling)):
        if best is not None:
            fits = [one.encoding for one in found if _fits_as(one, best)]
        else:  # too short for it to tell anything
            fits = [] if _CONTROLS.search(telling) else list(_LATIN)
        if latin := [encoding for encoding in _LATIN if encoding in fits]:
            return max(latin, key=lambda encoding: likelihood(telling.decode(encoding, "replace"), _LATIN[encoding]))
    return best.encoding if best else ""


def _fits_as(one: CharsetMatch, best: CharsetMatch) -> bool:
    """Whether one is as likely as the best; of two Latin ones the languages that it takes them for say too little."""
    return one.chaos == best.chaos and (best.encoding in _LATIN or one.coherence == best.coherence)


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
