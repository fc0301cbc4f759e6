from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.embedding.vectors import Vectors
from index.types import Progress
from ingest.chunk import ChunkOptions
from ingest.errors import MassDeleteError, PageError
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Chunk, Fetched, Gone, Moved, NotModified, Page, PageFailure, Unvisited, Validators
from tests.index.building import SMALL, Built, check_whole, contents, page

Build = Callable[..., Built]


class Scripted:
    """A source that gives what it was told to."""

    def __init__(self, name: str = "web", confirmations: int = 3) -> None:
        self.name = name
        self.confirmations = confirmations
        self.gives: list[Fetched] = []
        self.breaks: PageError | None = None
        self.asked: dict[str, Validators | None] = {}
        self.links = "https://intra.example/"

    def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        for fetched in self.gives:
            self.asked[fetched.url] = known(fetched.url)
            yield fetched
        if self.breaks is not None:
            raise self.breaks

    def link(self, url: str) -> str | None:
        return self.links + url


def given(name: str, text: str = "", etag: str | None = None) -> Page:
    return Page(name, (text or page(name)).encode(), "text/markdown", datetime.now(UTC), etag)


def five(version: str = "") -> dict[str, str]:
    return {f"{name}.md": page(name, version=version) for name in ("ada", "bob", "cyd", "dee", "eve")}


# Promise 4: nothing for what did not change ---------------------------------------------------------------------------


def test_a_sync_that_finds_no_change_embeds_and_writes_nothing(built: Built) -> None:
    built.write(five())
    first = built.sync()
    before = built.files()
    second = built.sync()

    assert (first.added, first.embedded) == (5, 15)
    assert (second.unchanged, second.added, second.changed, second.removed) == (5, 0, 0, 0)
    assert (second.embedded, second.reused, second.deleted, built.encoder.embedded) == (0, 0, 0, [])
    assert built.files() == before


@pytest.mark.parametrize("pages", [3, 60])
def test_one_changed_paragraph_embeds_its_chunks_whatever_the_number_of_pages(built: Built, pages: int) -> None:
    texts = {f"p{n}.md": page(f"p{n}", paragraphs=6) for n in range(pages)}
    built.write(texts)
    built.sync()
    built.write({"p1.md": texts["p1.md"].replace("p13word7", "p13changed")})
    put = built.stores.collection(built.stores.ledger.collection).put
    written: list[str] = []

    def counted(chunks: Sequence[Chunk], vectors: Vectors) -> None:
        written.extend(chunk.text for chunk in chunks)
        put(chunks, vectors)

    built.stores.collection(built.stores.ledger.collection).put = counted  # type: ignore[method-assign]
    report = built.sync()

    assert (report.changed, report.unchanged) == (1, pages - 1)
    assert (report.embedded, report.reused, report.deleted) == (1, 5, 1)
    assert len(built.encoder.embedded) == 1
    assert "p13changed" in built.encoder.embedded[0]
    assert len(written) == 1, "what did not change is not written again"
    check_whole(built.stores)


def test_bytes_that_change_and_say_the_same_embed_nothing(built: Built) -> None:
    built.write(five())
    built.sync()
    built.write({"ada.md": five()["ada.md"] + "\n\n<!-- a comment -->\n"})
    report = built.sync()

    assert (report.unchanged, report.changed, built.encoder.embedded) == (5, 0, [])
    assert built.sync().unchanged == 5


def test_a_renamed_page_keeps_its_vectors(built: Built) -> None:
    built.write(five())
    built.sync()
    (built.pages / "bob.md").rename(built.pages / "robert.md")
    report = built.sync()

    assert (report.added, report.removed, report.embedded, report.reused) == (1, 1, 0, 3)
    assert built.encoder.embedded == []
    assert built.searcher.search("bob1word1")[0].chunk.url == "robert.md"
    check_whole(built.stores)


