from __future__ import annotations

import fcntl
import os
import pickle
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.types import Answer, Place, Respelling
from tests.ui.scripted import prepared
from ui.commands.terminal import events_of, print_answer
from ui.link import answer_of
from ui.schema import AnswerOut

SAME = (("Leave in short", "/source/staff/short.md"), ("Public page", "https://example.org/leave"))


@pytest.fixture
def answer() -> Answer:
    given = prepared()["How many days of leave do I get?"]
    return replace(given, citations=(replace(given.citations[0], also=SAME), *given.citations[1:]))


def printed(answer: Answer, capsys: pytest.CaptureFixture[str]) -> str:
    print_answer(events_of(answer))
    return " ".join(capsys.readouterr().out.split())


def test_a_footnote_names_the_pages_that_say_the_same(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(answer, capsys)

    assert "Everyone earns 30 days of leave a year. [1]" in shown
    assert "the same words stand in Leave in short, Public page [2]" in shown


@pytest.mark.parametrize("given", prepared().values())
def test_an_answer_comes_over_the_wire_as_it_is(given: Answer) -> None:
    sent = AnswerOut.of(given).model_dump_json()

    assert answer_of(AnswerOut.model_validate_json(sent)) == given


def test_items_of_items_are_set_in_and_words_read_as_others_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(events_of(replace(prepared()["How do I ask for leave?"], respelt=(Respelling("leve", "leave"),))))
    shown = capsys.readouterr().out

    assert "\n- Open the calendar [2]\n  - Choose the days [3]\n- Send it to your supervisor [4]\n" in shown
    assert "[3] Annual leave › How to ask, p.\u00a013 (" in shown
    assert "\nNo page has the word “leve”: it was read as “leave”.\n" in shown


def test_a_refusal_names_places_to_look_and_no_footnote(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = prepared()["Who won the ice hockey?"]
    shown = printed(replace(refusal, closest=(Place("Annual leave", "/source/a.md"), Place("Houses", "x"))), capsys)

    assert shown == "The pages don’t say. Places to look: Annual leave, Houses"
    assert "closest" in AnswerOut.of(refusal).model_dump()
    assert AnswerOut.of(refusal).citations == []


# In a terminal, which a pipe is not: the program below runs in one of our own making.

PROGRAM = """
import pickle, sys
from ui.commands.terminal import events_of, print_answer
print_answer(events_of(pickle.load(open(sys.argv[1], "rb"))), "http://127.0.0.1:7860")
"""
OSC8 = re.compile(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\")
CODES = re.compile(r"\x1b\[[\d;]*m")


def in_terminal(answer: Answer, folder: Path, width: int = 80, **variables: str) -> str:
    """What a terminal of so many columns is sent."""
    (folder / "answer").write_bytes(pickle.dumps(answer))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    environment = kept | {"TERM": "xterm-256color", **variables}
    command = [sys.executable, "-c", PROGRAM, str(folder / "answer")]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=Path(__file__).parents[3]
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            more = os.read(ours, 65_536)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        said += more
    os.close(ours)
    assert process.wait(60) == 0, said
    return said.decode()


def test_a_terminal_gets_colours_and_links_that_open(answer: Answer, tmp_path: Path) -> None:
    shown = in_terminal(answer, tmp_path)
    links = OSC8.findall(shown)
    assert answer.citations[0].link.startswith("/source/")
    assert f"http://127.0.0.1:7860{answer.citations[0].link}" in links
    assert "https://example.org/leave" in links
    assert "\x1b[36m[1]" in shown
    assert "\x1b[1m30 days" in shown


def test_no_colour_is_heeded(answer: Answer, tmp_path: Path) -> None:
    shown = in_terminal(answer, tmp_path, NO_COLOR="1")
    assert "\x1b[36m" not in shown
    assert "[1]" in shown
    assert "\x1b" not in in_terminal(answer, tmp_path, TERM="dumb")


@pytest.mark.parametrize("width", [24, 40, 100])
def test_a_narrow_window_is_kept_to_and_lists_hang(tmp_path: Path, width: int) -> None:
    steps = prepared()["How do I ask for leave?"]
    shown = CODES.sub("", OSC8.sub("", in_terminal(steps, tmp_path, width)))
    lines = [line.rstrip() for line in shown.replace("\r", "").split("\n")]
    assert max(map(len, lines)) <= width
    assert "- Open the calendar [2]" in lines
    footnotes = lines[next(place for place, line in enumerate(lines) if line.startswith("[1]")) :]
    assert all(re.match(r"\[\d\] |    \S|$", line) for line in footnotes)


def test_a_pipe_gets_plain_text_a_line_a_statement(capsys: pytest.CaptureFixture[str]) -> None:
    long = prepared()["How many days of leave do I get?"]
    long = replace(long, statements=(replace(long.statements[0], text="word " * 60 + "end.", fact=None),))
    print_answer(events_of(long), "http://127.0.0.1:7860")
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert shown.split("\n")[0].endswith("end. [1]")
    assert all(line == line.rstrip() for line in shown.split("\n"))


def test_a_page_cannot_command_the_terminal(answer: Answer, tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m"
    note = replace(answer.citations[0], title=f"T{evil}", url=f"u{evil}", link=f"https://example.org/{evil}")
    said = replace(answer.statements[0], text=f"{evil}Ask.", fact=(0, 3))
    shown = in_terminal(replace(answer, statements=(said,), citations=(note,)), tmp_path)
    assert "\x1b]0" not in shown
    assert "\x1b[2J" not in shown
    assert "\x9b" not in shown
