from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from string import Formatter

import pytest

from ui.chat.shell import MARKS, SCRIPT_WORDS
from ui.language import ENGLISH, LANGUAGES, language_for, words_in, words_table
from ui.web.widget import WIDGET_WORDS

UI = Path(__file__).parents[2] / "ui"
PYTHON_KEY = re.compile(r"""(?:words|MARKS|self)(?:\[|\.say\(\s*)["'](\w+)["']""")


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", words_table())
def test_every_word_stands_in_every_language_with_the_same_gaps(key: str) -> None:
    texts = words_table()[key]
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() == text and text for text in texts.values())
    assert len({frozenset(gaps(text)) for text in texts.values()}) == 1
    assert key == "date" or len(set(texts.values())) == len(LANGUAGES), "one is not translated"


@pytest.mark.parametrize("key", words_table())
def test_no_word_would_end_the_script_or_the_attribute_that_it_stands_in(key: str) -> None:
    assert not re.search(r"""["<>\\&]""", "".join(words_table()[key].values()))


def test_every_word_asked_for_is_there_and_every_word_there_is_asked_for() -> None:
    asked = {key for module in UI.rglob("*.py") for key in PYTHON_KEY.findall(module.read_text())}
    by_outcome = {key for key in words_table() if key.startswith(("label_", "note_"))}
    by_choice = {"missing_gone", "missing_loading", "months"}
    assert asked | by_outcome | by_choice | set(SCRIPT_WORDS) | set(WIDGET_WORDS) == set(words_table())


def test_the_scripts_have_the_words_that_they_show() -> None:
    names = ("chat.js", "kept.js", "footnotes.js", "thumbs.js", "embed.js", "pass.js", "account.js", "line.js")
    source = "".join((UI / "static" / name).read_text() for name in names)
    assert set(re.findall(r"\bwords\.(\w+)", source)) == set(SCRIPT_WORDS)
    widget = (UI / "static" / "widget.js").read_text()
    assert set(re.findall(r"\bwords\.(\w+)", widget)) == set(WIDGET_WORDS)


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        (None, None, "en"),
        ("fi", "sv", "fi"),
        ("sv-FI", None, "sv"),
        ("de", "fi-FI,fi;q=0.9,en;q=0.8", "fi"),
        (None, "en;q=0.5, sv;q=0.9", "sv"),
        (None, "de-DE,de;q=0.9", "en"),
        (None, "sv;q=0, fi;q=0.1", "fi"),
        (None, "fi;q=much,sv", "sv"),
        ("<script>", ",;,q=1", "en"),
        (None, "x," * 5000 + "fi", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_or_liked_best(
    asked: str | None, accepted: str | None, language: str
) -> None:
    assert language_for(asked, accepted) == language


def test_dates_are_written_as_people_write_them() -> None:
    day = datetime(2025, 3, 7)
    assert [words_in(language).date(day) for language in LANGUAGES] == [
        "7 March 2025",
        "7. maaliskuuta 2025",
        "7 mars 2025",
    ]
    assert all(len(words_in(language)["months"].split()) == 12 for language in LANGUAGES)


def test_a_gap_is_filled_with_text() -> None:
    assert ENGLISH.say("footnote", number=3) == "Footnote 3"
    assert set(MARKS.table) == set(words_table())