def test_a_paragraph_that_two_pages_share_is_embedded_once(built: Built) -> None:
    built.write({"one.md": page("same"), "two.md": page("same")})
    report = built.sync()

    assert (report.embedded, report.reused) == (3, 3)
    assert {hit.chunk.url for hit in built.searcher.search("same1word1")} == {"one.md", "two.md"}


# What a sync does -----------------------------------------------------------------------------------------------------


def test_after_every_step_the_index_equals_a_fresh_build(build: Build) -> None:
    kept = build("kept")
    steps: list[tuple[dict[str, str], list[str]]] = [
        (five(), []),
        ({"ada.md": page("ada", 5), "new.md": page("new", 9)}, ["bob.md"]),
        ({"cyd.md": page("cyd", 1), "sub/ada.md": page("ada", 2)}, []),
        ({"bob.md": page("dee")}, ["dee.md"]),
    ]
    for number, (written, removed) in enumerate(steps):
        kept.write(written)
        kept.remove(*removed)
        kept.sync(force=True)
        fresh = build(f"fresh{number}")
        fresh.sync(FolderSource(FolderOptions(path=kept.pages), "pages"))

        assert contents(kept.stores) == contents(fresh.stores)
        assert kept.texts("ada1word1 dee2word3 new4word4") == fresh.texts("ada1word1 dee2word3 new4word4")
        check_whole(kept.stores)


def test_a_page_that_fails_keeps_its_old_text_and_says_since_when(built: Built) -> None:
    built.write(five())
    built.sync()
    built.write({"ada.md": "\0\0 no text"})
    report = built.sync()
    (since,) = [failure.since for failure in built.stores.ledger.failures()]
    again = built.sync()

    reason = "'ada.md' is not a text file (it holds zero bytes)"
    failure = PageFailure("ada.md", reason, "leave it out with the source's `exclude`")
    assert report.failures == again.failures == (failure,)
    assert built.searcher.search("ada1word1")[0].chunk.url == "ada.md"
    assert [failure.since for failure in built.stores.ledger.failures()] == [since]
    assert built.stores.ledger.states(built.stores.ledger.collection)["ada.md"].failing_since == since

    built.write(five())
    assert built.sync().failures == ()
    assert built.stores.ledger.failures() == []


def test_a_page_that_was_never_in_and_fails_is_remembered(built: Built) -> None:
    built.write({**five(), "bad.md": "\0"})
    built.sync()
    before = built.files()

    assert [failure.url for failure in built.stores.ledger.failures()] == ["bad.md"]
    built.sync()
    assert built.files() == before


def test_a_source_that_cannot_be_read_keeps_all_its_pages(built: Built) -> None:
    web = Scripted(confirmations=1)
    web.gives = [given(name) for name in ("ada", "bob", "cyd")]
    built.sync(web)
    web.gives, web.breaks = [given("ada", page("ada", 4))], PageError("the site is down", hint="look after it")
    report = built.sync(web)

    assert (report.changed, report.removed) == (1, 0)
    assert report.failures == (PageFailure("web", "the site is down", "look after it"),)
    assert set(contents(built.stores)) == {"ada", "bob", "cyd"}


def test_a_page_leaves_after_as_many_syncs_as_its_source_asks_for(built: Built) -> None:
    web = Scripted(confirmations=3)
    everything: list[Fetched] = [given(f"p{n}") for n in range(9)]
    web.gives = everything
    built.sync(web)
    web.gives = [*everything[1:], Gone("p0")]
    removed = [built.sync(web).removed for _ in range(2)]
    web.gives = everything
    built.sync(web)
    web.gives = everything[1:]
    removed += [built.sync(web).removed for _ in range(3)]

    assert removed == [0, 0, 0, 0, 1]
    assert "p0" not in contents(built.stores)


def test_a_page_that_its_server_calls_unmodified_is_not_read(built: Built) -> None:
    web = Scripted()
    web.gives = [given("ada", etag='"1"')]
    built.sync(web)
    web.gives = [NotModified("ada")]
    report = built.sync(web)

    assert web.asked["ada"] == Validators('"1"', None)
    assert (report.unchanged, report.removed) == (1, 0)


