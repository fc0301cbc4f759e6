from __future__ import annotations

import pytest

from ingest.media import DOCX, HTML, MARKDOWN, PDF, is_asset, media_type_of, served_type


@pytest.mark.parametrize(
    ("content_type", "url", "kind"),
    [
        ("text/html; charset=UTF-8", "https://x.example/", "text/html; charset=UTF-8"),
        ("TEXT/HTML;charset=utf-8;boundary=x", "https://x.example/", "text/html; charset=utf-8"),
        ("application/octet-stream", "https://x.example/a.pdf?v=2", PDF),
        ("application/zip", "https://x.example/a.docx", DOCX),
        ("text/plain", "https://x.example/README.md", MARKDOWN),
        ("text/plain; charset=utf-8", "https://x.example/notes", "text/plain; charset=utf-8"),
        ("", "https://x.example/a.html", HTML),
        ("image/png", "https://x.example/a.html", None),
        ("application/octet-stream", "https://x.example/a.bin", None),
        ("", "https://x.example/", None),
    ],
)
def test_the_type_is_the_header_s_unless_it_says_nothing(content_type: str, url: str, kind: str | None) -> None:
    assert served_type(content_type, url) == kind


def test_pictures_and_archives_are_no_pages() -> None:
    assert is_asset("https://x.example/a/Photo.JPG?size=2")
    assert not is_asset("https://x.example/a/page.html")
    assert media_type_of("a/Photo.JPG") is None
