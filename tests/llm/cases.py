"""Replies that are right and wrong, told by a scripted server and read back as what a user would see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.checker.verify import Checker
from assistant.language_model.generate import generate, read_reply
from assistant.language_model.llm import LanguageModel
from assistant.language_model.options import LlmOptions
from assistant.question.question import read_question
from assistant.quoting import Footnotes
from assistant.types import Statement
from assistant.units.units import Unit, units_of
from index.types import Hit
from tests.index.building import Built
from tests.llm.server import Asked, Script, ScriptedServer

FALLBACK = Statement("note", "quoted instead")


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what the model replies; ``place`` is a stretch of the passage that [#] stands for."""

    number: int
    question: str
    place: str
    reply: str
    kind: str = "right"
    tuned: bool = False

    @property
    def kept_aside(self) -> bool:
        """Whether the checker was made without looking at it."""
        return self.number % 3 == 2 and not self.tuned

    @property
    def sentence(self) -> str:
        """What would be shown."""
        return re.sub(r"\s*\[[^\]]*\]", "", self.reply)


def read_cases(name: str) -> list[Case]:
    """The cases of a file beside this one."""
    listed = yaml.safe_load((Path(__file__).parent / name).read_text("utf-8"))
    return [
        Case(
            number,
            entry["question"],
            entry["from"],
            entry["reply"],
            entry.get("kind", "right"),
            entry.get("tuned", False),
        )
        for number, entry in enumerate(listed)
    ]


class Bench:
    """Asks a model about the documents of an index and keeps what would be shown."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.checker = Checker()
        self._open = ExitStack()
        self._case: Case | None = None
        self._model: LanguageModel | None = None

    def close(self) -> None:
        """Stop the server that says the cases' replies."""
        self._open.close()

    def hits(self, question: str, place: str) -> list[Hit]:
        """What is found for a question, with the passage that holds ``place`` among it."""
        found = self.built.searcher.search(question, k=12)
        if any(place in hit.chunk.text for hit in found):
            return found
        wanted = next(hit for hit in self.built.searcher.search(place, k=50) if place in hit.chunk.text)
        return [*found[:11], wanted]

    def shown(self, case: Case) -> tuple[list[Statement], Footnotes]:
        """The statements shown when a server replies as the case says."""

        self._case = case
        if self._model is None:  # one server and one client for all cases: making them takes longer than a case
            self._model = _model_at(self._open.enter_context(ScriptedServer(self._script).running()).url)
        return self._told(case.question, self.hits(case.question, case.place), self._model)

    def _script(self, asked: Asked) -> Script:
        assert self._case is not None
        return Script(self._case.reply.replace("[#]", f"[{asked.number_of(self._case.place)}]"))

    def ask(
        self,
        question: str,
        hits: Sequence[Hit],
        url: str,
        options: LlmOptions | None = None,
        best: Unit | None = None,
    ) -> tuple[list[Statement], Footnotes]:
        """The statements shown for a question about these passages."""
        return self._told(question, hits, LanguageModel(options) if options else _model_at(url), best)

    def units(self, hits: Sequence[Hit]) -> list[Unit]:
        """What can be quoted of passages."""
        return units_of(hits, self.built.stores.ledger.pages({hit.chunk.url for hit in hits}))

    def _told(
        self, question: str, hits: Sequence[Hit], model: LanguageModel, best: Unit | None = None
    ) -> tuple[list[Statement], Footnotes]:
        ledger = self.built.stores.ledger
        pages = ledger.pages({hit.chunk.url for hit in hits})
        footnotes = Footnotes(ledger.chunk_ranges(pages))
        said = generate(
            read_question(question),
            hits,
            units_of(hits, pages),
            footnotes,
            model,
            self.checker,
            lambda: [FALLBACK],
            best,
        )
        return list(said), footnotes


def _model_at(url: str) -> LanguageModel:
    return LanguageModel(LlmOptions(base_url=url, model="scripted", prompt_tokens=8000, context_window=16000))


def sentences(reply: str) -> list[str]:
    """The sentences of a reply that came in one piece."""
    return [said.text for said in read_reply(iter([reply]))]
