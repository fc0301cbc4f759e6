from __future__ import annotations

import re

from hypothesis import given

from ingest.blocks import DocumentBuilder, cells_of, read_blocks
from tests.ingest.documents import check_form
from tests.ingest.test_chunk import BLOCKS, built


def test_blocks_are_read_back_as_they_were_written() -> None:
    builder = DocumentBuilder()
    builder.paragraph("Before any heading.")
    builder.heading(1, "Leave", "leave")
    builder.paragraph("Who may take it:")
    builder.item("staff")
    builder.item("guests", depth=1)
    builder.item("third", number=3)
    builder.page_break(2)
    builder.heading(2, "Days", "days")
    builder.row(["A", "", "24"], ["Grade", "Place", "Days:"])
    builder.code("a = 1\n\n  b = 2\n")
    document = check_form(builder.build("page", "Title"))

    assert [(b.kind, document.text[b.start : b.end], b.depth) for b in read_blocks(document)] == [
        ("paragraph", "Before any heading.", 0),
        ("heading", "Leave", 0),
        ("paragraph", "Who may take it:", 0),
        ("item", "staff", 0),
        ("item", "guests", 1),
        ("item", "third", 0),
        ("heading", "Days", 0),
        ("row", "Grade: A | Days: 24", 0),
        ("code", "a = 1\n      b = 2", 0),
    ]
    assert [(s.heading_path, s.anchor, s.page_number) for s in document.sections] == [
        ((), None, None),
        (("Leave",), "leave", None),
        (("Leave", "Days"), "days", 2),
    ]


def test_a_rows_cells_stand_where_they_are_told_to() -> None:
    builder = DocumentBuilder()
    builder.paragraph("Grades")
    builder.row(["A", "24 | 25", "yes"], ["Grade", "Days", ""])
    document = builder.build("page", "Title")

    cells = cells_of(document.text, read_blocks(document)[1])
    assert [document.text[start:end] for start, end in cells] == ["Grade: A", "Days: 24 / 25", "yes"]


def test_a_paragraph_that_looks_like_an_item_or_a_row_is_none() -> None:
    builder = DocumentBuilder()
    for text in ("- a dash", "1. a number", "| a bar"):
        builder.paragraph(text)
    document = builder.build("page", "Title")

    assert [(b.kind, document.text[b.start : b.end]) for b in read_blocks(document)] == [
        ("paragraph", "- a dash"),
        ("paragraph", "1. a number"),
        ("paragraph", "| a bar"),
    ]


def test_an_outer_heading_closes_the_inner_ones() -> None:
    builder = DocumentBuilder()
    for level, text in ((1, "A"), (3, "B"), (2, "C"), (1, "D")):
        builder.heading(level, text)

    paths = [section.heading_path for section in builder.build("page", "Title").sections]
    assert paths == [("A",), ("A", "B"), ("A", "C"), ("D",)]


def test_what_follows_a_closed_section_belongs_to_the_one_around_it() -> None:
    builder = DocumentBuilder()
    builder.heading(1, "A")
    builder.heading(2, "B")
    builder.paragraph("in B")
    builder.close(2)
    builder.paragraph("in A")

    assert [s.heading_path for s in builder.build("page", "Title").sections] == [("A",), ("A", "B"), ("A",)]


def test_the_digest_follows_all_that_the_index_depends_on() -> None:
    def digest(title: str = "T", text: str = "x", heading: str = "H", anchor: str | None = None) -> str:
        builder = DocumentBuilder()
        builder.heading(1, heading, anchor)
        builder.paragraph(text)
        return builder.build("page", title).digest

    assert digest() == digest()
    assert len({digest(), digest("U"), digest(text="y"), digest(heading="I"), digest(anchor="a")}) == 5


@given(BLOCKS)
def test_any_blocks_keep_to_the_plain_form(blocks: list[tuple[object, ...]]) -> None:
    document = built(blocks)
    covered = "".join(document.text[block.line_start : block.end] for block in read_blocks(document))

    assert re.sub(r"\s", "", covered) == re.sub(r"\s", "", document.text)
    assert "".join(document.text[s.start : s.end] for s in document.sections) == document.text
    for block in read_blocks(document):
        assert block.line_start <= block.start <= block.end
