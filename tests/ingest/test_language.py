from __future__ import annotations

import pytest

from ingest.language import detect_language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The office is closed on Sundays, and the door stays locked until Monday morning."),
        ("fi", "Toimisto on suljettu sunnuntaisin, ja ovi pysyy lukittuna maanantaiaamuun asti."),
        ("sv", "Kontoret är stängt på söndagar och dörren är låst till måndag morgon för alla."),
    ],
)
def test_a_page_of_prose_tells_its_language(language: str, text: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("opening", ["1 234,50\n", "2024-01-01 | 100 | 200\n"])
def test_a_page_that_opens_with_a_table_of_figures_tells_its_language(opening: str) -> None:
    prose = "Toimisto on suljettu sunnuntaisin, ja ovi pysyy lukittuna maanantaiaamuun asti. " * 20
    assert detect_language(opening * (1_200 // len(opening)) + prose) == "fi"


@pytest.mark.parametrize(
    ("language", "rest"),
    [
        ("fi", "Toimisto on suljettu sunnuntaisin, ja ovi pysyy lukittuna maanantaiaamuun asti. " * 45),
        ("", "4 711,00 0815-4711/2020 33 44 55 " * 120),
    ],
)
def test_a_page_that_only_opens_in_english_is_not_taken_for_english(language: str, rest: str) -> None:
    assert detect_language("The office is closed on Sundays. " * 12 + rest) == language


@pytest.mark.parametrize("text", ["", "OK", "12 345 678 90 / 2019-2020 ; 33 44 55 66 77 88 99 00 11 22 33 44"])
def test_too_little_text_tells_none(text: str) -> None:
    assert detect_language(text) == ""


def test_the_shipped_pages_are_english(corpus_documents: list[object]) -> None:
    assert {getattr(document, "language", None) for document in corpus_documents} == {"en"}
