"""Which kinds of page can be read, and how a file's name or a server's header tells one."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit

HTML = "text/html"
XHTML = "application/xhtml+xml"
MARKDOWN = "text/markdown"
TEXT = "text/plain"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
CSV = "text/csv"
TSV = "text/tab-separated-values"
MAIL = "message/rfc822"

READABLE = frozenset((HTML, XHTML, MARKDOWN, TEXT, PDF, DOCX, PPTX, XLSX, ODT, ODS, ODP, CSV, TSV, MAIL))

_SUFFIXES = {
    ".txt": TEXT,
    ".text": TEXT,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".mdx": MARKDOWN,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": XHTML,
    ".pdf": PDF,
    ".docx": DOCX,
    ".pptx": PPTX,
    ".xlsx": XLSX,
    ".odt": ODT,
    ".ods": ODS,
    ".odp": ODP,
    ".csv": CSV,
    ".tsv": TSV,
    ".eml": MAIL,
}
_ALIASES = {"text/x-markdown": MARKDOWN, "application/x-pdf": PDF}
# What servers say of files whose type they do not know; some send Markdown as plain text.
_VAGUE = frozenset(
    ("", "application/octet-stream", "binary/octet-stream", "application/download", "application/zip", TEXT)
)

# Files that pages link to and that hold no page: not asked for at all.
ASSET_SUFFIXES = frozenset(
    (
        *(".7z", ".apk", ".bz2", ".dmg", ".exe", ".gz", ".iso", ".jar", ".msi", ".rar", ".tar", ".tgz", ".xz", ".zip"),
        *(".aac", ".avi", ".flac", ".m4a", ".m4v", ".mkv", ".mov", ".mp3", ".mp4", ".mpeg", ".ogg", ".wav", ".webm"),
        *(".bmp", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".psd", ".svg", ".tif", ".tiff", ".webp", ".wmv"),
        *(".css", ".eot", ".js", ".json", ".otf", ".rss", ".ttf", ".woff", ".woff2", ".xml"),
        *(".csv", ".doc", ".epub", ".ics", ".ppt", ".ps", ".tsv", ".vcf", ".xls"),
    )
)


def media_type_of(path: str) -> str | None:
    """The media type that a file's name tells, or None for a kind of file that cannot be read."""
    return _SUFFIXES.get(PurePosixPath(path.lower()).suffix)


def is_asset(url: str) -> bool:
    """Whether an address names a picture, a film, an archive or another file without a page's text."""
    return PurePosixPath(urlsplit(url).path.lower()).suffix in ASSET_SUFFIXES


def served_type(content_type: str, url: str) -> str | None:
    """The media type of an HTTP answer, its charset kept, or None when it cannot be read.

    A header that says too little (``application/octet-stream``) gives way to the address's suffix.
    """
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().lower()
    kind = _ALIASES.get(kind, kind)
    if kind in _VAGUE:
        kind = media_type_of(urlsplit(url).path) or kind
    if kind not in READABLE:
        return None
    charset = next((p.strip() for p in parameters.split(";") if p.strip().lower().startswith("charset=")), "")
    return f"{kind}; {charset}" if charset else kind