def test_a_page_that_failed_is_asked_for_whole(built: Built) -> None:
    web = Scripted()
    web.gives = [given("ada", etag='"1"')]
    built.sync(web)
    web.gives = [PageFailure("ada", "the server answered 500", "wait")]
    built.sync(web)
    web.gives = [given("ada", etag='"1"')]
    built.sync(web)

    assert web.asked["ada"] is None


def test_a_page_that_moved_leaves_once_its_new_address_is_in_the_index(built: Built) -> None:
    web = Scripted(confirmations=2)
    web.gives = [given("old"), given("other")]
    built.sync(web)
    web.gives = [given("new", page("old")), given("other"), Moved("old", "new")]
    first = built.sync(web)
    assert set(contents(built.stores)) == {"old", "new", "other"}
    second = built.sync(web)

    assert (first.added, first.removed, first.embedded, second.removed) == (1, 0, 0, 1)
    assert set(contents(built.stores)) == {"new", "other"}
    assert built.sync(web).unchanged == 2


@pytest.mark.parametrize(
    "target", [PageFailure("new", "the server answered 500", "wait"), given("new", "\0 no text"), None]
)
def test_a_page_that_moved_stays_while_its_new_address_is_not_in_the_index(
    built: Built, target: Fetched | None
) -> None:
    web = Scripted(confirmations=1)
    web.gives = [given("old"), given("other")]
    built.sync(web)
    web.gives = [*([target] if target else []), given("other"), Moved("old", "new")]

    assert [built.sync(web, rebuild=rebuild).removed for rebuild in (False, False, True)] == [0, 0, 0]
    assert set(contents(built.stores)) == {"old", "other"}
    web.gives = [given("new", page("old")), given("other"), Moved("old", "new")]
    assert built.sync(web).removed == 1
    assert set(contents(built.stores)) == {"new", "other"}


def test_a_whole_site_that_moved_is_not_held_by_the_brake(built: Built) -> None:
    web = Scripted(confirmations=1)
    names = [f"p{n}" for n in range(10)]
    web.gives = [given(name) for name in names]
    built.sync(web)
    web.gives = [
        *(given(f"new/{name}", page(name)) for name in names),
        *(Moved(name, f"new/{name}") for name in names),
    ]
    report = built.sync(web)

    assert (report.added, report.removed, report.embedded) == (10, 10, 0)


def test_pages_that_all_lead_to_one_are_held_by_the_brake(built: Built) -> None:
    web = Scripted(confirmations=1)
    names = [f"p{n}" for n in range(10)]
    web.gives = [given(name) for name in names]
    built.sync(web)
    web.gives = [given("works", "# Works\n\nWe are back on Monday."), *(Moved(name, "works") for name in names)]

    with pytest.raises(MassDeleteError, match="would drop 9 of 10 pages"):
        built.sync(web)
    assert set(names) <= set(contents(built.stores))


def test_a_page_that_was_not_looked_for_is_as_it_was(built: Built) -> None:
    web = Scripted(confirmations=3)
    web.gives = [given("ada"), given("bob")]
    built.sync(web)
    web.gives = [given("bob")]
    built.sync(web)
    before = built.files()
    web.gives = [Unvisited("ada"), Unvisited("bob")]
    report = built.sync(web)

    assert (report.unchanged, report.removed) == (2, 0)
    assert built.files() == before
    assert built.stores.ledger.states(built.stores.ledger.collection)["ada"].missed == 1
    assert built.sync(web, rebuild=True).removed == 0
    assert set(contents(built.stores)) == {"ada", "bob"}
    assert built.stores.ledger.states(built.stores.ledger.collection)["ada"].missed == 1


