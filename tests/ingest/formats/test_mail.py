from __future__ import annotations

from email.message import EmailMessage

import pytest

from ingest.errors import PageError
from ingest.formats.mail import parse_mail
from tests.ingest.documents import check_form, headings_of, lines_of, page_of


def message(**headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in {"subject": "Sick leave – new rules", "from": "Åsa <asa@x.example>", **headers}.items():
        made[name] = value
    return made


def test_a_mail_says_who_wrote_when_and_then_its_text() -> None:
    mail = message(to="all@x.example", date="Mon, 02 Mar 2026 10:00:00 +0200")
    mail.set_content("Hello all,\n\nCall before nine.\n\n- by telephone\n- or chat\n")
    mail.add_alternative("<p>Another form of the same</p>", subtype="html")
    mail.add_attachment(b"secret", maintype="application", subtype="octet-stream", filename="x.bin")
    document = check_form(parse_mail(page_of(mail.as_bytes())))

    assert document.title == "Sick leave – new rules"
    assert lines_of(document) == [
        "From: Åsa <asa@x.example>",
        "To: all@x.example",
        "Date: Mon, 02 Mar 2026 10:00:00 +0200",
        "Hello all,",
        "Call before nine.",
        "- by telephone",
        "- or chat",
    ]


def test_a_mail_in_html_is_read_as_html() -> None:
    mail = message()
    mail.set_content(
        "<html><body><h2>Rules</h2><ul><li>Call</li></ul><script>x()</script></body></html>", subtype="html"
    )
    document = check_form(parse_mail(page_of(mail.as_bytes())))

    assert lines_of(document) == ["From: Åsa <asa@x.example>", "Rules", "- Call"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"Subject: x\nFrom: y\nContent-Type: text/plain; charset=latin-1\n\nGr\xfc\xdfe", "Grüße"),
        (b"Subject: x\nFrom: y\nContent-Type: text/plain; charset=iso-8859-1\n\n5 \x80 \x96 \x93hi\x94", "5 € – “hi”"),
        (b"Subject: x\nFrom: y\nContent-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B5Y2K\x1b(B", "休暇"),
        ("Subject: x\nFrom: y\n\nGrüße".encode(), "Grüße"),
        (b"Subject: x\nFrom: y\nContent-Type: text/plain; charset=klingon\n\nHello", "Hello"),
        (b"Subject: x\nFrom: y\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVs!bG8=", "Hello"),
    ],
)
def test_odd_encodings_are_read(body: bytes, text: str) -> None:
    assert lines_of(parse_mail(page_of(body)))[-1] == text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "'page' is empty"),
        (b"\x00\x01\x02", "'page' holds no mail, or one without text"),
        (b"Subject: x\nFrom: y\n\n  \n", "'page' holds no mail, or one without text"),
    ],
)
def test_what_is_no_mail_says_so(body: bytes, message: str) -> None:
    with pytest.raises(PageError) as caught:
        parse_mail(page_of(body))
    assert caught.value.message == message


def test_addresses_that_python_trips_over_are_shown_as_they_are() -> None:
    document = parse_mail(
        page_of(b"To: 0\nContent-Type: text/html; charset=nope\n\n<p>Hello there.</p>", "message/rfc822")
    )
    assert "Hello there." in document.text


