from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from index.keywords.keyword_index import KeywordIndex
from index.keywords.stems import terms
from ingest.errors import StoreError
from tests.index.building import Built, page


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "Employees are reimbursed for travelling", "reimbursing an employee's travels"),
        ("fi", "Työntekijöiden lomista päätetään keväällä", "työntekijän loma"),
        ("sv", "Anställdas semestrar planeras på våren", "planera semester"),
        ("de", "Die Urlaubsanträge werden bearbeitet", "Urlaubsantrag"),
    ],
)
def test_a_word_is_found_in_any_of_its_forms(language: str, text: str, query: str) -> None:
    index = KeywordIndex(None)
    index.put([("a", language, text), ("b", language, "Something else altogether")])
    index.commit("1")

    assert list(index.search(query, [language], 5)) == ["a"]


@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [
        ("en", "Send an email", "e-mails"),
        ("en", "The Wi-Fi of the house", "wifi"),
        ("en", "The wifi of the house", "Wi-Fi"),
        ("en", "The Wi\u2011Fi of the house", "wifi"),
        ("en", "The sign-in page", "signin"),
        ("en", "Saved as UTF-8", "utf8"),
        ("fi", "Viesti tulee e-postiin", "eposti"),
        ("fi", "Viesti tulee epostiin", "e-postissa"),
        ("fi", "Wi-Fi-verkon salasana", "wifi"),
        ("sv", "Skicka e-post till oss", "epost"),
        ("sv", "Skicka epost till oss", "e-posten"),
    ],
)
def test_a_hyphenated_word_is_also_one_word(language: str, written: str, asked: str) -> None:
    index = KeywordIndex(None)
    index.put([("a", language, written), ("b", language, "Something else altogether")])
    index.commit("1")

    assert list(index.search(asked, [language], 5)) == ["a"]


def test_a_hyphenated_word_counts_no_more_than_its_parts() -> None:
    index = KeywordIndex(None)
    index.put([("a", "en", "An e-mail address"), ("b", "en", "A street address")])
    index.commit("1")

    assert index.search("e-mail address", ["en"], 5) == pytest.approx(index.search("e mail address", ["en"], 5))


def test_words_without_meaning_find_nothing() -> None:
    assert terms("It is the and of not", "en") == []
    assert terms("mikä on se ja", "fi") == []
    assert terms("Café NAÏVE Ångström", "xx") == ["cafe", "naive", "angstrom"]


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    index = KeywordIndex(None)
    index.put((str(n), "en", "the policy of the house" + (" on sabbaticals" if n == 3 else "")) for n in range(9))
    index.commit("1")
    found = index.search("sabbatical policy", ["en"], 9)

    assert max(found, key=lambda key: found[key]) == "3"
    assert len(found) == 9


def test_a_text_is_replaced_by_its_id_and_deleted_by_it() -> None:
    index = KeywordIndex(None)
    index.put([("a", "en", "apples"), ("b", "en", "pears")])
    index.commit("1")
    index.put([("a", "fi", "cherries")])
    index.delete(["b", "never there"])
    index.commit("2")

    assert index.count() == 1
    assert index.search("apples pears", ["en", "fi"], 5) == {}
    assert list(index.search("cherries", ["en", "fi"], 5)) == ["a"]


def test_the_scores_of_named_texts_are_those_of_the_search() -> None:
    index = KeywordIndex(None)
    index.put((str(n), "en", f"travel {'far ' * n}and wide") for n in range(1, 9))
    index.commit("1")
    found = index.search("travel far", ["en"], 8)

    assert index.scores("travel far", ["en"], ["3", "7", "never there"]) == pytest.approx(
        {number: found[number] for number in ("3", "7")}
    )
    assert index.scores("nothing of it", ["en"], ["3"]) == index.scores("travel", ["en"], []) == {}


def test_what_is_replaced_or_deleted_counts_until_all_is_put_anew() -> None:
    texts = [(str(n), "en", f"travel {'far ' * n}and wide") for n in range(1, 9)]
    index, fresh = KeywordIndex(None), KeywordIndex(None)
    index.put(texts)
    index.commit("1")
    assert index.worn() == 0
    index.put([("1", "en", "travel by train")])
    index.delete(["2"])
    index.commit("2")
    assert (index.count(), index.worn()) == (7, 2)

    index.empty()
    index.put(texts)
    index.commit("3")
    fresh.put(texts)
    fresh.commit("1")
    assert (index.count(), index.worn()) == (8, 0)
    assert index.search("travel far", ["en"], 8) == fresh.search("travel far", ["en"], 8)