def test_pages_of_a_source_that_is_no_longer_asked_for_leave(built: Built) -> None:
    built.write(five())
    web = Scripted(confirmations=5)
    web.gives = [given("extra")]
    folder = FolderSource(FolderOptions(path=built.pages), "pages")
    built.sync(folder, web)

    assert built.sync(folder).removed == 1
    assert set(contents(built.stores)) == set(five())


def test_a_page_that_two_sources_give_is_taken_once(built: Built) -> None:
    one, two, url = Scripted("one"), Scripted("two"), "https://intra.example/ada"
    one.gives, two.gives = [given(url)], [given(url, "# Other\n\nOther words.")]
    report = built.sync(one, two)

    assert (report.added, report.embedded, report.failures) == (1, 3, ())


def test_a_file_at_the_path_of_another_sources_file_is_told_of(built: Built, tmp_path: Path) -> None:
    built.write(five())
    other = tmp_path / "other"
    other.mkdir()
    (other / "ada.md").write_text(page("ada", version="other"))
    (other / "new.md").write_text(page("new"))
    sources = [FolderSource(FolderOptions(path=built.pages), "one"), FolderSource(FolderOptions(path=other), "two")]
    reports = [built.sync(*sources), built.sync(*sources)]

    reason = "the sources 'one' and 'two' both have a file at this path; that of 'two' is not read"
    hint = "leave it out of one of the two with `exclude`"
    assert [report.failures for report in reports] == [(PageFailure("ada.md", reason, hint),)] * 2
    assert reports[0].added == 6
    assert built.texts("ada1word1")
    assert [failure.url for failure in built.stores.ledger.failures()] == ["ada.md"]


def test_a_new_public_address_is_taken_over_without_embedding(built: Built) -> None:
    web = Scripted()
    web.gives = [given("ada")]
    built.sync(web)
    web.links = "https://new.example/"
    report = built.sync(web)
    found = built.stores.ledger.page("ada")

    assert found is not None
    assert found.link == "https://new.example/ada"
    assert report.embedded == 0


def test_the_brake_holds_what_would_empty_the_index(built: Built) -> None:
    built.write({**five(), **{f"x{n}.md": page(f"x{n}") for n in range(5)}})
    built.sync()
    built.remove("ada.md", "bob.md", "cyd.md")
    built.write({"dee.md": page("dee", version="new")})
    with pytest.raises(MassDeleteError) as caught:
        built.sync()

    assert caught.value.message == "this sync would drop 3 of 10 pages, more than 20%; nothing was dropped"
    assert caught.value.hint == (
        "check that the sources are whole; if they are, run: footnoted index --allow-mass-delete, "
        "and name the folders again if you named any"
    )
    assert len(contents(built.stores)) == 10
    assert built.sync(force=True).removed == 3
    assert len(contents(built.stores)) == 7
    check_whole(built.stores)


def test_what_changed_is_written_though_the_brake_holds_what_would_go(built: Built) -> None:
    built.write(five())
    built.sync()
    for name in ("ada", "bob", "cyd"):
        (built.pages / f"{name}.md").rename(built.pages / f"new-{name}.md")
    built.write({"dee.md": page("dee", version="new")})
    with pytest.raises(MassDeleteError):
        built.sync()

    assert set(contents(built.stores)) == set(five()), "what is new may be what would go, under another name"
    assert built.texts("dee1word1new", k=1)[0].startswith("dee1word0new")
    built.sync(force=True)
    check_whole(built.stores)


