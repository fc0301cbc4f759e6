from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.blocks import DocumentBuilder, read_blocks
from ingest.chunk import ChunkOptions, TokenCounter, chunk_document
from ingest.types import Chunk, Document, embedded_text
from tests.index.building import BundledCounter

WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40)
PROSE = st.one_of(
    WORDS, st.lists(WORDS, max_size=30).map(" ".join), st.sampled_from(["- x", "| a | b", "1. y", "A: b:"])
)
LONG = st.sampled_from(
    ["x" * 3000, "漢字" * 700, "Sentence one. " * 120, "word " * 600, "🎓" * 500, "https://a/" + "b" * 2000]
)
BLOCKS = st.lists(
    st.one_of(
        st.tuples(st.just("heading"), st.integers(1, 6), st.one_of(PROSE, LONG)),
        st.tuples(st.just("paragraph"), st.one_of(PROSE, LONG)),
        st.tuples(st.just("item"), st.one_of(PROSE, LONG), st.integers(0, 3), st.none() | st.integers(0, 99)),
        st.tuples(st.just("row"), st.lists(PROSE, max_size=4), st.none() | st.lists(PROSE, max_size=4)),
        st.tuples(st.just("code"), st.one_of(PROSE, st.just("a = 1\n\n\tb = 2\n"))),
        st.tuples(st.just("page_break"), st.integers(1, 9)),
    ),
    max_size=14,
)


def built(blocks: Sequence[tuple[object, ...]], title: str = "A page") -> Document:
    builder = DocumentBuilder()
    for name, *arguments in blocks:
        getattr(builder, str(name))(*arguments)
    return builder.build("page", title)


def check_promises(document: Document, chunks: list[Chunk], counter: TokenCounter) -> None:
    """Offsets are exact, chunks cover the text in order without overlap, and the model can read each whole."""
    last = 0
    for position, chunk in enumerate(chunks):
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert chunk.position == position
        assert chunk.start >= last
        assert not document.text[last : chunk.start].strip(), "text between two chunks"
        assert chunk.text.strip()
        last = chunk.end
    assert not document.text[last:].strip(), "text behind the last chunk"
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    lengths = counter.count([embedded_text(chunk.context, chunk.text) for chunk in chunks])
    assert max(lengths, default=0) <= counter.window


def check_left_out(document: Document, chunks: list[Chunk], left_out: Sequence[tuple[int, int]]) -> None:
    """No chunk holds or reaches across what is left out, and all other text stands in one."""
    held = {place for chunk in chunks for place in range(chunk.start, chunk.end)}
    out = {place for start, end in left_out for place in range(start, end)}
    visible = {place for place, character in enumerate(document.text) if not character.isspace()}
    assert not held & out
    assert visible <= held | out
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(blocks=BLOCKS, title=st.one_of(WORDS, LONG), tokens=st.sampled_from([32, 160, 256]))
def test_any_document_is_covered_by_chunks_that_the_model_reads_whole(
    minilm_counter: BundledCounter, blocks: list[tuple[object, ...]], title: str, tokens: int
) -> None:
    document = built(blocks, title)

    check_promises(document, chunk_document(document, minilm_counter, ChunkOptions(tokens=tokens)), minilm_counter)


@pytest.mark.parametrize(
    "text",
    ["x" * 9000, "漢字かな" * 900, "supercalifragilistic" * 400, "- " * 900, "a.b.c." * 500, "🧑‍🎓" * 3000],
    ids=["one word", "Chinese", "long word", "dashes", "dots", "emoji"],
)
def test_text_without_spaces_is_cut_to_the_window(minilm_counter: BundledCounter, text: str) -> None:
    document = built([("heading", 1, "Title"), ("paragraph", text), ("item", text, 0, None), ("row", [text], ["H"])])
    chunks = chunk_document(document, minilm_counter, ChunkOptions())

    assert len(chunks) > 3
    assert max(len(chunk.text) for chunk in chunks) < 5000
    check_promises(document, chunks, minilm_counter)


@pytest.mark.parametrize("words", range(245, 262))
def test_the_window_is_kept_to_the_token(minilm_counter: BundledCounter, words: int) -> None:
    document = built([("paragraph", "word " * words)])
    chunks = chunk_document(document, minilm_counter, ChunkOptions(tokens=256))

    check_promises(document, chunks, minilm_counter)
    assert len(chunks) == (1 if minilm_counter.count(["A page " + "word " * words])[0] <= 256 else 2)


def test_huge_headings_leave_room_for_the_passage(minilm_counter: BundledCounter) -> None:
    huge = "A heading that goes on and on " * 60
    document = built(
        [("heading", 1, huge), ("heading", 2, huge + "two"), ("paragraph", "The fact is here. " * 40)], huge
    )
    chunks = chunk_document(document, minilm_counter, ChunkOptions())

    check_promises(document, chunks, minilm_counter)
    assert all(minilm_counter.count([chunk.context])[0] <= 64 for chunk in chunks)
    assert all(chunk.context for chunk in chunks if "fact" in chunk.text)


