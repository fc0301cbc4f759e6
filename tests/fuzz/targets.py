"""What is fuzzed: each target takes one input and raises where it does not do what it promises."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib import import_module
from typing import Any

from hypothesis import strategies as st

from assistant.checker.figures import find_figures
from assistant.checker.verify import Checker
from assistant.question.followup import standalone
from assistant.question.question import read_question
from assistant.types import Answer, Citation, Place, Statement
from assistant.units.units import units_of
from index.conversation import leans
from index.ledger.tables import StoredPage
from index.testing import HashEmbedding
from index.types import Hit
from ingest import media
from ingest.chunk import ChunkOptions, chunk_document
from ingest.errors import FootnotedError, PageError
from ingest.parse import PARSERS, parse
from ingest.site.links import read_facts
from ingest.site.sitemap import parse_sitemap
from ingest.site.urls import host_of, normalise
from ingest.types import Document, Page
from tests.fuzz import inputs
from tests.ingest.documents import check_form
from tests.ingest.test_chunk import BLOCKS, built, check_promises
from ui.access.asker import Limits
from ui.access.gate import Gate
from ui.access.options import AccessOptions
from ui.access.tokens import read_token
from ui.answers.copying import copy_text
from ui.answers.render import answer_html, safe_link
from ui.chat.kept import conversation_from, kept_json
from ui.http.reference import new_reference
from ui.language import words_for
from ui.questions.scrub import scrubbed
from ui.web.page_text import marked_text

NOW = datetime(2026, 3, 4, tzinfo=UTC)
SECRET = "a secret of more than thirty-two bytes"
_ALLOWED = re.compile(
    r"(a|article|b|blockquote|br|button|cite|code|dd|details|div|dl|dt|em|footer|h[1-6]|header|i|li|main|mark|ol|p|pre"
    r"|q|section|span|strong|sub|summary|sup|table|tbody|td|th|thead|time|tr|ul)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A function, and what it is given. ``weight``: its share of the inputs; slow ones get fewer."""

    check: Callable[[Any], None]
    inputs: st.SearchStrategy[Any]
    weight: float = 1.0


