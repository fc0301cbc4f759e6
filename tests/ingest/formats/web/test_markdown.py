from __future__ import annotations

import pytest

from ingest.errors import PageError
from ingest.formats.web.markdown import parse_markdown, split_front_matter
from ingest.types import Document
from tests.ingest.documents import check_form, headings_of, lines_of, page_of


def document_of(text: str, url: str = "guides/sick-leave.md") -> Document:
    return check_form(parse_markdown(page_of(text, "text/markdown", url)))


def test_front_matter_gives_title_and_keywords_and_is_not_shown() -> None:
    document = document_of(
        "---\ntitle: Sick leave\ntags: [absence, ill]\nkeywords: illness, doctor\n"
        "description: When you are ill, say so.\nlayout: page\n---\nTell your lead.\n"
    )

    assert document.title == "Sick leave"
    assert document.text == "Tell your lead."
    assert document.keywords == ("illness", "doctor", "absence", "ill", "When you are ill, say so.")


@pytest.mark.parametrize("meta", ["- a list", "a: [unclosed", "just words", "date: 2024-13-45", "a: *nowhere", ""])
def test_front_matter_that_is_no_mapping_is_left_out(meta: str) -> None:
    assert split_front_matter(f"---\n{meta}\n---\nText.\n")[1] == "Text.\n"
    assert document_of(f"---\n{meta}\n---\nText.\n").text == "Text."


def test_a_rule_is_no_front_matter() -> None:
    assert lines_of(document_of("Text.\n\n---\n\nMore.\n\n---\n")) == ["Text.", "More."]


def test_a_page_of_front_matter_alone_says_its_title() -> None:
    document = document_of("---\ntitle: Moved to the staff pages\nredirect_to: /staff\n---\n")

    assert document.text == document.title == "Moved to the staff pages"


@pytest.mark.parametrize("text", ["---\nlayout: page\n---\n", "<!-- nothing -->", "{% comment %} x {% endcomment %}"])
def test_a_page_that_shows_nothing_is_an_error(text: str) -> None:
    with pytest.raises(PageError) as caught:
        document_of(text)
    assert caught.value.message == "'guides/sick-leave.md' holds no text"
    assert caught.value.hint == "fill the page, or leave it out with the source's `exclude`"


def test_a_page_is_called_by_its_first_heading_or_its_file() -> None:
    assert document_of("# Leave\n\nText.").title == "Leave"
    assert document_of("Text first.\n\n# Leave").title == "Sick leave"


def test_mark_up_is_read_and_not_shown() -> None:
    document = document_of(
        '## The *rules* of [leave](/leave.md "t")\n\nIt is **bold**, `code`, ~~gone~~ and ![a picture](x.png) so'
        " <https://a.example>.[^1]\n\n> Quoted.\n\n- one\n  - two\n\n3. three\n\n```sh\nrun --now\n```\n"
    )

    assert lines_of(document) == [
        "The rules of leave",
        "It is bold, code, and so https://a.example.[^1]",
        "Quoted.",
        "- one",
        "  - two",
        "3. three",
        "    run --now",
    ]


def test_tables_read_as_rows_under_their_headers() -> None:
    table = "| Grade | Days |\n|---|---|\n| A | 24 |\n| B | |\n"
    assert lines_of(document_of(table)) == ["| Grade: A | Days: 24", "| Grade: B"]


def test_html_tables_in_markdown_read_as_html_tables_do() -> None:
    table = (
        '<table><tr><th>Office</th><th>Day</th></tr><tr><td rowspan="2">Turku</td><td>Mon</td></tr>'
        "<tr><td>Tue</td></tr></table>"
    )
    assert lines_of(document_of(f"Open:\n\n{table}\n")) == [
        "Open:",
        "| Office: Turku | Day: Mon",
        "| Office: Turku | Day: Tue",
    ]


def test_what_a_site_generator_reads_is_not_shown() -> None:
    document = document_of(
        "# Leave {#leave}\n\n{: .no_toc }\n{% include nav.html %}{{ site.title }}\n\n"
        'Ask {% person "Maria Virtanen" %} or see [the form]({% link forms/leave.md %}#top).\n{: .note }\n'
        "\n{% comment %}\nhidden\n{% endcomment %}\n<!-- hidden -->\n<style>p { hidden: 1 }</style>\n"
    )

    assert lines_of(document) == ["Leave", "Ask Maria Virtanen or see the form."]


