from __future__ import annotations

import pytest

from ingest import media
from ingest.formats.opendocument.document import parse_opendocument, read_opendocument
from ingest.media import is_asset, media_type_of, served_type
from tests.ingest.documents import headings_of, lines_of, page_of
from tests.ingest.formats.opendocument.opendocuments import BOLD, NAMED, h, listed, opendocument, p, read

LISTS = (
    '<text:list-style style:name="L1"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/>'
    '<text:list-level-style-bullet text:level="2" text:bullet-char="◦"/></text:list-style>'
    '<text:list-style style:name="L2">'
    '<text:list-level-style-number text:level="1" style:num-suffix="." style:num-format="1"/>'
    '<text:list-level-style-number text:level="2" style:num-prefix="(" style:num-suffix=")" style:num-format="a"/>'
    '<text:list-level-style-number text:level="3" style:num-format="I" text:start-value="4"/></text:list-style>'
    '<text:list-style style:name="L3">'
    '<text:list-level-style-number text:level="1" style:num-format="1" text:display-levels="1"/>'
    '<text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/></text:list-style>'
)


def text(body: str, styles: str = "", named: str = NAMED, title: str = "") -> list[str]:
    return lines_of(read("text", body, styles=styles, named=named, title=title))


def test_headings_are_sections_under_the_title() -> None:
    body = (
        '<text:sequence-decls><text:sequence-decl text:display-outline-level="0" text:name="Table"/>'
        "</text:sequence-decls>"
        + p("Staff handbook", "P1")
        + p("Read it.")
        + h(1, '<text:bookmark-start text:name="_Toc1"/>Leave<text:bookmark-end text:name="_Toc1"/>')
        + p("Thirty<text:s text:c='2'/>days<text:tab/>a<text:line-break/>year,<text:soft-page-break/> all.")
        + h(2, "Carried over")
        + p('See <text:a xlink:href="https://x.example/">the rules</text:a> and <text:span>Table '
            '<text:sequence text:name="Table" style:num-format="1">1</text:sequence></text:span>.')
        + h(1, "Travel")
    )  # fmt: skip
    styles = '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    document = read("text", body, styles=styles, title="An old title")

    assert document.title == "Staff handbook"
    assert headings_of(document) == [
        (("Staff handbook",), None),
        (("Staff handbook", "Leave"), None),
        (("Staff handbook", "Leave", "Carried over"), None),
        (("Staff handbook", "Travel"), None),
    ]
    assert lines_of(document)[1::2] == ["Read it.", "Thirty days a year, all.", "See the rules and Table 1."]


def test_the_title_is_the_first_heading_else_what_the_file_says_else_its_name() -> None:
    assert read("text", h(1, "Leave") + p("Text."), title="Said").title == "Leave"
    assert read("text", p("Text.") + h(1, "Leave"), title=" Said  so ").title == "Said so"
    assert read("text", p("Text.", "P1")).title == "Staff handbook"  # a style of the pages' edges has that name


def test_a_short_bold_line_is_a_heading() -> None:
    styles = BOLD.format("P2", "paragraph") + BOLD.format("T1", "text")
    body = p("Who to ask", "P2") + p("Anna.") + p('<text:span text:style-name="T1">When</text:span>') + p(
        '<text:span text:style-name="T1">Always</text:span> at noon'
    )  # fmt: skip

    assert headings_of(read("text", body, styles=styles)) == [(("Who to ask",), None), (("When",), None)]


def test_lists_keep_their_depth_and_numbers() -> None:
    bullets = listed(p("Bring") + listed(p("a pen"), p("paper")), p("Rest") + p("well"), style="L1")
    numbers = listed(p("Ask") + listed(p("Anna") + listed(p("soon")), p("Ben")), style="L2")
    body = (
        bullets.replace(
            "<text:list-item>", f"<text:list-header>{p('For the day:')}</text:list-header><text:list-item>", 1
        )
        + numbers
        + p("Then:")
        + listed(p("Wait"), p("Go"), style='L2" text:continue-numbering="true').replace(
            f"<text:list-item>{p('Go')}", f'<text:list-item text:start-value="7">{p("Go")}'
        )
        + listed(p("Again"), style="L2")
    )

    assert text(body, LISTS) == [
        "For the day:",
        "- Bring",
        "  - a pen",
        "  - paper",
        "- Rest well",
        "1. Ask",
        "  - (a) Anna",
        "    - IV soon",
        "  - (b) Ben",
        "Then:",
        "2. Wait",
        "7. Go",
        "1. Again",
    ]


