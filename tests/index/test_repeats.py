"""Boilerplate that is left out of the index: counted, kept once, and right after every sync, also a killed one."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count

import pytest

from index.repeats import CutPage, Repeats
from ingest.chunk import ChunkOptions
from ingest.folder import FolderOptions, FolderSource
from ingest.repeats import PageBlocks
from tests.index.building import SMALL, Built, check_whole, contents, page
from tests.index.syncing import processes, sync_to_step

Build = Callable[..., Built]

FOOTER = "Questions go to the service desk in the lobby, telephone 555 0100, every weekday."
NOTICE = "This site belongs to the organisation and is meant for those who work there."


def repeats(share: float, **pages: tuple[int, ...]) -> Repeats:
    return Repeats(share, {url: CutPage("s", PageBlocks(digests, others=True), ()) for url, digests in pages.items()})


def with_footer(names: str, *lines: str) -> dict[str, str]:
    return {f"{name}.md": page(name, 2) + "".join(f"\n{line}\n" for line in lines) for name in names}


def pages_with(built: Built, line: str) -> set[str]:
    return {url for url, chunks in contents(built.stores).items() for *_, text in chunks if line in text}


# Counting -------------------------------------------------------------------------------------------------------------


def test_a_block_on_five_pages_is_kept_by_the_one_of_the_shortest_then_first_address() -> None:
    made = repeats(0.1, ccc=(1, 7), bb=(2, 7), ab=(3, 7), dddd=(7,), eeee=(7, 9))

    assert made.unsettled() == {"ccc": (7,), "bb": (7,), "dddd": (7,), "eeee": (7,)}


def test_four_pages_may_say_the_same() -> None:
    assert repeats(0.1, a=(7,), b=(7,), c=(7,), d=(7,), e=(1,), f=(2,)).unsettled() == {}


def test_the_share_counts_in_a_large_source() -> None:
    digests = {f"p{n:03}": (7,) if n < 10 else (100 + n,) for n in range(100)}

    assert len(repeats(0.10, **digests).unsettled()) == 9
    assert repeats(0.11, **digests).unsettled() == {}
    assert repeats(0, **digests).unsettled() == {}


def test_sources_are_counted_apart() -> None:
    pages = {f"{source}{n}": CutPage(source, PageBlocks((7,), others=True), ()) for source in "ab" for n in range(4)}

    assert Repeats(0.1, pages).unsettled() == {}
    pages["b4"] = CutPage("b", PageBlocks((7,), others=True), ())
    assert set(Repeats(0.1, pages).unsettled()) == {"b1", "b2", "b3", "b4"}


def test_a_page_of_which_nothing_would_be_left_keeps_all() -> None:
    pages = {f"p{n}": CutPage("s", PageBlocks((7, 8), others=n == 5), ()) for n in range(6)}

    assert Repeats(0.1, pages).unsettled() == {"p5": (7, 8)}


def test_what_should_not_be_left_out_any_more_is_unsettled_too() -> None:
    pages = {f"p{n}": CutPage("s", PageBlocks((7,), others=True), (7,) if n else ()) for n in range(5)}
    made = Repeats(0.1, pages)
    assert (made.unsettled(), made.left_out) == ({}, 4)

    made.drop(["p4"])
    made.recount()
    assert made.unsettled() == {"p1": (), "p2": (), "p3": ()}
    made.settle(made.unsettled())
    assert (made.unsettled(), made.left_out) == ({}, 0)


# In a sync ------------------------------------------------------------------------------------------------------------


def test_what_every_page_repeats_is_indexed_once_and_can_still_be_found(built: Built) -> None:
    built.write(with_footer("abcdefgh", FOOTER))
    report = built.sync()

    assert report.left_out == 7
    assert pages_with(built, FOOTER) == {"a.md"}
    assert built.searcher.search("telephone of the service desk")[0].chunk.url == "a.md"
    stored = built.stores.ledger.page("h.md")
    assert stored is not None
    assert FOOTER in stored.document.text, "the page is shown as it is"
    check_whole(built.stores)


def test_a_small_folder_keeps_all(built: Built) -> None:
    built.write(with_footer("abcd", FOOTER))

    assert built.sync().left_out == 0
    assert len(pages_with(built, FOOTER)) == 4


def test_all_is_kept_on_request(build: Build) -> None:
    built = build("all", chunks=ChunkOptions(tokens=32, small=0, repeated=0))
    built.write(with_footer("abcdefgh", FOOTER))

    assert built.sync().left_out == 0
    assert len(pages_with(built, FOOTER)) == 8


def test_another_share_makes_another_index(built: Built) -> None:
    built.write(with_footer("abcdefgh", FOOTER))
    built.sync()
    built.chunks = SMALL.model_copy(update={"repeated": 0})
    built.sync()

    assert len(pages_with(built, FOOTER)) == 8
    check_whole(built.stores)


def test_a_sync_without_change_settles_nothing_and_writes_nothing(built: Built) -> None:
    built.write(with_footer("abcdefgh", FOOTER, NOTICE))
    built.sync()
    before = built.files()
    report = built.sync()

    assert (report.embedded, report.deleted, report.left_out) == (0, 0, 14)
    assert built.files() == before


@pytest.mark.parametrize("names", ["abcdefgh", "abcdefghijklmnopqrstuvwxyz"])
def test_one_changed_paragraph_embeds_its_chunk_beside_boilerplate_too(built: Built, names: str) -> None:
    texts = with_footer(names, FOOTER)
    built.write(texts)
    built.sync()
    built.write({"f.md": texts["f.md"].replace("f1word7", "f1changed")})
    report = built.sync()

    assert (report.embedded, report.deleted, report.changed) == (1, 1, 1)


def test_whatever_the_order_the_index_is_that_of_a_fresh_build(build: Build) -> None:
    kept = build("kept")
    chance = random.Random(7)
    names = "abcdefghijklmnopqrst"
    for step in range(12):
        for name in chance.sample(names, 6):
            lines = [line for line in (FOOTER, NOTICE) if chance.random() < 0.35]
            if chance.random() < 0.25 and (kept.pages / f"{name}.md").exists():
                kept.remove(f"{name}.md")
            else:
                kept.write({f"{name}.md": page(name, chance.randint(0, 2)) + "".join(f"\n{line}\n" for line in lines)})
        kept.sync(force=True)
        fresh = build(f"fresh{step}")
        fresh.sync(FolderSource(FolderOptions(path=kept.pages), "pages"))

        assert contents(kept.stores) == contents(fresh.stores)
        check_whole(kept.stores)


def test_a_build_in_many_batches_leaves_out_what_a_single_batch_would(build: Build) -> None:
    texts = {f"p{n:03}.md": page(f"p{n}", 9) + f"\n{FOOTER}\n" * (n >= 70) for n in range(90)}
    built = build("batches")
    built.write(texts)
    report = built.sync()

    assert report.left_out == 19
    assert pages_with(built, FOOTER) == {"p070.md"}
    check_whole(built.stores)
    assert report.embedded == 90 * 9 + 1


def test_a_dry_run_tells_what_would_be_cut_anew(built: Built) -> None:
    built.write(with_footer("abcd", FOOTER))
    built.sync()
    built.write(with_footer("e", FOOTER))
    before = built.files()
    plan = built.sync(dry=True)
    assert built.files() == before
    done = built.sync()

    assert (plan.embedded, plan.left_out) == (done.embedded, done.left_out) == (2, 4)


def test_a_sync_killed_at_any_step_is_settled_by_the_next(build: Build) -> None:
    """A new page takes the footer from the one that kept it, which is cut anew when all pages are known."""
    old = build("old")
    old.write({f"long-{name}.md": text for name, text in with_footer("abcdef", FOOTER).items()})
    old.sync()
    old.close()
    killed = 0
    for step in count(1):
        built = old.copy(old.data.parent.with_name(f"killed{step}"))
        built.write(with_footer("x", FOOTER))
        built.stores.close()
        process = processes().Process(target=sync_to_step, args=(built.data, built.pages, "", False, step))
        process.start()
        process.join()
        built.reopen()
        assert pages_with(built, FOOTER) >= {"long-a.md.md"} or pages_with(built, FOOTER) >= {"x.md"}
        built.sync()
        assert pages_with(built, FOOTER) == {"x.md"}
        check_whole(built.stores)
        built.close()
        if process.exitcode == 0:
            break
        killed = step
    assert killed > 10