def test_what_is_replaced_or_deleted_after_all_was_put_anew_is_gone() -> None:
    """tantivy's writer counts its operations anew then, and took those after for ones before."""
    index = KeywordIndex(None)
    index.put([(f"a{number}", "en", "one") for number in range(15)])
    index.commit("1")
    index.put([(f"a{number}", "en", "two") for number in range(3)])
    index.commit("2")
    index.delete(["a4", "a5"])
    index.commit("3")

    index.empty()
    index.put([(f"a{number}", "en", "three") for number in range(10)])
    index.commit("4")
    assert index.count() == 10

    index.put([("a0", "en", "four")])
    index.commit("5")
    index.delete(["a1", "a2"])
    index.commit("6")
    assert index.count() == 8
    assert set(index.search("three", ["en"], 20)) == {f"a{number}" for number in range(3, 10)}


def test_an_index_on_disk_says_what_it_holds(tmp_path: Path) -> None:
    index = KeywordIndex(tmp_path / "k")
    assert index.holds == ""
    index.put([("a", "en", "apples")])
    index.commit("7")
    index.close()

    again = KeywordIndex(tmp_path / "k")
    assert again.holds == "7"
    assert list(again.search("apple", ["en"], 5)) == ["a"]
    stamp = tmp_path / "k" / "stamp"
    stamp.write_text(stamp.read_text().replace("5\n", "4\n", 1))  # which held hyphenated words by their parts alone
    assert KeywordIndex(tmp_path / "k").holds == ""
    stamp.write_text("1\n7")
    assert KeywordIndex(tmp_path / "k").holds == ""


def test_an_index_that_is_dropped_during_a_search_is_not_made_anew_by_it(tmp_path: Path) -> None:
    index = KeywordIndex(tmp_path / "keywords")
    index.put([("a", "en", "the policy of the house")])
    index.commit("1")
    index.close()
    shutil.rmtree(tmp_path / "keywords")

    with pytest.raises(StoreError, match="closed meanwhile"):
        index.search("policy", ["en"], 1)
    assert not (tmp_path / "keywords").exists()


def test_the_vocabulary_is_what_the_pages_hold() -> None:
    index = KeywordIndex(None)
    index.put([("a", "en", "travel travels trains"), ("b", "en", "travel")])
    index.commit("1")

    assert index.vocabulary("tr", "en") == ["travel", "train"]
    assert index.document_frequency("travel", "en") == 2


MIXED = {
    "leave.md": "Annual leave: employees earn thirty days of leave each year, and agree on it with their supervisor.",
    "loma.md": "Vuosiloma: työntekijöiden lomista sovitaan esimiesten kanssa. Sairauslomat ilmoitetaan erikseen.",
    "pysakointi.md": "Pysäköintiluvat haetaan vahtimestareilta. Luvat maksavat kaksikymmentä euroa kuukaudessa.",
    "ledighet.md": "Föräldraledighet: anställda som väntar barn anmäler sina ledigheter till personalavdelningen.",
    "semester.md": "Semestrarna planeras på våren tillsammans med cheferna, och kollegorna meddelas.",
    "urlaub.md": "Die Urlaubsanträge der Beschäftigten werden von den Vorgesetzten im Frühjahr bearbeitet.",
}


@pytest.mark.parametrize(
    ("query", "page_found"),
    [
        ("agreeing on an employee's leaves", "leave.md"),
        ("työntekijän lomien sopiminen", "loma.md"),
        ("kenelle ilmoitan sairauslomani", "loma.md"),
        ("pysäköintiluvan maksu", "pysakointi.md"),
        ("anmälan av ledigheten för en anställd", "ledighet.md"),
        ("planera semestern med chefen", "semester.md"),
        ("meinen Urlaubsantrag bearbeiten", "urlaub.md"),
    ],
)
def test_each_page_of_a_mixed_site_is_found_by_other_forms_of_its_words(
    built: Built, query: str, page_found: str
) -> None:
    built.write(MIXED)
    built.sync()
    ledger = built.stores.ledger
    assert ledger.languages(ledger.collection) == {"en": 1, "fi": 2, "sv": 2, "de": 1}

    found = built.stores.keywords(ledger.collection).chunks.search(query, ledger.languages(ledger.collection), 6)
    urls = [chunk.url for chunk, _ in (ledger.live_chunks([chunk_id])[chunk_id] for chunk_id in found)]
    assert urls[0] == page_found
    shared = set(re.findall(r"\w+", query.lower())) & set(re.findall(r"\w+", MIXED[page_found].lower()))
    assert {word for word in shared if len(word) > 4} == set(), "by stems, and not by a word as it stands"


