from __future__ import annotations

import pytest

from ingest.formats.web.markdown import parse_markdown
from ingest.repeats import PageBlocks, page_blocks, ranges_of
from ingest.types import Document
from tests.ingest.documents import page_of

BANNER = "We use cookies to make this site work."


def document(text: str) -> Document:
    return parse_markdown(page_of(text, "text/markdown"))


def left(text: str, *left_out: str) -> list[str]:
    """The page's lines that remain without those blocks."""
    made = document(text)
    digests = {digest for block in left_out for digest in page_blocks(document(block)).digests}
    kept = list(made.text)
    for start, end in ranges_of(made, digests):
        kept[start:end] = " " * (end - start)
    return [line.strip() for line in "".join(kept).splitlines() if line.strip()]


@pytest.mark.parametrize(
    "same", ["we use COOKIES to make this site work", "We use cookies, to make this\nsite work …", f"- {BANNER}"]
)
def test_case_white_space_marks_and_kind_make_no_difference(same: str) -> None:
    assert page_blocks(document(same)).digests == page_blocks(document(BANNER)).digests != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The office is open from 9 to 17 every day.", "The office is open from 10 to 18 every day."),
        ("Write to the people office of Turku.", "Write to the people office of Espoo."),
    ],
)
def test_figures_and_words_make_a_difference(one: str, other: str) -> None:
    assert not set(page_blocks(document(one)).digests) & set(page_blocks(document(other)).digests)


def test_headings_rows_code_and_labels_are_no_boilerplate() -> None:
    text = """# What everybody asks about travelling

| Who may travel abroad | When they may travel abroad |
|---|---|
| Everybody who is employed here | Whenever their manager agrees |

    the_code_that_everybody_uses = every_day_of_the_week

Monday to Friday
"""
    assert page_blocks(document(text)) == PageBlocks((), others=True)
    assert page_blocks(document("# Only a heading that is long enough")) == PageBlocks((), others=False)


def test_a_block_is_left_out_as_a_whole_line() -> None:
    text = f"# Leave\n\nAsk your lead before you go away.\n\n- {BANNER}\n- Tell the others in time.\n"

    assert left(text, BANNER) == ["Leave", "Ask your lead before you go away.", "- Tell the others in time."]


def test_a_heading_goes_with_all_that_is_under_it() -> None:
    text = f"""# Leave

Ask your lead before you go away.

## Cookies

### Ours

{BANNER}

## Pay

### Bonus

## Help

{BANNER}

It costs nothing.
"""
    assert left(text, BANNER) == [
        "Leave", "Ask your lead before you go away.", "Pay", "Bonus", "Help", "It costs nothing."
    ]  # fmt: skip


def test_nothing_is_left_out_without_repeats() -> None:
    made = document(f"# Leave\n\n{BANNER}\n\n## Empty\n")

    assert ranges_of(made, ()) == ()
