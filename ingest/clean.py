"""Text as a reader should see it: Unicode in one form, no invisible controls, none of the debris of page exports."""

from __future__ import annotations

import html
import re
import unicodedata

# Bidi overrides can make shown text read otherwise than it is stored; zero-width characters hide in words and break
# search. Zero-width joiners stay: scripts and emoji need them.
_CONTROLS = "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f"
_HIDDEN = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
_INVISIBLE = re.compile(f"[{_CONTROLS}{_HIDDEN}\ud800-\udfff]")
_PLAIN = re.compile(r"[\n -~]*")  # nothing of which there is to change
_LINE_ENDS = re.compile("\r\n?|\u0085|\u2028|\u2029")
# Letters that print as one sign: nobody types them, so a word would not be found.
_LIGATURE = re.compile("[\ufb00-\ufb06\u0132\u0133]")
_RAISED = str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")

# Tags that only lay a page out. A tag with an event handler, or one that runs something, is kept as the text it is:
# shown escaped, it tells the reader what the page says and can do no harm.
_INLINE = "a|abbr|b|em|font|i|nobr|small|span|strong|sub|sup|u|wbr"
_BLOCK = (
    "article|blockquote|br|button|center|details|div|figcaption|figure|footer|h[1-6]|header|hr|img|label|li|ol|p|picture"
    "|section|source|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_LAYOUT_TAG = re.compile(rf"</?(?:{_INLINE}|{_BLOCK})(?=[\s/>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})\b", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_HANDLER = re.compile(r"[\s/\"]on\w+\s*=", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

# A feed exported without its mark-up runs a headline into the end of its page's file name and a time stamp.
_FEED_STAMP = re.compile(
    r"(?P<slug>[^\s\"”]{0,200}\.(?:aspx|html?|php)|)(?P<day>\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z(?=[<\s]|$)"
)


def clean_text(text: str) -> str:
    """The text in Unicode NFC, with plain letters, line ends and spaces and without invisible control characters."""
    if _PLAIN.fullmatch(text):
        return text
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    text = _LIGATURE.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), text)
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ").replace("\u202f", " ").replace("\t", "    "))


def one_line(text: str) -> str:
    """The clean text on one line, with single spaces."""
    return " ".join(clean_text(text).split())


def has_letters(text: str, least: int) -> bool:
    """Whether the text has so many letters. Most have them at the beginning; only where not, all of it is looked at."""
    return any(sum(map(str.isalpha, part)) >= least for part in (text[: 4 * least], text))


def raised(text: str) -> str:
    """What stands above the line: figures so that "20 €" with note 1 does not read "20 €1", words as they are."""
    return text.strip().translate(_RAISED) if re.fullmatch(r"\s*[+\u2212-]?[0-9]+\s*", text) else text


def is_layout_tag(tag: str) -> bool:
    """Whether a tag lays the page out and says nothing, so that it can be dropped from text."""
    return _LAYOUT_TAG.fullmatch(tag) is not None and not has_handler(tag)


def has_handler(tag: str) -> bool:
    """Whether a tag has an event handler among its attributes; what stands in their values is none."""
    return _HANDLER.search(_QUOTED.sub('""', tag)) is not None


def strip_debris(line: str) -> list[str]:
    """The readable parts of a line of exported web text, in order, each said once.

    Layout tags part the line; a feed's file name is dropped and its time stamp becomes the headline's date. Example:
    ``News'-of-the-day.aspx2016-11-27T22:00:00Z<img src="x">News`` gives ``["News (2016-11-27)"]``.
    """
    line = _COMMENT.sub("", line)
    if "<" not in line and not _FEED_STAMP.search(line):
        return [part] if (part := html.unescape(line).strip()) else []
    parts: list[str] = []
    days: dict[str, str] = {}
    headline, day = "", ""
    for piece in _split_at_tags(line):
        stamp = _FEED_STAMP.search(piece)
        text = " ".join(html.unescape(piece[: stamp.start()] if stamp else piece).split())
        if day and text and text.startswith(headline):  # here the headline stands whole, or for the first time
            parts = [part for part in parts if part != headline]
            days[text] = day
        headline, day = (text, stamp["day"]) if stamp else ("", "")
        if text and text not in parts:
            parts.append(text)
        if text and day:
            days[text] = day
    return [f"{part} ({days[part]})" if part in days else part for part in parts]


def _split_at_tags(line: str) -> list[str]:
    """The stretches of text between the images and blocks of a line; inline tags leave no trace."""
    pieces = [""]
    position = 0
    for tag in _LAYOUT_TAG.finditer(line):
        if has_handler(tag.group()):
            continue
        pieces[-1] += line[position : tag.start()]
        position = tag.end()
        if not _INLINE_TAG.match(tag.group()):
            pieces.append("")
    pieces[-1] += line[position:]
    return pieces