# Beside the ledger ----------------------------------------------------------------------------------------------------


def broken_missing(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        path.unlink()
    folder.rmdir()


def broken_meta(folder: Path) -> None:
    (folder / "meta.json").write_text("{")


def broken_no_meta(folder: Path) -> None:
    (folder / "meta.json").unlink()


def broken_segment(folder: Path) -> None:
    for path in [*folder.glob("*.term"), *folder.glob("*.idx"), *folder.glob("*.store")]:
        path.write_bytes(path.read_bytes()[:10])


def broken_stamp(folder: Path) -> None:
    (folder / "stamp").write_bytes(b"\xff\xfe\0")


@pytest.mark.parametrize("half", ["chunks", "pages"])
@pytest.mark.parametrize("harm", [broken_missing, broken_meta, broken_no_meta, broken_segment, broken_stamp])
def test_an_index_that_is_missing_or_broken_is_made_anew(built: Built, harm: object, half: str) -> None:
    built.write({"ada.md": page("ada"), "bob.md": page("bob")})
    built.sync()
    name = built.stores.ledger.collection
    expected = [
        (hit.chunk.id, round(hit.keyword, 4), round(hit.score, 4))
        for hit in built.searcher.search("bob1word1 ada0word2")
    ]
    built.stores.close()
    harm(built.data / "keywords" / name / half)  # type: ignore[operator]
    built.reopen()

    def found() -> list[tuple[str, float, float]]:
        return [
            (hit.chunk.id, round(hit.keyword, 4), round(hit.score, 4))
            for hit in built.searcher.search("bob1word1 ada0word2")
        ]

    assert found() == expected, "while it cannot be written, one in memory stands in"
    assert not built.stores.keywords(name).on_disk
    built.sync()
    built.reopen()
    assert found() == expected
    assert built.stores.keywords(name).on_disk


def test_an_index_that_is_behind_the_ledger_is_made_anew(built: Built) -> None:
    built.write({"ada.md": page("ada")})
    built.sync()
    folder = built.data / "keywords" / built.stores.ledger.collection
    built.stores.close()
    old = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    built.reopen()
    built.write({"bob.md": page("bob")})
    built.sync()
    built.stores.close()
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    for path, content in old.items():
        path.write_bytes(content)
    built.reopen()

    assert built.searcher.search("bob1word1")[0].keyword > 0


def test_an_index_that_another_process_brought_up_to_date_is_opened_anew(built: Built) -> None:
    from index.stores import Stores

    built.write({"ada.md": page("ada")})
    built.sync()
    reader = Stores(built.data)
    name = built.stores.ledger.collection
    assert reader.keywords(name).chunks.count() == 3
    built.write({"bob.md": page("bob")})
    built.sync()

    assert reader.keywords(name).chunks.count() == 6
    reader.ledger.close()


def test_a_search_in_the_midst_of_a_sync_does_not_take_its_index_away(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.write({"ada.md": page("ada")})
    built.sync()
    stores, name = built.stores, built.stores.ledger.collection
    written = stores.refresh_keywords(name)
    read = stores.ledger.generation_of

    def read_while_written(of: str) -> int:
        generation = read(of)
        written.chunks.put([("new", "en", "a new text")])  # by the thread of the sync, a moment later
        written.commit("")
        return generation

    monkeypatch.setattr(stores.ledger, "generation_of", read_while_written)
    assert stores.keywords(name, -1) is written, "one in memory would take as long as the index is large"
    monkeypatch.setattr(stores.ledger, "generation_of", lambda of: read(of) + 1)  # a whole sync later
    written.rest()
    assert not stores.keywords(name, -1).on_disk
    written.chunks.delete(["new"])
    again = stores.refresh_keywords(name)
    again.chunks.delete(["new"])
    again.commit("")
    assert again is written
