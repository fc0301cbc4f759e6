from __future__ import annotations

from assistant.question.topic import text_terms
from assistant.ranking.acronyms import acronyms_of, expand
from ingest.blocks import DocumentBuilder
from ingest.types import Document


def page(*paragraphs: str) -> Document:
    builder = DocumentBuilder()
    for paragraph in paragraphs:
        builder.paragraph(paragraph)
    return builder.build("page", "Page", "en")


def test_an_acronym_is_read_with_the_words_before_its_brackets() -> None:
    document = page("The university became a member in the Scholars at Risk (SAR) network.", "For SAR, contact us.")
    assert acronyms_of(document)["SAR"] == {"scholar", "risk"}
    assert {"scholar", "risk", "contact"} <= expand("For SAR, contact us.", document)


def test_an_acronym_is_read_with_the_words_after_it() -> None:
    document = page(
        "UNICA, Universities in the Capitals of Europe is a network.",
        "IAU, International Association of Universities, is old.",
    )
    assert acronyms_of(document)["IAU"] == text_terms("International Association of Universities", "en")


def test_words_whose_initials_differ_are_no_acronym() -> None:
    assert not acronyms_of(page("The annual report (PDF) is out, and so is the plan (XYZ)."))


def test_what_is_spelled_out_holds_its_acronym_too() -> None:
    document = page("The Employee Assistance Program (EAP) is free.", "Ask the Employee Assistance Program.")
    assert "eap" in expand("Ask the Employee Assistance Program.", document)
    assert "eap" not in expand("Ask the employee desk.", document)
