"""What the web face needs of the parts behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from assistant.types import Answer, Event
from index.types import Hit
from ingest.types import Document
from ui.access.asker import Asker


class StoredPage(Protocol):
    """A live page as the index keeps it."""

    @property
    def document(self) -> Document:
        """The page's cleaned text and sections."""

    @property
    def source(self) -> str:
        """The name of the source that the page came from."""

    @property
    def fetched_at(self) -> datetime:
        """When the page was last read."""

    @property
    def changed_at(self) -> datetime:
        """When its text was last found to differ."""

    @property
    def link(self) -> str | None:
        """The page's public address, or None where it has none."""


class Assistant(Protocol):
    """Answers questions."""

    def ask(self, question: str, history: Sequence[str] = (), here: str = "") -> Iterator[Event]:
        """The events of one answer, the last of them ``Finished``.

        ``history`` holds the earlier questions, ``here`` the address of the page that is asked from.
        """

    def examples(self) -> list[str]:
        """Questions that the pages answer, to show to someone who has not asked yet."""

    def following(self, asked: Sequence[str], answer: Answer) -> list[str]:
        """Questions that the pages of an answer answer too; ``asked`` are those of the conversation."""


class Stated(Protocol):
    """What may still be loading."""

    @property
    def state(self) -> str:
        """``"loading"``, ``"ready"``, ``"broken: <why>"``, or ``"down: <why>"``, which may be over at any moment."""


class Seen(Stated, Protocol):
    """As much of an index as one asker may see, with an assistant that knows nothing else."""

    @property
    def assistant(self) -> Assistant:
        """The assistant; only to be asked for once the state is ready."""

    def search(self, query: str, history: Sequence[str], k: int) -> list[Hit]:
        """The ``k`` best passages, best first."""

    def page(self, url: str) -> StoredPage | None:
        """The live page of this address, or None: what is not there and what is not shown look the same."""


class Workspace(Stated, Protocol):
    """An index, which is only ever looked at as somebody."""

    def seen_by(self, asker: Asker) -> Seen:
        """What an asker may see of it."""
