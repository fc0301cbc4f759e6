"""A follow-up question made whole by the language model, where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.checker.figures import find_figures
from assistant.language_model.llm import LanguageModel
from assistant.language_model.prompts import rewrite_messages
from assistant.question.topic import content_terms
from index.conversation import leans
from ingest.errors import ModelError

_MOST_WORDS = 40
_MOST_NEW = 2  # topic words that neither the question nor the ones before it hold


def rewrite(question: str, history: Sequence[str], model: LanguageModel | None) -> str | None:
    """The question as it can be asked by itself; None where the conversation must be blended in instead.

    A question that stands by itself is given back as it is. What the model writes is taken only if it is one
    question made of the conversation's own words: no new name or figure, and nothing of the last question lost.
    """
    if not history or not leans(question):
        return question
    if model is None:
        return None
    try:
        reply = "".join(model.stream(rewrite_messages(question, history)))
    except ModelError:
        return None
    lines = [line.strip().strip('"') for line in reply.split("\n") if line.strip()]
    return lines[0] if len(lines) == 1 and _is_faithful(lines[0], question, history) else None


def _is_faithful(rewritten: str, question: str, history: Sequence[str]) -> bool:
    if len(rewritten.split()) > _MOST_WORDS or not rewritten.endswith("?"):
        return False
    known = " ".join([*history, question])
    words, new = set(content_terms(known, "en")), content_terms(rewritten, "en")
    if not set(content_terms(question, "en")) <= set(new) or sum(word not in words for word in new) > _MOST_NEW:
        return False
    figures = [figure for _, _, figure in find_figures(known)]
    if any(not any(figure.says(other) for other in figures) for _, _, figure in find_figures(rewritten)):
        return False
    names = {word.strip(".,?!'\"") for word in rewritten.split()[1:] if word[:1].isupper()}
    return all(name.lower().removesuffix("'s").removesuffix("’s") in known.lower() for name in names)
