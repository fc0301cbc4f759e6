from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from index.conversation import leans
from index.embedding.vectors import Vectors
from index.keywords.wordings import Wordings
from index.search import Searcher, SearchOptions, idf
from index.types import Hit
from ingest.errors import StoreEmptyError
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Chunk
from tests.index.building import Built, page


@pytest.fixture
def filled(built: Built) -> Built:
    text = "The {0} office pays for {1} and asks for a {2} receipt. Nobody else pays for {1} there."
    cities, things = ("Turku", "Oulu", "Vaasa", "Espoo", "Kuopio"), ("trains", "lunches", "phones", "chairs")
    built.write({
        f"{city}.md": f"# {city}\n\n" + "\n\n".join(text.format(city, thing, "signed") for thing in things)
        for city in cities
    })  # fmt: skip
    built.sync()
    return built


def literal(built: Built, queries: list[str], options: SearchOptions) -> dict[str, float]:
    """The fusion, spelled out: over every chunk, with the cosine worked out anew and BM25 from an index of its own."""
    everything = list(built.stores.ledger.all_chunks(built.stores.ledger.collection))
    keywords = Wordings(None)
    keywords.put(built.stores.ledger.all_pages(built.stores.ledger.collection))
    keywords.commit("1")
    languages = {document.language for _, document in everything}
    passages = built.encoder.encode_documents([chunk.embedded for chunk, _ in everything])
    questions = built.encoder.encode_queries(queries)
    scores: dict[str, float] = {}
    for row, query in enumerate(queries):
        weight = 1.0 if row == 0 else (options.leaning_weight if leans(queries[0]) else options.history_weight)
        bm25 = keywords.chunks.search(query, languages, options.candidates)
        of_page = keywords.pages.search(query, languages, options.candidates)
        for (chunk, _), vector in zip(everything, passages, strict=True):
            cosine = float(np.dot(vector, questions[row]))
            words = options.keyword_weight * bm25.get(chunk.id, 0.0) / max(bm25.values(), default=1.0)
            words += options.page_weight * of_page.get(chunk.url, 0.0) / max(of_page.values(), default=1.0)
            scores[chunk.id] = scores.get(chunk.id, 0.0) + weight * (cosine + words)
    return scores


@pytest.mark.parametrize(
    "history", [(), ("Who pays for trains?",), ("Tell me of Oulu", "Who pays for lunches?")], ids=["none", "one", "two"]
)
def test_scores_are_the_cosine_and_the_scaled_bm25_of_passage_and_page_with_the_history_blended_in(
    filled: Built, history: tuple[str, ...]
) -> None:
    options = SearchOptions(candidates=100)
    question = "which receipt does the Oulu office ask for"
    expected = literal(filled, [question, *(["\n".join([*history, question])] if history else [])], options)
    hits = Searcher(filled.stores, filled.encoder, options).search(question, history, k=100)

    assert {hit.chunk.id for hit in hits} == set(expected)
    for hit in hits:
        assert hit.score == pytest.approx(expected[hit.chunk.id], abs=1e-4)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_the_parts_of_a_score_are_the_last_questions_own(filled: Built) -> None:
    options = SearchOptions(candidates=100)
    question, history = "who pays for phones", ("Tell me of Turku",)
    searcher = Searcher(filled.stores, filled.encoder, options)
    alone = {hit.chunk.id: hit for hit in searcher.search(question, k=100)}
    blended = {hit.chunk.id: hit for hit in searcher.search(question, history, k=100)}

    assert alone.keys() == blended.keys()
    for chunk_id, hit in blended.items():
        assert hit.dense == pytest.approx(alone[chunk_id].dense, abs=1e-5)
        assert hit.keyword == pytest.approx(alone[chunk_id].keyword, abs=1e-4)
        assert alone[chunk_id].conversation == alone[chunk_id].dense
    assert any(abs(hit.conversation - hit.dense) > 0.01 for hit in blended.values())


def test_few_candidates_of_each_search_still_have_exact_cosines(filled: Built) -> None:
    wide = {hit.chunk.id: hit for hit in Searcher(filled.stores, filled.encoder).search("Vaasa chairs", k=100)}
    narrow = Searcher(filled.stores, filled.encoder, SearchOptions(candidates=2)).search("Vaasa chairs", k=100)

    assert 2 <= len(narrow) <= 4
    for hit in narrow:
        assert hit.dense == pytest.approx(wide[hit.chunk.id].dense, abs=1e-5)


def test_k_is_the_most_that_is_given(filled: Built) -> None:
    everything = filled.searcher.search("Oulu trains", k=100)

    assert [hit.chunk.id for hit in filled.searcher.search("Oulu trains", k=3)] == [h.chunk.id for h in everything[:3]]


def test_an_empty_index_says_what_to_do(built: Built) -> None:
    with pytest.raises(StoreEmptyError) as caught:
        built.searcher.search("anything")
    assert (caught.value.message, caught.value.hint) == ("nothing is indexed yet", "run: footnoted index FOLDER")


