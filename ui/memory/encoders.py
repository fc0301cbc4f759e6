"""Which embedding model made which index, so that each is searched with its own while another is being built."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from pydantic import BaseModel, TypeAdapter, ValidationError

from index.embedding.gathered import GatheredEncoder
from index.embedding.options import EmbeddingOptions
from index.embedding.vectors import Encoder
from index.ledger.notes import Notes
from ingest.errors import ModelError

FILE_NAME = "encoders.json"


class Made(BaseModel, frozen=True):
    """What made an index: ``encoder`` is the encoder's own recipe, ``options`` those that it was opened with."""

    encoder: str
    options: EmbeddingOptions


_Content = TypeAdapter(dict[str, Made])


class EncoderLog:
    """What made each index, by the recipe in its collection's name.

    A recipe is noted before anything is built by it and never comes to mean another model, so that a process killed
    at any instant leaves nothing wrong. A note that is missing or broken counts as empty.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def made(self, collection: str) -> Made | None:
        """What made a collection, if it is known."""
        return _read(self._notes.read(FILE_NAME)).get(_recipe_in(collection))

    def note(self, collection: str, made: Made) -> None:
        """Keep what makes a collection and those of its recipe; writes nothing where that is known."""

        def with_it(written: str | None) -> str | None:
            known, recipe = _read(written), _recipe_in(collection)
            if known.get(recipe) == made:
                return None
            return _Content.dump_json({**known, recipe: made}, indent=1).decode()

        self._notes.update(FILE_NAME, with_it)


class Encoders:
    """The encoders of a workspace: ``current`` is the settings' own, ``of`` that which made a collection."""

    def __init__(self, notes: Notes, current: Encoder) -> None:
        self.current = current
        self._shared = GatheredEncoder(current)
        self._log = EncoderLog(notes)
        self._lock = threading.Lock()
        self._other: tuple[str, Encoder] | None = None

    def note(self, collection: str, options: EmbeddingOptions) -> None:
        """Keep that the current encoder, opened with these options, makes a collection and those of its recipe."""
        self._log.note(collection, Made(encoder=self.current.recipe, options=options))

    def of(self, collection: str) -> Encoder:
        """The encoder that made a collection, shared by all who ask. Another than the current goes with its collection.

        Raises ``ModelError`` when its files are not those that made the collection any more.
        """
        with self._lock:
            if self._other is not None and self._other[0] == collection:
                return self._other[1]
            made = self._log.made(collection)
            if made is None or made.encoder == self.current.recipe:
                self._other = None
                return self._shared
            self._other = (collection, GatheredEncoder(_opened(made)))
            return self._other[1]


def _read(written: str | None) -> Mapping[str, Made]:
    try:
        return _Content.validate_json(written or "{}")
    except ValidationError:
        return {}


def _recipe_in(collection: str) -> str:
    """``footnoted-<recipe>-<serial>`` → the recipe."""
    return collection.split("-")[1] if collection.startswith("footnoted-") else ""


def _opened(made: Made) -> Encoder:
    from index.embedding.choosing import open_encoder

    encoder = open_encoder(made.options)
    if encoder.recipe != made.encoder:
        raise ModelError(
            f"the embedding model {made.options.model!r} is not the one that the index was made with any more",
            hint="run: footnoted index",
        )
    return encoder
