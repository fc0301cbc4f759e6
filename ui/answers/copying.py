"""An answer as text to take away."""

from __future__ import annotations

from markupsafe import Markup

from assistant.types import Answer
from ui.answers.render import page_number, respelt_notes
from ui.language import ENGLISH, Words


def copy_button(answer: Answer, words: Words = ENGLISH) -> Markup:
    """The button that copies an answer with its sources; nothing for one without."""
    if not answer.citations:
        return Markup()
    return Markup('<button type="button" class="copy" data-copy="{}">{}</button>').format(
        copy_text(answer, words), words["copy"]
    )


def copy_text(answer: Answer, words: Words = ENGLISH) -> str:
    """An answer to paste elsewhere: how it was read, its text, each footnote with its quote and address."""
    notes = [
        f"[{citation.number}] "
        f"{', '.join(filter(None, (citation.title or citation.url, page_number(citation, words))))}"
        f"\n“{citation.quote}”\n{citation.link}\n{words.say('fetched', date=words.date(citation.fetched_at))}"
        + (
            f"\n{words.say('also', pages=', '.join(f'{t} {link}' for t, link in citation.also))}"
            if citation.also
            else ""
        )
        for citation in answer.citations
    ]
    return "\n\n".join([*respelt_notes(answer, words), answer.text, *notes])
