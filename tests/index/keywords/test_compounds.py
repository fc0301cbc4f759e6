"""Words that a question writes as two and the pages as one, or the reverse."""

from __future__ import annotations

import pytest

from index.keywords.compounds import Compounds
from index.keywords.keyword_index import KeywordIndex


def read(query: str, *pages: str, language: str = "en") -> str:
    keywords = KeywordIndex(None)
    keywords.put((str(number), language, page) for number, page in enumerate(pages))
    keywords.commit("1")
    compounds = Compounds(keywords, [language], lambda ids: [pages[int(identity)] for identity in ids])
    return compounds.as_written(query)


@pytest.mark.parametrize(
    ("query", "page", "told"),
    [
        ("Who edits the web sites?", "The website is old.", "Who edits the web-sites?"),
        ("Who edits the websites?", "The web site is old.", "Who edits the web-sites?"),
        ("my e mail", "Any email will do.", "my e-mail"),
        ("the wi fi", "The WiFi is free.", "the wi-fi"),
    ],
)
def test_a_word_gets_a_hyphen_where_the_pages_write_it_otherwise(query: str, page: str, told: str) -> None:
    assert read(query, page) == told


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("a web site", "The web site is old."),
        ("the website", "The website and the web site are old."),
        ("the carpet", "Park the car. A pet is welcome."),
        ("the carpet", "Keep a pet in the car."),
        ("the log file", "A log-file is kept."),
        ("how pay changed over time", "Overtime is paid."),
        ("Where is PowerPoint?", "A power point is under every desk."),
        ("Is overtime paid?", "Pay grows over time."),
        ("can I phone them", "An iPhone is lent."),
        ("the self-service desk", "The servicedesk is open."),
    ],
)
def test_other_words_are_left_as_they_are(query: str, page: str) -> None:
    assert read(query, page) == query
