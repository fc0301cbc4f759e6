"""Listens to answers on their way to whoever asked, and notes them in the question log."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace

from assistant.types import Answer, Event, Finished
from ui.question_log import QuestionLog


def heard(log: QuestionLog | None, question: str, events: Iterator[Event]) -> Iterator[Event]:
    """The same events; the answer that they end with has the ``id`` by which it can be rated.

    Without a log that keeps questions they pass as they are. A question whose answer breaks is noted as failed; one
    whose answer was not waited for is not noted. The time noted is the assistant's own, not that of a slow listener.
    """
    if log is None or not log.keeps:
        yield from events
        return
    identity = secrets.token_urlsafe(16)
    seconds = 0.0
    while True:
        began = time.perf_counter()
        try:
            event = next(events, None)
        except Exception:
            log.note(identity, question, Answer("failed", ()), seconds + time.perf_counter() - began)
            raise
        seconds += time.perf_counter() - began
        if event is None:
            return
        if isinstance(event, Finished):
            log.note(identity, question, event.answer, seconds)
            event = Finished(replace(event.answer, id=identity))
        yield event
