from __future__ import annotations

from index.ledger.documents import Documents
from ingest.types import Document


def page(url: str, text: str) -> Document:
    return Document(url, url, "en", text, ())


def test_a_document_is_kept_by_its_page_and_digest_and_once() -> None:
    documents, first = Documents(), page("a", "old")
    assert documents.keep("1", first) is first
    assert documents.keep("1", page("a", "old")) is first
    assert documents.get("a", "1") is first
    assert documents.get("a", "2") is None
    assert documents.get("b", "1") is None


def test_those_used_longest_ago_make_room() -> None:
    documents = Documents(most=10)
    for url in "abc":
        documents.keep("1", page(url, "four"))
        documents.get("a", "1")
    assert [documents.get(url, "1") is not None for url in "abc"] == [True, False, True]
    documents.keep("1", page("long", "more than ten characters"))
    assert documents.get("long", "1") is None
    assert documents.get("a", "1") is None