def test_what_is_quoted_stands_under_who_wrote_it() -> None:
    mail = message(date="Tue, 06 May 2025 09:12:00 +0300")
    mail.set_content(
        "The water is cut on Thursday, not on Wednesday.\n\n"
        "On Mon, May 5, 2025 at 3:40 PM Olli Ranta <olli@x.example>\nwrote:\n"
        "> Is the cut on Wednesday for the whole day? We have a delivery of 40\n> pallets at noon.\n>\n"
        "> On Mon, May 5, 2025 at 1:05 PM Aino wrote:\n>> The water is cut on Wednesday.\n"
    )
    document = check_form(parse_mail(page_of(mail.as_bytes())))
    first, second = (
        "On Mon, May 5, 2025 at 3:40 PM Olli Ranta <olli@x.example> wrote:",
        "On Mon, May 5, 2025 at 1:05 PM Aino wrote:",
    )

    assert [path for path, _ in headings_of(document)] == [(first,), (second,)]
    assert lines_of(document) == [
        "From: Åsa <asa@x.example>",
        "Date: Tue, 06 May 2025 09:12:00 +0300",
        "The water is cut on Thursday, not on Wednesday.",
        first,
        "Is the cut on Wednesday for the whole day? We have a delivery of 40 pallets at noon.",
        second,
        "The water is cut on Wednesday.",
    ]


def test_an_answer_between_quoted_lines_is_the_sender_s() -> None:
    mail = message()
    mail.set_content("On Monday Olli wrote:\n> Is it for the whole day?\n\nNo, until two o'clock.\n")
    document = parse_mail(page_of(mail.as_bytes()))

    assert document.sections[-1].heading_path == ("From: Åsa <asa@x.example>",)
    assert document.text.endswith("No, until two o'clock.")


def test_a_forwarded_mail_stands_under_its_sender() -> None:
    mail = message()
    mail.set_content("See below.\n\nFrom: Maria <m@x.example>\nSent: 28 May 2025 10:01\n\nWe pay 4,200 euros now.\n")

    assert headings_of(parse_mail(page_of(mail.as_bytes()))) == [
        (("From: Maria <m@x.example> Sent: 28 May 2025 10:01",), None)
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "On Tue, Bob wrote:\n> On Mon, Alice wrote:\n>> The fee is 50 euros.\n>\n> No, the fee is 60 euros.\n",
            [
                ("On Tue, Bob wrote:", ""),
                ("On Mon, Alice wrote:", "The fee is 50 euros."),
                ("On Tue, Bob wrote:", "No, the fee is 60 euros."),
            ],
        ),
        (
            "Ja.\nDen tors 1 maj 2025 kl 10:00 skrev Bob Ek <b@x.example>:\n> Avgiften är 50 euro.\n",
            [("Den tors 1 maj 2025 kl 10:00 skrev Bob Ek <b@x.example>:", "Avgiften är 50 euro.")],
        ),
        (
            "Bob Ek <b@x.example> kirjoitti 1.5.2025 kello 10.00:\n\n> Maksu on 50 euroa.\n",
            [("Bob Ek <b@x.example> kirjoitti 1.5.2025 kello 10.00:", "Maksu on 50 euroa.")],
        ),
        (
            "As Anna wrote:\nthe fee is 50 euros.\n\nOn Mon, Bob wrote:\n> What is the fee?\n",
            [("On Mon, Bob wrote:", "What is the fee?")],
        ),
    ],
)
def test_each_quote_stands_under_its_own_author(body: str, said: list[tuple[str, str]]) -> None:
    mail = message()
    mail.set_content(body)
    document = parse_mail(page_of(mail.as_bytes()))
    sections = [(s.heading_path, document.text[s.start : s.end].strip()) for s in document.sections[1:]]

    assert sections == [((author,), f"{author}\n\n{text}".strip()) for author, text in said]


def test_what_is_quoted_from_nobody_known_keeps_its_marks() -> None:
    mail = message()
    mail.set_content("Yes.\n\n> Is it open?\n\nOn Mon, Bob wrote:\n> What is the fee?\n")
    document = parse_mail(page_of(mail.as_bytes()))

    assert headings_of(document) == []
    assert "> Is it open?" in document.text


def test_a_rule_below_a_mail_s_text_makes_it_no_heading() -> None:
    mail = message()
    mail.set_content("The office closes at 15 on Friday.\n-----\nJane Doe\n")
    assert headings_of(parse_mail(page_of(mail.as_bytes()))) == []
