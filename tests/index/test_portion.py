"""A search over a portion of an index tells no more than an index of those pages alone would."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from index.portion import Portion
from index.search import Searcher, SearchOptions
from index.types import Hit
from ingest.folder import FolderOptions, FolderSource
from tests.index.building import Built

OPEN = {
    f"{city}.md": f"# {city}\n\n"
    + "\n\n".join(
        f"The {city} office pays for {thing} and asks for a signed receipt." for thing in ("trains", "phones")
    )
    for city in ("Turku", "Oulu", "Vaasa")
}
# They use the same words, and far more often, so that they would come first in any search of everything.
LIMITED = {
    f"closed{number}.md": f"# Merger {number}\n\n"
    + "\n\n".join(
        f"The Turku office pays for every receipt {number}x{part} of the zorblax, and for trains and phones."
        for part in range(6)
    )
    for number in range(30)
}
QUERIES = ("which receipt does the Turku office ask for", "zorblax", "who pays for trains", "reciept")


@pytest.fixture
def both(build: Callable[..., Built]) -> Built:
    """An index of two sources, "open" and "closed"."""
    built = build("both")
    return fill(built, {"open": OPEN, "closed": LIMITED})


def fill(built: Built, sources: dict[str, dict[str, str]]) -> Built:
    for name, pages in sources.items():
        built.write({f"{name}/{path}": text for path, text in pages.items()})
    built.sync(*(FolderSource(FolderOptions(path=built.pages / name), name) for name in sources), force=True)
    return built


def portion(built: Built, *sources: str, options: SearchOptions | None = None) -> Searcher:
    return Searcher(Portion(built.stores, frozenset(sources)), built.encoder, options)


def told(hits: list[Hit]) -> list[tuple[str, str, float, float, float]]:
    return [
        (hit.chunk.url, hit.chunk.text, round(hit.score, 4), round(hit.dense, 4), round(hit.keyword, 4)) for hit in hits
    ]


@pytest.mark.parametrize("history", [(), ("who pays for phones?",)], ids=["alone", "follow-up"])
@pytest.mark.parametrize("query", QUERIES)
def test_a_portion_ranks_and_scores_as_an_index_of_its_pages_alone(
    both: Built, build: Callable[..., Built], query: str, history: tuple[str, ...]
) -> None:
    alone = fill(build("alone"), {"open": OPEN}).searcher
    options = SearchOptions(candidates=3)  # so that the other source's passages would take all the places
    mine = portion(both, "open")

    assert told(mine.search(query, history, 100)) == told(alone.search(query, history, 100))
    few = portion(both, "open", options=options).search(query, history, 3)
    assert len(few) == 3
    assert all("Merger" not in hit.chunk.title for hit in few)


def test_its_words_are_counted_spelled_and_known_by_its_pages_alone(both: Built) -> None:
    whole, mine, none = both.searcher, portion(both, "open"), portion(both)

    assert any("Merger" in hit.chunk.title for hit in whole.search("phones zorblax", k=3))
    assert {hit.chunk.title for hit in mine.search("phones zorblax", k=9)} == {"Turku", "Oulu", "Vaasa"}
    assert whole.correct("zorblay") == "zorblax"
    assert mine.correct("zorblay") == "zorblay"
    assert mine.correct("reciept") == "receipt"
    assert whole.known(["zorblax"], "en") == {"zorblax"}
    assert mine.known(["zorblax", "receipt"], "en") == {"receipt"}
    assert len(set(mine.rarity(["zorblax", "unheard"], "en").values())) == 1
    assert (none.search("receipt"), none.correct("reciept"), none.known(["receipt"], "en")) == ([], "reciept", set())


def test_a_page_that_leaves_a_portion_leaves_nothing_of_itself(both: Built) -> None:
    mine = portion(both, "open")
    assert mine.correct("Vasaa") == "vaasa"
    text = (both.pages / "open" / "Vaasa.md").read_text()
    both.remove("open/Vaasa.md")
    both.write({"closed/Vaasa.md": text})
    fill(both, {"open": {}, "closed": {}})

    assert all("Vaasa" not in hit.chunk.text for hit in mine.search("the Vaasa office", k=100))
    assert mine.correct("Vasaa") == "Vasaa"
    assert portion(both, "closed").correct("Vasaa") == "vaasa"


def test_a_ledger_within_sources_knows_no_other_page(both: Built) -> None:
    ledger = both.stores.ledger
    mine, name = ledger.within(frozenset({"open"})), ledger.collection
    shown = {url for url, state in ledger.states(name).items() if state.source == "open"}
    hidden = next(url for url, state in ledger.states(name).items() if state.source == "closed")

    assert set(mine.states(name)) == shown
    assert {document.url for document, _ in mine.all_pages(name)} == shown
    assert ledger.page(hidden) is not None
    assert mine.page(hidden) is None
    assert mine.live_chunks(ledger.chunk_ids(name, [hidden])) == {}
    assert sum(mine.languages(name).values()) == len(shown)
    assert ledger.sources() == {"open", "closed"}
