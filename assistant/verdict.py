"""From evidence to an outcome: three calibrated probabilities against one number an operator can move."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.evidence import Evidence, sigmoid
from assistant.question import Question
from assistant.ranking import Ranked
from assistant.types import Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence comes to. ``topic``: probability that the pages are about this at all; ``answer``: that the
    best unit is the answer. Both 0 to 1."""

    outcome: Outcome
    topic: float
    answer: float


# Logistic weights; how they were found is in ARCHITECTURE.md.
_TOPIC = {"bias": -8.2, "dense": 20.0, "covered": 10.0, "unseen": -3.0}
_ANSWER = {"bias": -6.0, "covered": 4.0, "in_setting": 3.0, "typed": 1.0, "dense": 2.0}


def judge(question: Question, evidence: Evidence, ranked: list[Ranked], threshold: float) -> Verdict:
    """The outcome. ``threshold`` (0 to 1) is how sure to be before saying *answered*; abstaining is judged apart."""
    del question
    topic = sigmoid(
        _TOPIC["bias"]
        + _TOPIC["dense"] * evidence.dense
        + _TOPIC["covered"] * evidence.covered
        + _TOPIC["unseen"] * evidence.unseen
    )
    if not ranked or evidence.empty:
        return Verdict("abstained", topic, 0.0)
    best = ranked[0]
    answer = sigmoid(
        _ANSWER["bias"]
        + _ANSWER["covered"] * best.covered
        + _ANSWER["in_setting"] * best.in_setting
        + _ANSWER["typed"] * best.typed
        + _ANSWER["dense"] * evidence.dense
    )
    if topic < 0.5:
        return Verdict("abstained", topic, answer)
    return Verdict("answered" if answer >= threshold else "partial", topic, answer)