class _Tags(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert _ALLOWED.fullmatch(tag), f"the page's own <{tag}> came through"
        for name, value in attrs:
            assert not name.startswith("on"), f"a handler came through: {name}"
            assert not (name in ("href", "src") and re.match(r"\s*(javascript|data|vbscript):", value or "", re.I))


def check_html(html: str) -> None:
    """Assert that nothing but our own harmless tags is in a piece of HTML, and that it can be sent."""
    html.encode()
    parser = _Tags()
    parser.feed(html)
    parser.close()


def _page(body: bytes, kind: str) -> Page:
    return Page("page", body, kind, NOW)


def check_page(given: tuple[bytes, str]) -> None:
    """A page of any bytes is read, or refused with a reason; what is read can be shown and cut."""
    body, kind = given
    try:
        document = parse(_page(body, kind))
    except PageError as error:
        if "its parser failed" in error.message or not error.hint:
            raise AssertionError(error.message) from error
        return
    check_form(document)
    document.text.encode()
    check_html(str(marked_text(document, 0, len(document.text) // 2).html))
    check_promises(document, chunk_document(document, _ENCODER, ChunkOptions()), _ENCODER)


_ENCODER = HashEmbedding()


def check_child(kind: str) -> Callable[[bytes], None]:
    """A damaged file costs its page: what its reader raises in the child is an error of that page."""
    inner = PARSERS[kind]
    module = import_module(inner.__module__)
    read: Callable[[Page], Document] = getattr(module, inner.__name__.replace("parse_", "read_"))

    def check(body: bytes) -> None:
        try:
            document = read(_page(body, kind))
        except RecursionError:
            raise
        except Exception:  # noqa: BLE001 - the child ends with it, and the page with a reason
            return
        document.text.encode()

    return check


def check_sitemap(body: bytes) -> None:
    """A sitemap names web addresses, or is none."""
    try:
        found = parse_sitemap(body, "https://a.example/sitemap.xml")
    except PageError:
        return
    assert all(url.startswith(("http://", "https://")) for url in (*found.pages, *found.children))


def check_facts(text: str) -> None:
    """Links and canonical addresses are web addresses."""
    facts = read_facts(inputs.body_of(text), "https://a.example/x")
    assert all(url.startswith(("http://", "https://")) for url in facts.links)


def check_url(text: str) -> None:
    """An address in its one form stays so, names no user, and is safe to link to."""
    made = normalise(text, "https://a.example/b/")
    if made is not None:
        made.encode("ascii", "ignore")
        assert not re.search(r"[\r\n\t ]", made), made
        assert normalise(made) == made
        assert "@" not in host_of(made)
    link = safe_link(text)
    assert link is None or not re.match(r"\s*(javascript|data|vbscript):", link, re.I)


def check_question(given: tuple[str, list[str]]) -> None:
    """A question and its conversation can be read and blended."""
    question, history = given
    read_question(question)
    leans(question)
    assert question.strip() in standalone(question, history)
    find_figures(question)


def check_checker(given: tuple[list[tuple[object, ...]], str, str]) -> None:
    """A sentence is let through or not; the page's own words are cited where they stand."""
    blocks, sentence, question = given
    document = built([block for block in blocks if block[0] != "code"])
    page = StoredPage(document, "pages", None, NOW, NOW)
    chunks = chunk_document(document, _ENCODER, ChunkOptions())
    units = units_of([Hit(chunk, 1.0, 1.0, 1.0, NOW, NOW, "en") for chunk in chunks[:5]], {document.url: page})
    finding = Checker().check(sentence, units, read_question(question))
    assert finding or finding.reason


def check_answer(given: tuple[str, str, str, str]) -> None:
    """Whatever an answer holds, it is shown as text."""
    # What comes in over HTTP or from a page holds no lone surrogates: pydantic and the parsers see to that.
    said, title, url, link = (text.encode("utf-8", "replace").decode() for text in given)
    note = Citation(1, title, url, link, said, title, 0, len(said), NOW, NOW, title, url, ((title, link),))
    rows = (Statement("sentence", said, (1,)), Statement("item", title, (1,)), Statement("note", said))
    answer = Answer("answered", rows, (note,), (Place(title, link),), id=url)
    check_html(str(answer_html(1, answer)))
    copy_text(answer)


def check_kept(given: Any) -> None:
    """Whatever a browser kept is a conversation that can be kept again, or an empty one."""
    text = given if isinstance(given, str) else json.dumps(given)
    kept = conversation_from(text)
    assert conversation_from(kept_json(kept)).turns == kept.turns


def check_headers(given: tuple[str, str, str]) -> None:
    """Whatever the headers hold, it is known who asks, or refused."""
    value, path, query = given
    raw = value.encode("utf-8", "replace")
    names = ("authorization", "x-footnoted-token", "x-footnoted-pass", "remote-user", "remote-groups", "cookie")
    scope = {
        "type": "http",
        "headers": [(name.encode(), raw) for name in names],
        "query_string": query.encode("utf-8", "replace"),
        "footnoted.peer": "127.0.0.1",
    }
    gate = Gate(
        AccessOptions(user_header="remote-user", groups_header="remote-groups", proxies=("127.0.0.1",),
                      token_secret=SECRET), Limits({}), "key", "operator",
    )  # fmt: skip
    with suppress(FootnotedError):
        gate.asker(scope, "/" + path)
    try:
        read_token(value, SECRET)
    except FootnotedError:
        pass
    else:
        raise AssertionError("a token was taken that nobody signed")
    assert re.fullmatch(r"[A-Za-z0-9._-]+", new_reference(value))
    words_for({"lang": value}, {"accept-language": value})


def check_scrub(text: str) -> None:
    """What is kept of a question can be written, and scrubbing it again changes nothing."""
    once = scrubbed(text)
    assert scrubbed(once) == once


def check_marks(given: tuple[list[tuple[object, ...]], int, int]) -> None:
    """Any passage of any page can be shown."""
    blocks, start, end = given
    blocks = [block for block in blocks if repr(block).isprintable() and "\\ud" not in repr(block)]
    check_html(str(marked_text(built(blocks), start, end).html))


def _kinds(text: st.SearchStrategy[str], kind: str) -> st.SearchStrategy[tuple[bytes, str]]:
    return st.tuples(text.map(inputs.body_of), st.sampled_from(inputs.ENCODINGS).map(kind.__add__))


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(("id", "turns", "question", "answer", "statements", "outcome", "x")), inner),
    ),
    max_leaves=12,
)

TARGETS: dict[str, Target] = {
    "html pages": Target(check_page, _kinds(inputs.HTML, media.HTML), 1.5),
    "markdown pages": Target(check_page, _kinds(inputs.MARKDOWN, media.MARKDOWN), 1.5),
    "text pages": Target(check_page, _kinds(inputs.TEXT, media.TEXT)),
    "tables": Target(check_page, _kinds(inputs.TABLE, media.CSV)),
    "e-mail": Target(check_page, st.tuples(inputs.MAIL, st.just(media.MAIL))),
    "bytes of any kind": Target(
        check_page,
        st.tuples(
            st.binary(max_size=300), st.sampled_from((media.HTML, media.MARKDOWN, media.TEXT, media.CSV, media.MAIL))
        ),
    ),
    "word": Target(check_child(media.DOCX), inputs.damaged("docx"), 0.3),
    "powerpoint": Target(check_child(media.PPTX), inputs.damaged("pptx"), 0.3),
    "excel": Target(check_child(media.XLSX), inputs.damaged("xlsx"), 0.3),
    "opendocument text": Target(check_child(media.ODT), inputs.damaged("odt"), 0.3),
    "opendocument sheets": Target(check_child(media.ODS), inputs.damaged("ods"), 0.3),
    "opendocument slides": Target(check_child(media.ODP), inputs.damaged("odp"), 0.3),
    "pdf": Target(check_child(media.PDF), inputs.damaged("pdf"), 0.5),
    "sitemaps": Target(
        check_sitemap, st.one_of(inputs.SITEMAP, st.binary(max_size=200), inputs.TEXT.map(inputs.body_of))
    ),
    "links": Target(check_facts, inputs.HTML),
    "addresses": Target(check_url, inputs.URL, 2),
    "questions and follow-ups": Target(
        check_question, st.tuples(inputs.QUESTION, st.lists(inputs.QUESTION, max_size=4)), 2
    ),
    "citation checker": Target(check_checker, st.tuples(BLOCKS, inputs.QUESTION, inputs.QUESTION), 0.7),
    "answers shown": Target(check_answer, st.tuples(inputs.TEXT, inputs.TEXT, inputs.TEXT, inputs.URL), 0.7),
    "passages shown": Target(check_marks, st.tuples(BLOCKS, st.integers(-9, 9_999), st.integers(-9, 9_999)), 0.7),
    "kept conversations": Target(check_kept, st.one_of(_JSON, inputs.TEXT)),
    "headers and tokens": Target(check_headers, st.tuples(inputs.TEXT, inputs.TEXT, inputs.TEXT)),
    "scrubbing": Target(check_scrub, inputs.TEXT),
}
"""Every target by name."""
