"""From evidence to an outcome: two calibrated probabilities, one against a fixed bar, one against the operator's.

Both are logistic regressions over the signals named in ``Logistic``, fit on gold questions of two sites with a
hundred of their own words' questions; ``docs/measurements.md`` has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence import Evidence, sigmoid
from assistant.ranking import Ranked
from assistant.types import Outcome

_LOOKED_AT = 8  # units whose best reading counts as evidence of the topic
_LEAST_READ, _MOST_READ = -5.0, 4.0  # log-odds beyond which a reading says no more


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence comes to. ``topic``: probability that the pages are about this at all; ``answer``: that what
    would be shown is the answer. Both 0 to 1."""

    outcome: Outcome
    topic: float
    answer: float


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights of the signals; the sum goes through the logistic function.

    ``covered``, ``in_setting``, ``named``, ``typed`` and ``read`` are the best unit's, or for the topic the evidence's
    and the best reading's.
    """

    bias: float
    dense: float = 0.0
    covered: float = 0.0
    unseen: float = 0.0
    in_setting: float = 0.0
    named: float = 0.0
    typed: float = 0.0
    read: float = 0.0


# The bias of the topic's weights is moved so that .5 refuses 2 of 85 answerable questions.
_TOPIC = {
    True: Logistic(bias=2.0, dense=3.03, covered=-2.17, unseen=-4.23, read=1.0),
    False: Logistic(bias=-8.2, dense=20.0, covered=10.0, unseen=-3.0),
}
_ANSWER = {
    True: Logistic(bias=-1.34, dense=0.55, covered=0.8, in_setting=1.39, typed=0.37, read=1.13),
    False: Logistic(bias=-6.0, dense=2.0, covered=4.0, in_setting=3.0, typed=1.0),
}


def judge(evidence: Evidence, ranked: Sequence[Ranked], threshold: float, *, was_read: bool) -> Verdict:
    """The outcome. ``threshold`` (0 to 1) is how sure to be before saying *answered*; abstaining is judged apart.

    ``was_read`` says whether a reader's opinion is among the signals.
    """
    if not ranked:
        return Verdict("abstained", 0.0, 0.0)
    best = ranked[0]
    topic_weights, answer_weights = _TOPIC[was_read], _ANSWER[was_read]
    topic = sigmoid(
        topic_weights.bias
        + topic_weights.dense * evidence.dense
        + topic_weights.covered * evidence.covered
        + topic_weights.unseen * evidence.unseen
        + topic_weights.named * best.named
        + topic_weights.read * _bounded(max(unit.read for unit in ranked[:_LOOKED_AT]))
    )
    answer = sigmoid(
        answer_weights.bias
        + answer_weights.dense * evidence.dense
        + answer_weights.covered * best.covered
        + answer_weights.in_setting * best.in_setting
        + answer_weights.named * best.named
        + answer_weights.typed * best.typed
        + answer_weights.read * _bounded(best.read)
    )
    if evidence.empty or topic < 0.5:
        return Verdict("abstained", topic, answer)
    return Verdict("answered" if answer >= threshold else "partial", topic, answer)


def _bounded(read: float) -> float:
    return max(_LEAST_READ, min(_MOST_READ, read))
