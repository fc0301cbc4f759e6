"""From evidence to an outcome: two calibrated probabilities, one against a fixed bar, one against the operator's.

Both are logistic regressions over the signals named in ``Logistic``, fit on gold questions of two sites with a
hundred of their own words' questions; ``docs/measurements.md`` has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.question.kinds import only_counts
from assistant.question.question import Question
from assistant.question.topic import content_terms, text_terms
from assistant.ranking.evidence import Evidence
from assistant.ranking.ranking import Ranked, showable
from assistant.reader.reading import probability
from assistant.types import Outcome

_LOOKED_AT = 8  # units whose best reading counts as evidence of the topic
_NAMELESS = 1.0  # log-odds that the reading of a line counts less which holds none of the question's names
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


# Two views of the topic, both of which must hold. By words alone it is all or nothing: far-off questions and real ones
# lie apart (area under the curve .996). What the reader adds is whether anything there speaks to the question; its bias
# is moved so that .5 refuses 1 of 85 answerable questions.
_TOPIC_BY_WORDS = Logistic(bias=-8.2, dense=20.0, covered=10.0, unseen=-3.0)
_TOPIC_AS_READ = Logistic(bias=-2.05, dense=10.0, unseen=-1.26, named=1.89, read=1.69)
_ANSWER = {
    True: Logistic(bias=-2.4, dense=0.96, covered=0.4, in_setting=2.6, typed=0.05, read=0.6),
    False: Logistic(bias=-3.67, dense=1.83, covered=1.11, in_setting=2.82, typed=0.68),
}
# A who-question about a named thing needs a line that speaks of the thing and of what it asks: the share of its words
# below which no line does, and the reading above which one answers all the same.
_TOGETHER, _READ_ALL_THE_SAME = 0.4, 0.5
_PLAINLY = 1.0  # reading from which a line answers, whatever heading stands empty elsewhere

# How likely at most an answer is in pages that do not know what the question names, and a way to reach someone in a
# line that gives none.
_ABOUT_ANOTHER = 0.3


def judge(
    question: Question, evidence: Evidence, ranked: Sequence[Ranked], threshold: float, *, was_read: bool
) -> Verdict:
    """The outcome. ``threshold`` (0 to 1) is how sure to be before saying *answered*; abstaining is judged apart.

    ``was_read`` says whether a reader's opinion is among the signals.
    """
    if not ranked:
        return Verdict("abstained", 0.0, 0.0)
    best = ranked[0]
    # A line that holds none of the question's names answers as well for another thing as for what was named.
    reading = max(unit.read - (0.0 if unit.named else _NAMELESS) for unit in ranked[:_LOOKED_AT])
    topic = _weigh(_TOPIC_BY_WORDS, evidence, evidence.covered, best, reading)
    if was_read:
        topic = min(topic, _weigh(_TOPIC_AS_READ, evidence, evidence.covered, best, reading))
    # A line that only introduces is evidence, and what is shown in its place has to answer as well.
    answer = min(_answers(question, evidence, line, was_read) for line in (best, showable(ranked)[0]))
    if _is_left_open(evidence, best) or topic < 0.5 or _speaks_of_another(question, ranked):
        return Verdict("abstained", topic, answer)
    return Verdict("answered" if answer >= threshold else "partial", topic, answer)


def _answers(question: Question, evidence: Evidence, line: Ranked, was_read: bool) -> float:
    """How likely a line is to answer."""
    answer = _weigh(_ANSWER[was_read], evidence, line.covered, line, line.read)
    if (
        evidence.stranger
        or _holds_no_name(question, line)
        or (evidence.short and _is_of_the_earlier(question, line))
        or (question.answer_type == "contact" and not line.typed)
        or only_counts(question, line.unit.text)
    ):
        return min(answer, _ABOUT_ANOTHER)
    return answer


def bounded(read: float) -> float:
    """A reading's log-odds within what says more than its bound."""
    return max(_LEAST_READ, min(_MOST_READ, read))


def _weigh(weights: Logistic, evidence: Evidence, covered: float, best: Ranked, read: float) -> float:
    return probability(
        weights.bias
        + weights.dense * evidence.dense
        + weights.covered * covered
        + weights.unseen * evidence.unseen
        + weights.in_setting * best.in_setting
        + weights.named * best.named
        + weights.typed * best.typed
        + weights.read * bounded(read)
    )


def _is_left_open(evidence: Evidence, best: Ranked) -> bool:
    """Whether a page has a heading for the thing and nothing under it, and no other page speaks of it plainly."""
    elsewhere = best.unit.page.document.url not in evidence.empty
    return bool(evidence.empty) and not (elsewhere and best.named == 1.0 and best.read >= _PLAINLY)


def _is_of_the_earlier(question: Question, best: Ranked) -> bool:
    """Whether the best line, with its headings, holds none of the question's own words: an earlier one found it."""
    language = best.unit.page.document.language
    own = content_terms(question.text, language)
    return bool(own) and not text_terms(f"{best.unit.setting}\n{best.unit.text}", language) & set(own)


def _holds_no_name(question: Question, best: Ranked) -> bool:
    """Whether a question gives several names and the best line, with its headings, holds none of them."""
    return len(question.names) > 1 and best.named == 0


def _speaks_of_another(question: Question, ranked: Sequence[Ranked]) -> bool:
    """Whether no unit holds both the names of a who-question and what it asks of them ("the rector of Helsinki")."""
    if question.answer_type != "person" or not question.names:
        return False
    near = ranked[: 2 * _LOOKED_AT]
    together = max(unit.in_setting * unit.named for unit in near)
    return together < _TOGETHER and max(unit.read for unit in near) < _READ_ALL_THE_SAME
