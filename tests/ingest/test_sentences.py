from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["One ends.", "Two begins!", "Is this three?", "Yes…", "Well."],
        ["Dr. Smith met Prof. A. B. Jones on 3 Jan. 2020 in the U.S. office.", "They spoke."],
        ["Open until 5 p.m.", "The office is closed on Sunday."],
        ["He said “stop.”", "She went on (as one does.)", "Then it ended."],
        ["Version 2.0 costs 3.50 euro, see no. 5, i.e. the last.", "Done."],
        ["Katso esim. Sivu 3.", "Loppu."],
        ["これは文です。", "次の文です。"],
        ["no end mark at all"],
    ],
)
def test_sentences_end_where_a_reader_would_end_them(parts: list[str]) -> None:
    joined = "".join(parts) if parts[0].startswith("こ") else " ".join(parts)

    assert sentences(joined) == parts


@given(st.text(st.sampled_from("ab A.!? \n\t\"')1。"), max_size=60))
def test_spans_hold_all_that_is_not_white_space(text: str) -> None:
    spans = split_sentences(text)
    last = 0
    for start, end in spans:
        assert last <= start < end
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip()
        last = end
    assert not text[last:].strip()


@pytest.mark.parametrize(
    "text",
    [
        "Call ext. 4021 for help.", "Work remotely max. 3 days a week.", "The price is 20 euros excl. VAT.",
        "Soita puh. 09 4245 arkisin.", "Öppet kl. 9–17 alla dagar.", "It is in Art. 12 of the law.",
        "Hinta alk. 5 € päivä.",
        "J.K. Rowling spoke.",
    ],
)  # fmt: skip
def test_abbreviations_before_figures_and_initials_end_no_sentence(text: str) -> None:
    assert split_sentences(text) == ((0, len(text)),)


def test_the_same_letters_at_a_sentences_end_do_end_it() -> None:
    assert len(split_sentences("It takes 5 min. Then it is done.")) == 2


def test_dots_that_lead_to_a_figure_end_no_sentence() -> None:
    text = "Half pallet .......... 500 kg"

    assert split_sentences(text) == ((0, len(text)),)
