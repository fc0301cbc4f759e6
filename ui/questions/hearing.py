"""Listens to answers on their way to whoever asked: counts them, and notes them in the question log."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace

from assistant.question.small_talk import is_small_talk
from assistant.types import Answer, Event, Finished
from ui.http.metrics import Door, Metrics
from ui.logs import event as log_event
from ui.questions.question_log import QuestionLog

_log = logging.getLogger(__name__)


def heard(
    log: QuestionLog | None, question: str, events: Iterator[Event], metrics: Metrics | None = None, door: Door = "api"
) -> Iterator[Event]:
    """The same events, counted in ``metrics``; with a log that keeps questions, the answer that they end with has the
    ``id`` by which it can be rated.

    A question whose answer breaks is noted as failed; one whose answer was not waited for is not noted. The time noted
    is the assistant's own, not that of a slow listener.
    """
    metrics = metrics or Metrics()
    keeps = log if log is not None and log.keeps and not is_small_talk(question) else None
    identity = secrets.token_urlsafe(16)
    seconds, ended = 0.0, False
    with metrics.answering.track_inprogress():
        try:
            while True:
                began = time.perf_counter()
                try:
                    event = next(events, None)
                except Exception:
                    ended = True
                    metrics.broke(door)
                    if keeps is not None:
                        keeps.note(identity, question, Answer("failed", ()), seconds + time.perf_counter() - began)
                    raise
                seconds += time.perf_counter() - began
                if event is None:
                    ended = True
                    return
                if isinstance(event, Finished):
                    ended = True
                    _count(event.answer, metrics, door, seconds)
                    if keeps is not None:
                        keeps.note(identity, question, event.answer, seconds)
                        event = Finished(replace(event.answer, id=identity))
                yield event
        finally:
            if not ended:
                metrics.left(door)


def _count(answer: Answer, metrics: Metrics, door: Door, seconds: float) -> None:
    metrics.answered(answer, door)
    if answer.outcome == "failed":
        # The note says which part was down, in our own words.
        _log.warning("a question failed: %s", answer.text)
    log_event(_log, logging.INFO, "answer", outcome=answer.outcome, door=door, seconds=round(seconds, 4))
