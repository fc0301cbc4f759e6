from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.types import Answer, Respelling, Statement
from tests.ui.scripted import ATTACK, prepared
from ui.answers.copying import copy_button, copy_text
from ui.answers.render import answer_html, place_within, safe_link, statements_html
from ui.chat.conversation import spoken_answer
from ui.language import words_in

ANSWERS = prepared()
DAYS = ANSWERS["How many days of leave do I get?"]
FORM = ANSWERS[f"What goes in the form? {ATTACK}"]


class Read(HTMLParser):
    """The tags of some HTML with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(str(html))  # plain: data of Markup would come as Markup

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.tags if attribute in attributes]


@pytest.mark.parametrize("answer", ANSWERS.values())
def test_each_number_leads_to_its_footnote_and_back(answer: Answer) -> None:
    read = Read(answer_html(3, answer))
    assert {link for link in read.all("href") if link.startswith("#fn")} == {
        f"#fn-3-{citation.number}" for citation in answer.citations
    }
    ids = read.all("id")
    assert len(ids) == len(set(ids))
    assert all(link.removeprefix("#") in ids for link in read.all("href") if link.startswith("#"))


def test_nothing_of_a_page_becomes_a_tag() -> None:
    read = Read(answer_html(1, FORM))
    assert not {"script", "img"} & {tag for tag, _ in read.tags}
    assert not [name for _, attributes in read.tags for name in attributes if name.startswith("on")]
    assert not [link for link in read.all("href") if not link.startswith(("#", "/source/"))]
    assert read.text.count(ATTACK) >= 3


def test_the_quote_is_marked_in_its_context() -> None:
    html = answer_html(1, DAYS)
    quoted = re.findall(r"<blockquote>(.*?)</blockquote>", html)
    assert quoted[0] == (
        "Ask your supervisor before you book a trip. <mark>Everyone earns 30 days of leave a year.</mark> "
        "Part-time staff earn theirs by the share of their hours."
    )
    assert "Fetched on <time" in html
    assert ">4 March 2026</time>" in html


def test_the_fact_is_bold() -> None:
    assert re.findall("<strong>(.*?)</strong>", answer_html(1, DAYS)) == ["30 days"]


def test_a_list_stays_a_list_under_the_line_that_leads_to_it() -> None:
    read = Read(answer_html(1, ANSWERS["How do I ask for leave?"]))
    tags = [tag for tag, _ in read.tags]
    assert tags[: tags.index("ol")].count("li") == 3
    assert ("p", {"class": "lead"}) in read.tags


@pytest.mark.parametrize(
    ("depths", "html"),
    [
        ((0, 1, 1, 2, 0), "<ul><li>0<ul><li>1</li><li>2<ul><li>3</li></ul></li></ul></li><li>4</li></ul>"),
        ((0, 1), "<ul><li>0<ul><li>1</li></ul></li></ul>"),
        (
            (6, 0, 6),
            "<ul><li>0</li><li>1<ul><li>2</li></ul></li></ul>",
        ),  # as no answer has them, but a browser may send
    ],
)
def test_items_lie_in_the_item_that_they_are_under(depths: tuple[int, ...], html: str) -> None:
    items = [Statement("item", str(place), (), None, depth) for place, depth in enumerate(depths)]
    assert re.sub("</?span.*?>", "", statements_html(1, items)) == html


def test_words_that_were_read_as_others_are_told_in_the_readers_language() -> None:
    read = replace(DAYS, respelt=(Respelling("Janssen", "Jansson"),))
    told = "Sanaa “Janssen” ei ole sivuilla: se luettiin sanana “Jansson”."
    assert f'<p class="respelt">{told}</p>' in answer_html(1, read, words_in("fi"))
    assert copy_text(read, words_in("fi")).startswith(f"{told}\n\nEveryone earns")
    assert spoken_answer(read, words_in("fi")).startswith(f"{told} Everyone earns")
    assert "respelt" not in answer_html(1, DAYS)


def test_pages_that_say_the_same_are_named_under_the_footnote() -> None:
    html = answer_html(1, ANSWERS["Which years of leave carry over?"])
    assert 'href="/source/staff/short.md" target="_blank" rel="noopener">Leave in short</a>, Bad.</p>' in html
    assert html.count('href="#fn-1-1"') == 3


def test_an_abstention_has_no_footnote_and_no_number() -> None:
    read = Read(answer_html(1, ANSWERS["Who won the ice hockey?"]))
    assert not {"ol", "blockquote", "mark", "sup", "details", "button"} & {tag for tag, _ in read.tags}
    assert read.all("href") == ["/source/staff/annual-leave.md", "https://example.org/houses"]


@pytest.mark.parametrize("answer", ANSWERS.values())
def test_only_an_answer_looks_like_one(answer: Answer) -> None:
    html = answer_html(1, answer)
    assert html.startswith(f'<div class="answer {answer.outcome}">')
    assert ('<p class="outcome">' in html) == (answer.outcome != "answered")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "x", ""]
)
def test_a_link_that_is_no_address_is_not_made(link: str) -> None:
    assert safe_link(link) is None
    citation = replace(DAYS.citations[0], link=link)
    assert "Open the passage" not in answer_html(1, replace(DAYS, citations=(citation,)))


def test_a_copy_carries_text_quotes_and_addresses() -> None:
    link = DAYS.citations[0].link
    assert copy_text(DAYS).startswith(
        "Everyone earns 30 days of leave a year. [1] Part-time staff earn theirs by the share of their hours. [2]\n\n"
        f"[1] Annual leave\n“Everyone earns 30 days of leave a year.”\n{link}\nFetched on 4 March 2026\n\n[2] "
    )
    same = copy_text(ANSWERS["Which years of leave carry over?"])
    assert same.endswith("The same words stand in Leave in short /source/staff/short.md, Bad javascript:alert(6).")
    assert "\n\n[3] Annual leave, p.\u00a013\n“Choose the days”\n" in copy_text(ANSWERS["How do I ask for leave?"])
    assert Read(copy_button(FORM)).all("data-copy") == [copy_text(FORM)]
    assert copy_button(ANSWERS["Who won the ice hockey?"]) == ""


def test_sentences_join_in_a_paragraph_but_not_under_a_note() -> None:
    note, one, two = Statement("note", "a:"), Statement("sentence", "b."), Statement("sentence", "c.")
    assert re.findall('<p class="(.*?)">', statements_html(1, [one, two])) == ["sentence"]
    assert Read(statements_html(1, [one, two])).text == "b. c."
    assert re.findall('<p class="(.*?)">', statements_html(1, [note, one, two])) == ["note", "sentence", "sentence"]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("or staff. It is\n\nso: ", "\n\n- one\n\n- two", "… staff. It is\nso: <mark>{}</mark>\n- one\n- two"),
        ("It is so. ", " And it sta", "It is so. <mark>{}</mark> And it …"),
        ("", "", "<mark>{}</mark>"),
    ],
)
def test_the_context_of_a_quote_begins_and_ends_with_whole_words(before: str, after: str, shown: str) -> None:
    citation = replace(DAYS.citations[0], before=before, after=after)
    html = answer_html(1, replace(DAYS, citations=(citation,)))
    assert re.findall(r"<blockquote>(.*?)</blockquote>", html, re.DOTALL) == [shown.format(citation.quote)]


@pytest.mark.parametrize(
    ("section", "page", "shown"),
    [
        ("Annual leave > How to ask", None, "How to ask"),
        ("Annual leave", None, ""),
        ("Rules > More", None, "Rules › More"),
        ("Annual leave > How to ask", 12, "How to ask, p.\u00a012"),
        ("", 12, "p.\u00a012"),
    ],
)
def test_a_quotes_place_names_sections_and_page_and_not_the_title_again(
    section: str, page: int | None, shown: str
) -> None:
    citation = replace(DAYS.citations[0], section=section, page_number=page)
    assert citation.title == "Annual leave"
    assert place_within(citation) == shown
    html = answer_html(1, replace(DAYS, citations=(citation,)), words_in("fi"))
    assert re.findall('<span class="place">(.*?)</span>', html) == [shown.replace("p.", "s.")] * bool(shown)
