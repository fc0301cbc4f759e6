"""How what was chosen is shown, and what is shown in the place of a line that only introduces."""

from __future__ import annotations

from datetime import UTC, datetime

from assistant.answer import PARTIAL_NOTE
from assistant.question.question import read_question
from assistant.quoting import Footnotes, state
from assistant.ranking.ranking import Ranked
from assistant.units.units import Unit
from index.ledger.tables import StoredPage
from ingest.blocks import DocumentBuilder
from tests.assistant.conftest import MakeAssistant

TODAY = datetime(2026, 11, 1, tzinfo=UTC)


def page(
    url: str, title: str, *, rows: tuple[tuple[str, str], ...] = (), lead: str = "", items: str = ""
) -> StoredPage:
    builder = DocumentBuilder()
    builder.heading(1, title)
    if lead:
        builder.paragraph(lead)
    for item in filter(None, items.split(";")):
        builder.item(item)
    for cells in rows:
        builder.row(cells, ("How", "What"))
    return StoredPage(builder.build(url, title, "en"), "pages", None, TODAY, TODAY)


def line(page: StoredPage, text: str, lead: str = "") -> Ranked:
    """A line of a page below its lead, as the ranking gives it."""
    start = page.document.text.index(text)
    parts = [(page.document.text.index(part), page.document.text.index(part) + len(part)) for part in (lead, text)]
    unit = Unit(
        "item" if lead else "row", page, start, start + len(text), tuple(parts if lead else parts[1:]), (), "", 0,
        has_lead=bool(lead),
    )  # fmt: skip
    return Ranked(unit, 1.0, 1.0, 1.0, 1.0, True, 0.0, None)


def said(*lines: Ranked) -> list[str]:
    """What is shown of the lines, where every line stands in a passage of its own."""
    ranges: dict[str, list[tuple[int, int]]] = {}
    for item in lines:
        ranges.setdefault(item.unit.page.document.url, []).extend(item.unit.parts)
    shown = state(read_question("may I lend my laptop"), lines, lines, Footnotes(ranges), bold=False)
    return [statement.text for statement in shown]


def test_a_lead_is_said_again_where_another_pages_row_stands_between_its_items() -> None:
    rules = page("rules.md", "Rules", lead="You may not:", items="Lend your laptop;Share your password")
    courses = page("courses.md", "Courses", rows=(("Train", "Monday"),))
    lend, share = (line(rules, text, "You may not:") for text in ("Lend your laptop", "Share your password"))
    row = line(courses, "How: Train | What: Monday")

    assert said(lend, share) == ["You may not:", "Lend your laptop", "Share your password"]
    assert said(lend, row, share) == [
        "You may not:", "Lend your laptop", "How: Train | What: Monday", "You may not:", "Share your password",
    ]  # fmt: skip


def test_a_footnote_names_the_page_on_which_its_own_words_stand() -> None:
    builder = DocumentBuilder()
    builder.page_break(3)
    builder.paragraph("You may not:")
    builder.page_break(4)
    builder.item("Lend your laptop")
    rules = StoredPage(builder.build("rules.pdf", "Rules", "en"), "pages", "https://a.example/rules.pdf", TODAY, TODAY)
    lend = line(rules, "Lend your laptop", "You may not:")
    notes = Footnotes({"rules.pdf": list(lend.unit.parts)})
    state(read_question("may I lend my laptop"), [lend], [lend], notes, bold=False)

    assert [(note.quote, note.page_number, note.link) for note in notes.made] == [
        ("You may not:", 3, "https://a.example/rules.pdf#page=3"),
        ("Lend your laptop", 4, "https://a.example/rules.pdf#page=4"),
    ]


PERMITS = "# Parking permits\n\nPermits are sold at the desk.\n\nParking permits cost:\n"


def test_what_is_shown_for_a_line_that_only_introduces_has_to_answer_itself(over: MakeAssistant) -> None:
    assistant = over({"permits.md": PERMITS})
    found = assistant.find("What do parking permits cost?")
    assert found.ranked[0].unit.only_leads
    assert found.verdict.outcome == "partial"
    assert "Permits are sold at the desk." in assistant.quote(found).text


def test_a_half_is_told_by_the_line_that_is_shown_for_it(over: MakeAssistant) -> None:
    pages = {"permits.md": PERMITS, "bicycles.md": "# Bicycles\n\nThe bicycle store takes 48 bicycles.\n"}
    answer = over(pages).answer("What do parking permits cost and how many bicycles does the bicycle store take?")
    assert [statement.text for statement in answer.statements] == [
        PARTIAL_NOTE, "Permits are sold at the desk.", "The bicycle store takes 48 bicycles.",
    ]  # fmt: skip
