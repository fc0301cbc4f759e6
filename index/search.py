"""A question → ranked passages: vectors and keywords together, the conversation blended in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import log
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pydantic import BaseModel, Field

from index.conversation import leans
from index.embedding.vectors import Encoder, Vectors
from index.keywords.compounds import Compounds
from index.keywords.keyword_index import KeywordIndex
from index.keywords.spelling import correct
from index.ledger.ledger import StoredPage
from index.nearness import nearness
from index.portion import Portion
from index.stores import Stores
from index.types import Hit
from ingest.clean import clean_text
from ingest.errors import StoreEmptyError, StoreError
from ingest.types import Chunk

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

_Counted = TypeVar("_Counted")
Place = tuple[str, int]
"""A collection and its generation."""
_TRIES = 5  # a sync switches every few seconds, a search takes some hundredths of one


class SearchOptions(BaseModel, frozen=True, extra="forbid"):
    """How passages are found."""

    candidates: int = Field(
        50, ge=1, le=1000, description="Passages taken from each of vector and keyword search before they are fused."
    )
    keyword_weight: float = Field(
        0.1, ge=0, le=5, description="Weight of the keyword score (scaled to 1 for the best passage) beside the cosine."
    )
    page_weight: float = Field(
        0.25, ge=0, le=5, description="The same for the keyword score of the passage's whole page."
    )
    history_weight: float = Field(
        0.3, ge=0, le=5, description="Weight of the whole conversation's score beside the last question's."
    )
    leaning_weight: float = Field(
        1.0, ge=0, le=5, description="The same for a question that cannot stand alone, such as `and in New York?`."
    )
    here_weight: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Added to the score of passages of the page that is asked from; half of it for its section.",
    )
    reranker: str = Field(
        "",
        description="A sentence-transformers CrossEncoder, by folder or name on a model hub (fetched once), that reads "
        "the best passages with the question and ranks them anew; empty: none.",
    )
    postprocessors: tuple[str, ...] = Field(
        (),
        description="llama-index node post-processors applied to the ranked passages, each as `module:Class`; the "
        "reranker goes first.",
    )
    reranked: int = Field(20, ge=1, le=500, description="Passages that the reranker and the post-processors are given.")


class Searcher:
    """Searches the collection that serves. Every hit it returns is live in the ledger.

    Over a ``Portion`` of the stores it finds, counts and knows nothing but the pages of that portion's sources.
    ``encoder_of`` gives the encoder that made a collection, where that may be another than ``encoder``.
    """

    def __init__(
        self,
        stores: Stores | Portion,
        encoder: Encoder,
        options: SearchOptions | None = None,
        encoder_of: Callable[[str], Encoder] | None = None,
    ) -> None:
        self._stores = stores
        self._encoder_of = encoder_of or (lambda _: encoder)
        self._options = options or SearchOptions()
        self._spoken: tuple[Place, dict[str, int]] | None = None

    def search(self, query: str, history: Sequence[str] = (), k: int = 10, here: str = "") -> list[Hit]:
        """The best ``k`` passages for a question, best first.

        With ``history`` (earlier questions, oldest first) each passage's score is the last question's own plus
        ``history_weight`` (``leaning_weight`` where it cannot stand alone) times that of all questions joined.
        ``here`` is the address of the page that is asked from: it and its section rank first among equals.
        ``Hit.dense`` and ``Hit.keyword`` are the last question's alone. Raises ``StoreEmptyError`` when nothing is
        indexed.
        """
        place = self._place()
        options = self._options
        count = max(k, options.reranked) if options.reranker or options.postprocessors else k
        queries = [clean_text(query)]
        if history:
            queries.append(clean_text("\n".join([*history, query])))
        vectors = self._encoder_of(place[0]).encode_queries(queries)
        for attempt in range(1, _TRIES + 1):
            try:
                hits = self._hits(place, queries, vectors, count, here)
            except StoreError:  # a rebuild may have replaced and dropped the collection meanwhile
                if attempt == _TRIES or self._place() == place:
                    raise
            else:
                # A switch meanwhile leaves a page with its old passages dropped and its new ones not looked for.
                if attempt == _TRIES or self._place() == place:
                    break
            before, place = place, self._place()
            if place[0] != before[0]:  # the new collection may be another model's
                vectors = self._encoder_of(place[0]).encode_queries(queries)
        return self._reranked(hits, queries)[:k]

    def _reranked(self, hits: list[Hit], queries: Sequence[str]) -> list[Hit]:
        """The best hits as reranker and post-processors leave them; they read a leaning question with the others."""
        options = self._options
        if not options.reranker and not options.postprocessors:
            return hits
        from index.nodes import load_postprocessor, postprocess
        from index.rerank import reranker

        chain: list[BaseNodePostprocessor] = [reranker(options.reranker)] if options.reranker else []
        chain += [load_postprocessor(name) for name in options.postprocessors]
        whole = queries[-1] if leans(queries[0]) else queries[0]
        return postprocess(hits, whole, chain)

    def _place(self) -> Place:
        """The collection that serves and its generation. Raises ``StoreEmptyError`` when nothing is indexed."""
        place = self._stores.ledger.place
        if not place[0]:
            raise StoreEmptyError("nothing is indexed yet", hint="run: footnoted index FOLDER")
        return place

    def _languages(self, place: Place) -> dict[str, int]:
        """How many pages of the collection are in each language; counted once a generation, as that reads them all."""
        counted = self._spoken
        if counted is None or counted[0] != place:
            counted = self._spoken = (place, self._stores.ledger.languages(place[0]))
        return counted[1]

    def _hits(self, place: Place, queries: Sequence[str], vectors: Vectors, k: int, here: str) -> list[Hit]:
        """The best ``k`` candidates for the queries, best first; the first query is the question itself."""
        name = place[0]
        earlier = self._options.leaning_weight if leans(queries[0]) else self._options.history_weight
        weights = [1.0, earlier][: len(queries)]
        languages = self._languages(place)
        keywords, count = self._stores.keywords(*place), self._options.candidates
        nearest = self._stores.collection(name).nearest(vectors, count)
        worded = [keywords.chunks.search(query, languages, count) for query in queries]
        live = self._stores.ledger.standings({chunk_id for found in (*worded, *nearest) for chunk_id in found})
        urls = {standing.url for standing in live.values()}
        dense = self._cosines(name, list(live), nearest, vectors)
        chunks = [keywords.chunks.scores(query, languages, live) for query in queries]
        pages = [_scaled(keywords.pages, query, languages, urls) for query in queries]
        best = [max(scores.values(), default=0.0) or 1.0 for scores in chunks]
        scored = []
        for chunk_id, standing in live.items():
            score = sum(
                weight
                * (
                    dense[i].get(chunk_id, 0.0)
                    + self._options.keyword_weight * chunks[i].get(chunk_id, 0.0) / best[i]
                    + self._options.page_weight * pages[i].get(standing.url, 0.0)
                )
                for i, weight in enumerate(weights)
            )
            if here:
                score += self._options.here_weight * nearness(standing.link or standing.url, here)
            scored.append((-score, standing.url, standing.position, chunk_id))
        best_ids = [chunk_id for *_, chunk_id in sorted(scored)[:k]]
        scores = {chunk_id: -score for score, _, _, chunk_id in scored}
        # All that is shown is read in one transaction; what a switch took away since is looked for anew by ``search``.
        held = self._stores.ledger.live_chunks(best_ids)
        return [
            _hit(
                *held[chunk_id],
                scores[chunk_id],
                [found.get(chunk_id, 0.0) for found in dense],
                chunks[0].get(chunk_id, 0.0),
            )
            for chunk_id in best_ids
            if chunk_id in held
        ]

    def as_written(self, query: str) -> str:
        """The query with a hyphen in the words that the pages write as one and it as two, or the reverse."""
        ledger = self._stores.ledger
        languages = list(self._languages(ledger.place))

        def texts(ids: Iterable[str]) -> list[str]:
            return [chunk.text for chunk, _ in ledger.live_chunks(ids).values()]

        if not languages:
            return query
        return self._counted(lambda keywords: Compounds(keywords, languages, texts).as_written(query))

    def correct(self, query: str) -> str:
        """The query with slips of the keyboard mended by the words of the pages' main language."""
        place = self._stores.ledger.place
        languages = self._languages(place)
        if not languages:
            return query
        main = max(languages, key=lambda language: languages[language])
        is_word = self._encoder_of(place[0]).is_word
        return self._counted(lambda keywords: correct(query, keywords, main, is_word, languages.keys() - {main}))

    def rarity(self, words: Iterable[str], language: str) -> dict[str, float]:
        """How telling each word (as ``stems.terms`` gives it) is: its inverse document frequency, 0 and up.

        BM25's own formula, log(1 + (N - n + .5) / (n + .5)), over the chunks of the serving collection.
        """
        wanted = list(words)

        def count(keywords: KeywordIndex) -> dict[str, float]:
            total = keywords.count()
            return {word: idf(total, keywords.document_frequency(word, language)) for word in wanted}

        return self._counted(count)

    def known(self, words: Iterable[str], language: str) -> set[str]:
        """Those of the words (as ``stems.terms`` gives them) that any passage of the language holds."""
        wanted = list(words)
        return self._counted(lambda keywords: {word for word in wanted if keywords.document_frequency(word, language)})

    def _counted(self, count: Callable[[KeywordIndex], _Counted]) -> _Counted:
        """What is counted in the passages' keyword index of the collection that serves."""
        for attempt in range(1, _TRIES + 1):
            place = self._stores.ledger.place
            try:
                return count(self._stores.keywords(*place).chunks)
            except StoreError:  # a rebuild may have replaced and dropped the collection meanwhile
                if attempt == _TRIES or self._stores.ledger.place[0] == place[0]:
                    raise
        raise AssertionError("unreachable")

    def _cosines(
        self, name: str, ids: list[str], nearest: list[dict[str, float]], vectors: Vectors
    ) -> list[dict[str, float]]:
        """The exact cosine of every candidate with every query, whichever search found it."""
        missing = [chunk_id for chunk_id in ids if any(chunk_id not in found for found in nearest)]
        if not missing:
            return nearest
        stored = self._stores.collection(name).vectors(missing)
        full = [dict(found) for found in nearest]
        for chunk_id, vector in stored.items():
            for row, cosine in enumerate(np.asarray(vectors @ vector)):
                full[row].setdefault(chunk_id, float(cosine))
        return full


def _scaled(keywords: KeywordIndex, query: str, languages: Iterable[str], ids: Iterable[str]) -> dict[str, float]:
    """The keyword scores of some texts, scaled to 1 for the best text of all."""
    best = max(keywords.search(query, languages, 1).values(), default=0.0) or 1.0
    return {identity: score / best for identity, score in keywords.scores(query, languages, ids).items()}


def idf(total: int, holding: int) -> float:
    """Inverse document frequency of a word that ``holding`` of ``total`` passages hold."""
    return log(1 + (total - holding + 0.5) / (holding + 0.5))


def _hit(chunk: Chunk, page: StoredPage, score: float, cosines: Sequence[float], keyword: float) -> Hit:
    return Hit(
        chunk, score, cosines[0], keyword, page.fetched_at, page.changed_at, page.document.language, cosines[-1]
    )  # fmt: skip