@pytest.mark.parametrize("query", ["", "?!", "the of and", "word " * 500, "\0\ud800 𝔘", 'a:"b" AND (c^ OR'])
def test_any_question_can_be_asked(filled: Built, query: str) -> None:
    assert all(isinstance(hit, Hit) for hit in filled.searcher.search(query, k=5))


def test_what_the_stores_hold_and_the_ledger_does_not_list_is_never_found(filled: Built) -> None:
    name = filled.stores.ledger.collection
    (found, *_) = filled.searcher.search("Turku trains", k=1)
    ghost = dataclasses.replace(found.chunk, id="f" * 32)
    filled.stores.collection(name).put([ghost], filled.encoder.encode_documents([ghost.embedded]))
    keywords = filled.stores.refresh_keywords(name)
    keywords.chunks.put([(ghost.id, "en", ghost.embedded)])
    keywords.commit(keywords.holds)

    assert ghost.id in keywords.chunks.search("Turku trains", ["en"], 100)
    assert ghost.id not in {hit.chunk.id for hit in filled.searcher.search("Turku trains", k=100)}


def test_a_search_that_a_sync_overtakes_finds_the_new_version(filled: Built) -> None:
    name = filled.stores.ledger.collection
    nearest = filled.stores.collection(name).nearest
    overtaken: list[int] = []

    def switching(vectors: Vectors, k: int) -> list[dict[str, float]]:
        found = nearest(vectors, k)
        if not overtaken:
            overtaken.append(1)
            filled.write({f"{city}.md": page(city) for city in ("Turku", "Oulu", "Vaasa", "Espoo", "Kuopio")})
            filled.sync()
        return found

    filled.stores.collection(name).nearest = switching  # type: ignore[method-assign]
    hits = filled.searcher.search("Turku0word1 trains", k=100)

    assert overtaken
    assert {hit.chunk.url for hit in hits} == {f"{city}.md" for city in ("Turku", "Oulu", "Vaasa", "Espoo", "Kuopio")}
    assert all("word1" in hit.chunk.text for hit in hits)


def test_a_search_while_a_rebuild_replaces_the_index_finds_every_page(filled: Built) -> None:
    name = filled.stores.ledger.collection
    nearest = filled.stores.collection(name).nearest
    replaced: list[int] = []

    def replacing(vectors: Vectors, k: int) -> list[dict[str, float]]:
        if not replaced:
            replaced.append(1)
            filled.sync(rebuild=True)
        return nearest(vectors, k)

    filled.stores.collection(name).nearest = replacing  # type: ignore[method-assign]
    hits = filled.searcher.search("the office pays", k=100)

    assert replaced
    assert len({hit.chunk.url for hit in hits}) == 5


def test_a_words_rarity_is_its_inverse_document_frequency(filled: Built) -> None:
    total = filled.stores.ledger.count_chunks(filled.stores.ledger.collection)
    rarity = filled.searcher.rarity(["turku", "offic", "nowhere"], "en")

    assert rarity["nowhere"] == pytest.approx(idf(total, 0))
    assert rarity["nowhere"] > rarity["turku"] > rarity["offic"] >= 0
    assert filled.searcher.known(["turku", "nowhere"], "en") == {"turku"}


def test_of_equal_pages_that_which_is_asked_from_comes_first_then_its_section(built: Built) -> None:
    text = "# Hours\n\nThe desk is open from nine to three.\n"
    names = ("hr/desk.md", "hr/pay/desk.md", "it/desk.md")
    built.write(dict.fromkeys(names, text))
    address = "https://intranet.example.org/pages"
    built.sync(FolderSource(FolderOptions(path=built.pages, base_url=f"{address}/"), "pages"))
    searcher = Searcher(built.stores, built.encoder)

    def first(here: str, count: int) -> list[str]:
        return [hit.chunk.url for hit in searcher.search("when is the desk open", here=here)][:count]

    assert first(f"{address}/it/desk.md?from=menu#top", 1) == ["it/desk.md"]
    assert first(f"{address}/hr/pay/desk.md", 1) == ["hr/pay/desk.md"]
    assert set(first(f"{address}/hr/", 2)) == {"hr/desk.md", "hr/pay/desk.md"}
    assert first("https://elsewhere.example.org/pages/it/desk.md", 3) == first("", 3) == sorted(names)


def test_slips_are_mended_by_the_words_of_the_pages(filled: Built) -> None:
    assert filled.searcher.correct("who pays for lunhces in Kuopioo?") == "who pays for lunch in Kuopio?"


def test_chunks_carry_where_they_stand(filled: Built) -> None:
    (hit,) = filled.searcher.search("Espoo chairs", k=1)
    stored = filled.stores.ledger.page(hit.chunk.url)

    assert stored is not None
    assert isinstance(hit.chunk, Chunk)
    assert stored.document.text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
    assert hit.chunk.heading_path == ("Espoo",)
    assert hit.language == "en"