def test_mark_up_that_runs_something_stays_the_text_that_it_is() -> None:
    said = 'Never paste <script>alert(1)</script> or <img src=x onerror="alert(2)"> here.'
    document = document_of(f"# Security\n\n{said}\n\n<script>\nalert(3)\n</script>\n\nEnd.\n")

    assert said in document.text
    assert "<script> alert(3) </script>" in document.text
    assert lines_of(document)[-1] == "End."


def test_folded_parts_are_sections_under_their_summary() -> None:
    document = document_of("# A\n\n<details><summary>More</summary>\n\nHidden away.\n\n</details>\n\nAfter.\n")

    assert [path for path, _ in headings_of(document)] == [("A",), ("A", "More"), ("A",)]
    assert document.text.endswith("Hidden away.\n\nAfter.")


def test_deep_nesting_is_read_to_its_end() -> None:
    document = document_of("> " * 60 + "The word at the bottom\n\n" + "<div>" * 600 + "and another" + "</div>" * 600)

    assert "The word at the bottom" in document.text
    assert "and another" in document.text


@pytest.mark.timeout(20)  # looking for an end from each of them took minutes
@pytest.mark.parametrize("sign", ["<!--", "<style", "{% comment %}", "![", "[", "`", "*a **b ", "<a ", "{% ", "{{"])
def test_signs_that_nothing_ends_are_read_in_a_moment(sign: str) -> None:
    document = document_of(f"The first words.\n\n{sign * 20_000}\n\nThe last words.")
    assert document.text.startswith("The first words.")
    assert document.text.endswith("The last words.")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("letters", ["{% " + "a" * 200_000, "{% a '" + "b" * 200_000, "{%" + " " * 200_000])
def test_a_long_word_behind_a_sign_is_read_in_a_moment(letters: str) -> None:
    assert document_of(f"The first words. {letters}").text.startswith("The first words.")


def test_what_nothing_ends_hides_no_more_than_itself() -> None:
    text = "See <!-- open {% comment %} x {% endcomment %} and <style>y</style > here"
    assert lines_of(document_of(text)) == ["See <!-- open and here"]
    assert lines_of(document_of("A <!-- <style> --> B</style>")) == ["A B</style>"]
    assert document_of("First.\n\n<!-- open\n\nThe rest of the page.").text.endswith("The rest of the page.")


def test_words_that_look_like_a_handler_in_a_picture_s_or_link_s_text_are_no_mark_up() -> None:
    assert lines_of(document_of("![Set one = 1](a.png) after")) == ["after"]
    assert lines_of(document_of('[rules](x.md "the only one = here") hold')) == ["rules hold"]
    run = '<img alt="a"onerror="x"> and <b/onclick=y>'
    assert lines_of(document_of(f"Not {run} here")) == [f"Not {run} here"]


def test_a_page_whose_end_would_be_lost_is_refused() -> None:
    with pytest.raises(PageError, match="more than 2,048 elements inside each other"):
        document_of("First\n\n" + ">" * 2_100 + " bottom\n\nAfter.")
    assert "bottom" in document_of("- " + ">" * 1_200 + " bottom").text
    with pytest.raises(PageError, match="bytes of HTML, more than the 10,000,000 that are read"):
        document_of(("|a" * 400 + "|\n" + "|-" * 400 + "|\n" + "|b|\n" * 700 + "\n") * 6)


def test_approximate_figures_keep_their_words_and_what_is_struck_out_is_not_in_force() -> None:
    assert lines_of(document_of("~~old~~ ~older~ about ~5 of ~7")) == ["older about ~5 of ~7"]
    assert lines_of(document_of("A badge costs ~~**15** €~~ <s>17 €</s> 20 €.")) == ["A badge costs 20 €."]


def test_footnotes_are_read_with_their_numbers() -> None:
    document = document_of("Mail is kept for a year.[^law]\n\n[^law]: Tax law asks for *six*.\n")

    assert lines_of(document) == ["Mail is kept for a year.¹", "¹ Tax law asks for six."]