def test_headings_are_numbered_as_they_are_shown() -> None:
    outline = (
        '<text:outline-style style:name="Outline">'
        '<text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>'
        '<text:outline-level-style text:level="3" style:num-format="" style:num-suffix="."/></text:outline-style>'
    )
    unnumbered = '<style:style style:name="P9" style:family="paragraph" style:list-style-name=""/>'
    body = h(1, "Leave") + h(2, "Days") + h(3, "Extra") + h(2, "Pay") + h(1, "Travel") + h(2, "By train") + (
        '<text:h text:style-name="P9" text:outline-level="1">Annex</text:h>'
    ) + h(1, "Notes", ' text:is-list-header="true"')  # fmt: skip
    in_lists = listed(h(1, "One") + p("said"), listed(h(2, "Two")), style="L3")

    assert text(body, unnumbered, NAMED + outline) == [
        "1. Leave", "1.1 Days", "Extra", "1.2 Pay", "2. Travel", "2.1 By train", "Annex", "Notes",
    ]  # fmt: skip
    assert text(in_lists, LISTS) == ["1 One", "said", "1.1 Two"]


def test_what_is_deleted_hidden_or_said_beside_the_text_is_not_read() -> None:
    styles = (
        '<style:style style:name="T2" style:family="text">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="T3" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>A</dc:creator>"
        f"</office:change-info>{p('Deleted.')}</text:deletion></text:changed-region></text:tracked-changes>"
        f"<text:table-of-content><text:index-body>{p('Leave 1')}</text:index-body></text:table-of-content>"
        + p(
            'In <text:span text:style-name="T2">no</text:span><text:span text:style-name="T3">secret</text:span>'
            f"<office:annotation><dc:creator>B</dc:creator>{p('Is it?')}</office:annotation>force."
        )
        + f'<text:section text:name="S" text:display="none">{p("Hidden.")}</text:section>'
        f'<text:section text:name="R">{p("Shown.")}</text:section>'
    )

    assert text(body, styles) == ["In force.", "Shown."]


def test_notes_follow_their_section() -> None:
    def note(said: str) -> str:
        return (
            '<text:note text:id="ftn1" text:note-class="footnote"><text:note-citation>*</text:note-citation>'
            f"<text:note-body>{p(said, 'Footnote')}</text:note-body></text:note>"
        )

    styles = (
        '<style:style style:name="T1" style:family="text">'
        '<style:text-properties style:text-position="super 58%"/></style:style>'
    )
    raised = "<text:span text:style-name='T1'>{}</text:span>".format
    body = h(1, f"Leave{note('Paid.')}") + p(f"20 €{note('In all.')} a m{raised(2)}.") + h(1, "Travel")
    body += p(f"By 19,{raised(90)} the train{note('Second class.')}")

    assert text(body, styles) == [
        "Leave¹",
        "20 €² a m².",
        "¹ Paid.",
        "² In all.",
        "Travel",
        "By 19,90 the train³",
        "³ Second class.",
    ]


def test_text_boxes_are_read_behind_their_paragraph() -> None:
    box = f'<draw:frame draw:name="Frame1"><draw:text-box>{p("Call us.")}</draw:text-box></draw:frame>'
    picture = '<draw:frame><draw:image xlink:href="Pictures/1.png"/><svg:desc>A cat</svg:desc></draw:frame>'

    assert text(p(f"Ask{box} {picture}us.") + listed(p(f"Wait.{box}"), p("Go."))) == [
        "Ask us.", "Call us.", "- Wait.", "Call us.", "- Go.",
    ]  # fmt: skip


def test_the_child_reads_what_we_would() -> None:
    page = page_of(opendocument("text", h(1, "Leave") + p("Thirty days.")))

    assert parse_opendocument(page) == read_opendocument(page)


@pytest.mark.parametrize(("suffix", "kind"), [("odt", media.ODT), ("ods", media.ODS), ("odp", media.ODP)])
def test_files_and_links_of_the_kind_are_read(suffix: str, kind: str) -> None:
    assert media_type_of(f"a/Guide.{suffix.upper()}") == kind
    assert not is_asset(f"https://x.example/guide.{suffix}")
    assert served_type("application/zip", f"https://x.example/guide.{suffix}") == kind
    assert served_type(kind, "https://x.example/download?id=3") == kind