def test_a_folder_that_had_pages_and_is_empty_counts_as_one_that_cannot_be_read(built: Built, tmp_path: Path) -> None:
    built.write({**five(), **{f"x{n}.md": page(f"x{n}") for n in range(5)}})
    share = tmp_path / "share"
    share.mkdir()
    for name in ("one", "two"):
        (share / f"{name}.md").write_text(page(name))
    sources = [FolderSource(FolderOptions(path=share), "share"), FolderSource(FolderOptions(path=built.pages), "pages")]
    built.sync(*sources)
    for name in ("one", "two"):
        (share / f"{name}.md").unlink()
    built.write({"ada.md": page("ada", version="new")})
    report = built.sync(*sources)

    hint = (
        "mount or restore the folder; if its pages are really gone, run: footnoted index --allow-mass-delete, "
        "and name the folders again if you named any"
    )
    assert report.failures == (PageFailure("share", "no page was found there, where the index holds 2", hint),)
    assert (report.removed, report.changed, len(contents(built.stores))) == (0, 1, 12)
    assert built.sync(*sources, rebuild=True).removed == 0
    assert len(contents(built.stores)) == 12
    assert built.sync(*sources, force=True).removed == 2


def test_a_single_page_may_go_unless_it_is_the_last(built: Built) -> None:
    built.write({"ada.md": page("ada"), "bob.md": page("bob")})
    built.sync()
    built.remove("ada.md")
    assert built.sync().removed == 1
    built.remove("bob.md")
    with pytest.raises(MassDeleteError):
        built.sync()
    assert built.texts("bob0word0")


def test_files_that_are_not_read_are_counted_by_their_endings(built: Built) -> None:
    built.write({"a.md": page("ada"), "b.zip": "", "c/d.ZIP": "", "Makefile": "", "f.doc": "", "app.log.1": "",
                 "Minutes 3.4.2024 (copy)": ""})  # fmt: skip

    assert built.sync().passed_over == (("", 3), (".zip", 2), (".doc", 1))
    assert (built.sync().unchanged, built.sync().removed) == (1, 0)


def test_a_folder_where_only_such_files_are_left_is_doubted(built: Built) -> None:
    built.write({"a.md": page("ada"), "b.md": page("bob"), "c.zip": ""})
    built.sync()
    built.remove("a.md", "b.md")

    assert [failure.url for failure in built.sync().failures] == ["pages"]


def test_a_dry_run_tells_the_plan_and_writes_nothing(built: Built) -> None:
    built.write({**five(), "old.md": page("old")})
    built.sync()
    before = built.files()
    built.write({"ada.md": page("ada", 4), "new.md": page("new"), "bad.md": "\0"})
    (built.pages / "bob.md").rename(built.pages / "robert.md")
    built.remove("old.md")
    plan = built.sync(dry=True, force=True)
    assert built.encoder.embedded == []
    assert built.files() == before
    done = built.sync(force=True)

    names = ("added", "changed", "removed", "unchanged", "embedded", "reused", "failures")
    assert [getattr(plan, name) for name in names] == [getattr(done, name) for name in names]
    assert (plan.added, plan.changed, plan.removed, plan.embedded) == (2, 1, 2, 4)


def test_a_rebuild_serves_the_old_index_until_the_new_one_is_whole(built: Built) -> None:
    built.write(five())
    built.sync()
    old = built.stores.ledger.collection
    seen: list[tuple[str, list[str]]] = []

    class Watching(Scripted):
        def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
            for fetched in super().fetch(known):
                seen.append((built.stores.ledger.collection, built.texts("ada1word1", k=1)))
                yield fetched

    watching = Watching("pages", 1)
    watching.gives = [given(name, text) for name, text in five().items()]
    report = built.sync(watching, rebuild=True)

    assert {name for name, _ in seen} == {old}
    assert all(texts and "ada1word1" in texts[0] for _, texts in seen)
    assert (report.embedded, report.unchanged, report.removed) == (15, 5, 0)
    assert built.stores.ledger.collection != old
    assert built.texts("ada1word1")
    check_whole(built.stores)


def test_a_rebuild_keeps_pages_that_fail_or_are_missed_for_the_first_time(built: Built) -> None:
    web = Scripted(confirmations=3)
    web.gives = [given(name) for name in ("ada", "bob", "cyd")]
    built.sync(web)
    web.gives = [given("ada"), PageFailure("bob", "it timed out", "wait")]
    before = contents(built.stores)
    report = built.sync(web, rebuild=True)

    assert (report.removed, len(report.failures)) == (0, 1)
    assert contents(built.stores) == before
    assert built.stores.ledger.states(built.stores.ledger.collection)["cyd"].missed == 1
    web.gives = [given("ada"), given("bob")]
    assert [built.sync(web).removed for _ in range(2)] == [0, 1]


