"""What one audience sees of a workspace: its own search, assistant and pages, over nothing but its sources."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.answer import Assistant
from assistant.examples import example_questions, next_questions
from assistant.types import Answer, Event
from index.ledger.ledger import Ledger, StoredPage
from index.portion import Portion
from index.search import Searcher
from index.stores import Stores
from index.types import Hit
from ui.http.turns import Admitted, Turns

_KEPT = 16
"""Audiences whose keyword indexes are kept. There are as many as ways in which people share the limited sources."""


class WorkspaceAssistant:
    """The assistant with example questions drawn from the pages it answers from."""

    def __init__(self, assistant: Assistant, ledger: Ledger, turns: Turns) -> None:
        self.answer = assistant.answer
        self._turns = turns
        self._assistant = assistant
        self._ledger = ledger
        self._examples: tuple[int, list[str]] | None = None
        self._spare = threading.Lock()
        self._drawing = threading.Lock()

    def ask(self, question: str, history: Sequence[str] = (), here: str = "") -> Iterator[Event]:
        """The events of one answer. Raises ``BusyError``, at once, when too many are asking."""
        self._turns.enter()
        return Admitted(self._turns, self._assistant.ask(question, history, here))

    def following(self, asked: Sequence[str], answer: Answer) -> list[str]:
        """Questions that the pages of an answer answer too; ``asked`` are those of the conversation.

        Finding them is as much work as some answers: while it is done for one person the others get none, and nobody
        while anyone waits for an answer.
        """
        if self._turns.crowded or not self._spare.acquire(blocking=False):
            return []
        try:
            return next_questions(self._ledger, self._assistant, asked, answer)
        finally:
            self._spare.release()

    def examples(self) -> list[str]:
        """Questions that the pages answer; drawn anew when the index has changed."""
        generation = self._ledger.generation
        with self._drawing:
            if self._examples is None or self._examples[0] != generation:
                self._examples = (generation, example_questions(self._ledger, self._assistant, self._turns.make_way))
            return self._examples[1]


@dataclass(frozen=True, slots=True)
class SeenWorkspace:
    """A workspace as one audience sees it."""

    assistant: WorkspaceAssistant
    ledger: Ledger
    searcher: Searcher
    told: Callable[[], str]
    turns: Turns

    @property
    def state(self) -> str:
        """The workspace's own state."""
        return self.told()

    def search(self, query: str, history: Sequence[str] = (), k: int = 10) -> list[Hit]:
        """The best passages for a question."""
        with self.turns.visit():
            return self.searcher.search(query, history, k)

    def page(self, url: str) -> StoredPage | None:
        """A live page, or None, whether it is not there or not for this audience."""
        return self.ledger.page(url)


class SeenWorkspaces:
    """A workspace by the sources that are seen of it. Nothing that is kept for one is used for another.

    ``searcher`` and ``assistant`` make those parts over the stores and pages they are given.
    """

    def __init__(
        self,
        stores: Stores,
        ledger: Ledger,
        searcher: Callable[[Portion], Searcher],
        assistant: Callable[[Searcher, Ledger], Assistant],
        state: Callable[[], str],
        turns: Turns,
    ) -> None:
        self._stores = stores
        self._ledger = ledger
        self._searcher = searcher
        self._assistant = assistant
        self._state = state
        self._turns = turns
        self._lock = threading.Lock()
        self._kept: OrderedDict[frozenset[str], SeenWorkspace] = OrderedDict()

    def of(self, sources: frozenset[str]) -> SeenWorkspace:
        """The workspace of those sources' pages."""
        with self._lock:
            seen = self._kept.pop(sources, None) or self._make(sources)
            self._kept[sources] = seen
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return seen

    def _make(self, sources: frozenset[str]) -> SeenWorkspace:
        searcher, ledger = self._searcher(Portion(self._stores, sources)), self._ledger.within(sources)
        assistant = self._assistant(searcher, ledger)
        shown = WorkspaceAssistant(assistant, ledger, self._turns)
        return SeenWorkspace(shown, ledger, searcher, self._state, self._turns)
