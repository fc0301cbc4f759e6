from __future__ import annotations

from pathlib import Path

from index.keywords.wordings import Wordings
from ingest.types import Chunk, Document


def page(url: str, *texts: str, keywords: tuple[str, ...] = ()) -> tuple[Document, list[Chunk]]:
    document = Document(url, f"Page {url}", "en", "\n".join(texts), (), keywords)
    return document, [
        Chunk(f"{url}{n}", url, n, "", f"Page {url}", (), text, 0, len(text)) for n, text in enumerate(texts)
    ]


def test_titles_and_keywords_are_found_too() -> None:
    wordings = Wordings(None)
    wordings.put([page("a", "Tell your lead.", keywords=("influenza",)), page("b", "No.")])
    wordings.commit("1")

    assert set(wordings.chunks.search("influenza", ["en"], 5)) == {"a0"}
    assert set(wordings.pages.search("influenza", ["en"], 5)) == {"a"}
    assert set(wordings.pages.search("page", ["en"], 5)) == {"a", "b"}


def test_words_that_no_passage_holds_together_are_found_on_their_page() -> None:
    wordings = Wordings(None)
    wordings.put(
        [page("a", "Bicycles are lent.", "Ask the porter."), page("b", "The porter opens the door. Ask again.")]
    )
    wordings.commit("1")
    found = wordings.pages.search("bicycles porter", ["en"], 5)

    assert max(found, key=lambda url: found[url]) == "a"


def test_both_are_taken_to_the_same_stamp_and_one_that_is_behind_counts_for_both(tmp_path: Path) -> None:
    wordings = Wordings(tmp_path / "k")
    wordings.put([page("a", "One.", "Two."), page("b", "Three.")])
    wordings.commit("7")
    assert wordings.holds == "7"
    wordings.delete(["a0", "a1"])
    wordings.drop(["a"])
    wordings.commit("8")
    assert (wordings.chunks.count(), wordings.pages.count()) == (1, 1)
    wordings.close()

    assert Wordings(tmp_path / "k").holds == "8"
    (tmp_path / "k" / "pages" / "stamp").write_text("3\n7")
    assert Wordings(tmp_path / "k").holds == ""


def test_what_an_earlier_version_left_goes(tmp_path: Path) -> None:
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "meta.json").write_text("{}")
    wordings = Wordings(tmp_path / "k")
    assert wordings.holds == ""
    wordings.clear()
    wordings.put([page("a", "One.")])
    wordings.commit("1")
    wordings.close()

    assert sorted(path.name for path in (tmp_path / "k").iterdir()) == ["chunks", "pages"]