def test_a_rebuild_that_broke_off_leaves_nothing_behind(built: Built) -> None:
    built.write(five())
    built.sync()

    class Breaking(Scripted):
        def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
            for number in range(99):
                yield given(f"q{number}", page(f"q{number}", 9))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        built.sync(Breaking(), rebuild=True)
    assert len(built.stores.ledger.collections()) == 2
    assert built.sync().unchanged == 5

    check_whole(built.stores)
    assert [path.name for path in (built.data / "keywords").iterdir()] == [built.stores.ledger.collection]


def test_vectors_that_are_lost_are_made_anew_by_the_next_sync_that_writes(built: Built) -> None:
    built.write(five())
    built.sync()
    built.stores.close()
    shutil.rmtree(built.data / "chroma")
    built.reopen()
    built.write({"new.md": page("new")})
    report = built.sync()

    assert (report.added, report.unchanged, report.embedded) == (1, 5, 18)
    assert built.searcher.search("ada1word1")[0].chunk.url == "ada.md"
    check_whole(built.stores)


def test_a_killed_writer_makes_the_next_sync_look_at_the_vectors(built: Built) -> None:
    built.write(five())
    built.sync()
    built.stores.ledger.announce(built.stores.ledger.collection, ["about to be written"])
    built.stores.close()
    shutil.rmtree(built.data / "chroma")
    built.reopen()

    assert built.sync().embedded == 15
    check_whole(built.stores)


def test_other_chunking_makes_another_index_and_drops_the_old(built: Built) -> None:
    built.write(five())
    built.sync()
    before = built.stores.ledger.collection
    built.chunks = ChunkOptions(tokens=100, small=SMALL.small)
    report = built.sync()

    assert built.stores.ledger.collection.rsplit("-", 1)[0] != before.rsplit("-", 1)[0]
    assert report.embedded < 15
    check_whole(built.stores)


def test_times_of_change_and_fetch_are_told(built: Built) -> None:
    web = Scripted()
    first, second, third = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))
    web.gives = [Page("ada", page("ada").encode(), "text/markdown", first)]
    built.sync(web)
    web.gives = [Page("ada", page("ada").encode() + b"\n\n", "text/markdown", second)]
    built.sync(web)
    (hit,) = built.searcher.search("ada1word1", k=1)
    assert (hit.changed_at, hit.fetched_at) == (first, second)

    web.gives = [Page("ada", page("ada", 4).encode(), "text/markdown", third)]
    built.sync(web)
    (hit,) = built.searcher.search("ada1word1", k=1)
    assert (hit.changed_at, hit.fetched_at) == (third, third)


def test_progress_counts_up_to_what_is_reported(built: Built) -> None:
    from index.sync import Syncer

    built.write({f"p{n}.md": page(f"p{n}", 9) for n in range(40)})
    told: list[Progress] = []
    syncer = Syncer(built.stores, built.encoder, built.chunks, told.append)
    report = syncer.sync([FolderSource(FolderOptions(path=built.pages))])

    assert told[-1] == Progress(40, report.embedded, report.embedded)
    assert [progress.pages for progress in told] == sorted(progress.pages for progress in told)
    assert len({progress.embedded for progress in told}) >= 3


def test_two_indexes_of_one_folder_do_not_touch_each_other(build: Build, tmp_path: Path) -> None:
    one, two = build("one"), build("two")
    one.write(five())
    two.write({"zed.md": page("zed")})
    one.sync()
    two.sync()

    assert set(contents(one.stores)) == set(five())
    assert set(contents(two.stores)) == {"zed.md"}
