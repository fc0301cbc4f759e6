from __future__ import annotations

import pytest

from ingest.site.urls import allowed_hosts, host_of, normalise


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("HTTP://Intranet.Example:80", "http://intranet.example/"),
        ("https://intranet.example:443/a#b", "https://intranet.example/a"),
        ("https://intranet.example:8443/a", "https://intranet.example:8443/a"),
        ("b.html?utm_source=mail&page=2", "https://x.example/dir/b.html?page=2"),
        ("../c", "https://x.example/c"),
        ("/sick leave/ä", "https://x.example/sick%20leave/%C3%A4"),
        ("/already%20made", "https://x.example/already%20made"),
        ("//other.example/d", "https://other.example/d"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
    ],
)
def test_an_address_has_one_form(url: str, made: str) -> None:
    assert normalise(url, "https://x.example/dir/page.html#top") == made


@pytest.mark.parametrize(
    "url",
    [
        "mailto:a@b.example",
        "javascript:alert(1)",
        "ftp://x.example/",
        "http://user:secret@x.example/",
        "http://x:y/",
        "http://[",
        "http://",
    ],
)
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert normalise(url) is None


def test_an_endless_address_is_none() -> None:
    assert normalise("https://x.example/" + "a/" * 1_500) is None


def test_hosts_are_those_named_and_those_of_the_addresses() -> None:
    hosts = allowed_hosts(["Files.example:443", "wiki.example:8080"], ["http://intranet.example/a"])

    assert hosts == {"files.example", "wiki.example:8080", "intranet.example"}
    assert host_of("http://intranet.example:8080/a") not in hosts


@pytest.mark.parametrize("url", ["https://<img src=x>/", "https://a b.example/", 'https://a".example/', "https://a|b/"])
def test_a_host_of_signs_that_no_host_has_is_none(url: str) -> None:
    assert normalise(url) is None
