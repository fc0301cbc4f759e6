"""A workspace over a few documents whose assistant streams prepared answers: everything but the finding is real."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import quote

from assistant.types import Answer, Citation, Event, Finished, Place, Respelling, Said, Searched, Started, Statement
from index.types import Hit
from ingest.blocks import DocumentBuilder
from ingest.errors import BusyError, StoreError
from ingest.types import Chunk, Document
from ui.access.asker import Asker

FETCHED = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
CHANGED = datetime(2025, 11, 2, 8, 0, tzinfo=UTC)

ATTACK = '<script>alert(1)</script><img src=x onerror="alert(2)">'
TEMPLATE_ATTACK = "${alert(3)} {{constructor}} `alert(4)`"


@dataclass(frozen=True, slots=True)
class Page:
    """A stored page."""

    document: Document
    source: str = "pages"
    fetched_at: datetime = FETCHED
    changed_at: datetime = CHANGED
    link: str | None = None


def leave_page() -> Document:
    builder = DocumentBuilder()
    builder.heading(1, "Annual leave")
    builder.paragraph("This page says how leave is earned and taken. It holds for everyone with a contract.")
    builder.heading(2, "How many days")
    builder.paragraph(
        "Ask your supervisor before you book a trip. Everyone earns 30 days of leave a year. "
        "Part-time staff earn theirs by the share of their hours."
    )
    builder.heading(2, "How to ask")
    builder.paragraph("To ask for leave:")
    builder.item("Open the calendar")
    builder.item("Choose the days")
    builder.item("mornings count as half", depth=1)
    builder.item("Send it to your supervisor")
    builder.heading(2, "Carrying over")
    for years, days in (("0–5", "5"), ("6–15", "10"), ("over 15", "15")):
        builder.row([years, days], header=["Years of service", "Days carried over"])
    builder.code("leave --days 5\nleave --show")
    for number in range(20):
        builder.heading(2, f"Rule {number + 1}")
        builder.paragraph("Leave is agreed in writing, and it is kept for as long as the contract holds. " * 3)
    return builder.build("staff/annual-leave.md", "Annual leave", "en")


def attack_page() -> Document:
    builder = DocumentBuilder()
    builder.heading(1, f"Forms {ATTACK}")
    builder.paragraph(f"Write {ATTACK} in the form. {TEMPLATE_ATTACK} is text too.")
    return builder.build("staff/forms.md", f"Forms {ATTACK}", "en")


def web_page() -> Document:
    builder = DocumentBuilder()
    builder.paragraph("Web page text.")
    return builder.build("https://example.org/a b?q=1&r=ä#x", "Web page", "en")


def cite(document: Document, number: int, quoted: str, section: str = "", page_number: int | None = None) -> Citation:
    """The footnote of a quote that stands in a document, with some text around it."""
    start = document.text.index(quoted)
    end = start + len(quoted)
    low = document.text.rfind("\n", 0, start) + 1
    high = document.text.find("\n", end)
    return Citation(
        number=number,
        title=document.title,
        url=document.url,
        link=f"/source/{quote(document.url)}?start={start}&end={end}#passage",
        quote=quoted,
        section=section,
        start=start,
        end=end,
        fetched_at=FETCHED,
        changed_at=CHANGED,
        before=document.text[low:start],
        after=document.text[end : high if high >= 0 else len(document.text)],
        page_number=page_number,
    )


def prepared() -> dict[str, Answer]:
    """Answers by question: one of each outcome, a list, a follow-up and an attack."""
    leave, attack = leave_page(), attack_page()
    days = "Everyone earns 30 days of leave a year."
    days_note = cite(leave, 1, days, "Annual leave > How many days")
    part = "Part-time staff earn theirs by the share of their hours."
    part_note = cite(leave, 2, part, "Annual leave > How many days")
    fact = (days.index("30 days"), days.index("30 days") + len("30 days"))
    steps = ("To ask for leave:", "Open the calendar", "Choose the days", "Send it to your supervisor")
    notes = tuple(
        cite(leave, n, step, "Annual leave > How to ask", page_number=10 + n) for n, step in enumerate(steps, 1)
    )
    told = f"Write {ATTACK} in the form."
    template = f"{TEMPLATE_ATTACK} is text too."
    closest = (
        Place("Annual leave", "/source/staff/annual-leave.md"),
        Place("Holiday houses", "https://example.org/houses"),
    )
    return {
        "How many days of leave do I get?": Answer(
            "answered",
            (Statement("sentence", days, (1,), fact), Statement("sentence", part, (2,))),
            (days_note, part_note),
            timings={"search": 0.01},
            confidence=0.93,
        ),
        "How do I ask for leave?": Answer(
            "answered",
            (
                Statement("lead", steps[0], (1,)),
                *(Statement("item", s, (n,), depth=int(n == 3)) for n, s in enumerate(steps[1:], 2)),
            ),
            notes,
        ),
        "May I take leave as half days?": Answer(
            "partial",
            (
                Statement("note", "The pages don’t say this directly; the closest passage:"),
                Statement("sentence", part, (1,)),
            ),
            (cite(leave, 1, part, "Annual leave > How many days"),),
        ),
        "Who won the ice hockey?": Answer("abstained", (Statement("note", "The pages don’t say."),), closest=closest),
        "Is the store up?": Answer("failed", (Statement("note", "The search index could not be read."),)),
        "Which years of leave carry over?": Answer(
            "answered",
            (
                Statement("lead", "Carrying over:", (1,)),
                *(Statement("row", row, (1,)) for row in ("Years of service: 0–5 | Days carried over: 5", "over 15")),
            ),
            (replace(days_note, also=(("Leave in short", "/source/staff/short.md"), ("Bad", "javascript:alert(6)"))),),
        ),
        "And part-time?": Answer("answered", (Statement("sentence", part, (1,)),), (replace(part_note, number=1),)),
        f"What goes in the form? {ATTACK}": Answer(
            "answered",
            (Statement("sentence", told, (1,)), Statement("sentence", template, (2,))),
            (cite(attack, 1, told, f"Forms {ATTACK}"), cite(attack, 2, template)),
            closest=(Place(ATTACK, "javascript:alert(5)"),),
            respelt=(Respelling(f"Formm {ATTACK}", f"form {ATTACK}"),),
        ),
    }


@dataclass(slots=True)
class ScriptedAssistant:
    """Streams the prepared answers. "What takes long?" waits until another question is asked."""

    answers: Mapping[str, Answer] = field(default_factory=prepared)
    released: threading.Event = field(default_factory=threading.Event)

    def ask(self, question: str, history: Sequence[str] = (), here: str = "") -> Iterator[Event]:
        if question == "Is anybody free?":
            raise BusyError("Too many questions are being asked at this moment.", hint="Ask again in a few seconds.")
        return self._events(question, history, here)

    def _events(self, question: str, history: Sequence[str], here: str) -> Iterator[Event]:
        answer = self.answers.get(question)
        if answer is None or (question.startswith("And ") and not history):
            answer = self.answers["Who won the ice hockey?"]
        if question == "Where do I stand?":
            answer = self.answers["How many days of leave do I get?"]
            answer = replace(
                answer, statements=(*answer.statements, Statement("sentence", f"You stand on {here}.", (1,)))
            )
        yield Started(question)
        if question == "What breaks half-way?":
            raise StoreError("The store went away.", hint="Start it again.")
        if question == "What is not foreseen?":
            raise ZeroDivisionError
        if question == "What takes long?":
            self.released.clear()
            self.released.wait(60)
        self.released.set()
        yield Searched(answer.hits)
        left = list(answer.citations)
        for statement in answer.statements:
            used = tuple(note for note in left if note.number in statement.citations)
            left = [note for note in left if note not in used]
            yield Said(statement, used)
        yield Finished(answer)

    def examples(self) -> list[str]:
        leave = [question for question in self.answers if "leave" in question]
        return [*leave[:3], f"What goes in the form? {ATTACK}"]

    def following(self, asked: Sequence[str], answer: Answer) -> list[str]:
        return [question for question in self.answers if "leave" in question and question not in asked][:2]


@dataclass(slots=True)
class ScriptedWorkspace:
    """A workspace that is whatever state it is given."""

    state: str = "ready"
    assistant: ScriptedAssistant = field(default_factory=ScriptedAssistant)
    pages: dict[str, Page] = field(
        default_factory=lambda: {
            page.document.url: page
            for page in (
                Page(leave_page()),
                Page(attack_page()),
                Page(web_page(), link="https://example.org/a%20b"),
            )
        }
    )

    def seen_by(self, asker: Asker) -> ScriptedWorkspace:
        return self

    def search(self, query: str, history: Sequence[str], k: int) -> list[Hit]:
        hits = []
        for page in self.pages.values():
            document = page.document
            for place, section in enumerate(document.sections):
                text = document.text[section.start : section.end]
                chunk = Chunk(
                    f"{document.url}{place}",
                    document.url,
                    place,
                    document.title,
                    "",
                    section.heading_path,
                    text,
                    section.start,
                    section.end,
                )
                score = sum(word in text.lower() for word in query.lower().split()) / len(query.split())
                hits.append(Hit(chunk, score, dense=score, keyword=score, fetched_at=FETCHED, changed_at=CHANGED))
        return sorted(hits, key=lambda hit: -hit.score)[:k]

    def page(self, url: str) -> Page | None:
        return self.pages.get(url)