def test_the_shipped_pages_keep_both_promises(corpus_documents: list[Document], minilm_counter: BundledCounter) -> None:
    assert len(corpus_documents) == 2
    for document in corpus_documents:
        check_promises(document, chunk_document(document, minilm_counter, ChunkOptions()), minilm_counter)


def test_a_list_stays_with_the_line_that_introduces_it(minilm_counter: BundledCounter) -> None:
    filler = [("paragraph", "Some words of prose that fill the page. " * 12)] * 2
    items = [("item", f"the item called number {n}", 0, None) for n in range(8)]
    chunks = chunk_document(
        built([*filler, ("paragraph", "These are the items:"), *items, *filler]), minilm_counter, ChunkOptions()
    )

    (holding,) = [chunk for chunk in chunks if "These are the items:" in chunk.text]
    assert "number 0" in holding.text
    assert "number 7" in holding.text


@pytest.mark.parametrize("kind", ["paragraph", "item"])
def test_a_question_stays_with_what_answers_it(minilm_counter: BundledCounter, kind: str) -> None:
    rest = (0, None) if kind == "item" else ()
    blocks = [block for n in range(12) for block in (
        (kind, f"Is number {n} allowed?", *rest), ("paragraph", f"Answer {n} says this. " * 14)
    )]  # fmt: skip
    for chunk in chunk_document(built(blocks), minilm_counter, ChunkOptions()):
        for number in re.findall(r"Is number (\d+)", chunk.text):
            assert f"Answer {number} says" in chunk.text


def test_questions_of_one_list_are_parted_as_other_items_are(minilm_counter: BundledCounter) -> None:
    def lengths(mark: str) -> list[int]:
        blocks = [("item", f"Have you thought of the thing with the number {n}{mark}", 0, None) for n in range(60)]
        return [len(chunk.text) for chunk in chunk_document(built(blocks), minilm_counter, ChunkOptions(tokens=100))]

    assert lengths("?") == lengths(".")


def test_a_heading_stays_with_what_it_is_over(minilm_counter: BundledCounter) -> None:
    blocks = [(kind, *rest) for n in range(12) for kind, *rest in (
        ("heading", 2, f"Heading {n}"), ("paragraph", f"Paragraph {n} says this. " * 14)
    )]  # fmt: skip
    for chunk in chunk_document(built(blocks), minilm_counter, ChunkOptions()):
        for number in re.findall(r"Heading (\d+)", chunk.text):
            assert f"Paragraph {number} says" in chunk.text


def test_where_a_passage_stands_is_embedded_and_not_shown(minilm_counter: BundledCounter) -> None:
    headings = [("heading", 1, "Leave"), ("heading", 2, "Sick leave")]
    document = built([*headings, ("paragraph", "Tell your lead. " * 200)], "Handbook")
    first, *rest = chunk_document(document, minilm_counter, ChunkOptions())

    assert first.text.startswith("Leave\n\nSick leave")
    assert rest[-1].context == "Handbook > Leave > Sick leave"
    assert rest[-1].heading_path == ("Leave", "Sick leave")
    assert "Handbook" not in rest[-1].text
    assert rest[-1].embedded == f"{rest[-1].context}\n{rest[-1].text}"


def test_an_edit_changes_the_chunks_around_it_and_no_others(minilm_counter: BundledCounter) -> None:
    blocks = [("paragraph", f"Paragraph {n} has its own words. " * 10) for n in range(40)]
    before = {chunk.id for chunk in chunk_document(built(blocks), minilm_counter, ChunkOptions())}
    blocks[20] = ("paragraph", "This one was written anew, and is longer than it was before. " * 6)
    after = {chunk.id for chunk in chunk_document(built(blocks), minilm_counter, ChunkOptions())}

    assert len(before) > 12
    assert len(after - before) <= 3


def test_text_said_twice_on_a_page_has_two_ids(minilm_counter: BundledCounter) -> None:
    same = ("paragraph", "The very same words once more. " * 20)
    chunks = chunk_document(built([same, same, same]), minilm_counter, ChunkOptions())

    assert len({chunk.id for chunk in chunks}) == len(chunks) == 3
    assert len({chunk.digest for chunk in chunks}) == 1


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(BLOCKS, st.data())
def test_what_is_left_out_is_in_no_chunk_and_everything_else_is(
    minilm_counter: TokenCounter, blocks: list[tuple[object, ...]], data: st.DataObject
) -> None:
    document = built(blocks)
    all_ranges = [(block.line_start, block.end) for block in read_blocks(document)]
    left_out = [place for place in all_ranges if data.draw(st.booleans())]
    for options in (ChunkOptions(), ChunkOptions(tokens=40, small=0)):
        check_left_out(document, chunk_document(document, minilm_counter, options, left_out), left_out)


def test_leaving_out_nothing_changes_nothing(minilm_counter: TokenCounter) -> None:
    document = built([("heading", 1, "A"), ("paragraph", "One."), ("item", "Two"), ("heading", 2, "B")])

    assert chunk_document(document, minilm_counter, ChunkOptions(), ()) == chunk_document(
        document, minilm_counter, ChunkOptions()
    )
