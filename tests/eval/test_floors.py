"""Quality may rise and not fall: gold questions over the shipped pages and, where their data is, over others.

``python -m tests.eval.floors --update`` raises the floors to what is measured now; it never lowers one. The handbook's
need data that does not ship: ``EVAL_DATA=FOLDER make test``, as ``tests/eval/floors.py`` says.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.eval.floors import (
    FLOORS,
    HERE,
    VARIABLE,
    QuestionSet,
    figures_of,
    find_set,
    load_floors,
    measure,
    raised,
    shortfalls,
)

BELOW = "\nquestions that went wrong: {}\nA change may not lower what is answered right: mend it, or take it back."


@pytest.mark.parametrize("name", load_floors())
def test_quality_is_not_below_its_floor(name: str) -> None:
    try:
        questions = find_set(name)
    except LookupError as error:
        pytest.skip(str(error))
    report = measure(questions)

    failed = ", ".join(str(failure["id"]) for failure in report.failures)
    below = shortfalls(figures_of(report), load_floors()[name])
    assert not below, "; ".join(below) + BELOW.format(failed)


def test_no_floor_was_ever_higher() -> None:
    """Floors in the repository's history hold as well: a lower figure cannot be written over a higher one."""
    where = {"cwd": HERE, "capture_output": True, "text": True, "check": False}
    log = subprocess.run(["git", "log", "--format=%H", "--", str(FLOORS)], **where)  # type: ignore[call-overload]
    commits = log.stdout.split()
    if not commits:
        pytest.skip("there is no history of the floors here")
    floors = load_floors()
    for commit in commits:
        shown = subprocess.run(["git", "show", f"{commit}:./{FLOORS.name}"], **where)  # type: ignore[call-overload]
        before = json.loads(shown.stdout) if shown.returncode == 0 else {}
        for name, figures in before.items():
            lowered = shortfalls(floors.get(name, {}), figures)
            assert not lowered, f"{name}, in commit {commit[:9]}: {'; '.join(lowered)}"


def test_answers_that_got_worse_are_below_the_floor(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "leave.md").write_text("# Annual leave\n\nEveryone earns 30 days of annual leave a year.\n")
    gold = '- {{id: a, kind: fact, question: "How many days of annual leave?", answer_any: ["{}"], source: leave.md}}\n'
    far = '- {id: b, kind: unanswerable, question: "Who won the ice hockey cup of 1995?", tags: [far]}\n'
    good, worse = tmp_path / "good.yaml", tmp_path / "worse.yaml"
    good.write_text(gold.format("30 days") + far)
    worse.write_text(gold.format("31 days") + far)

    floors = figures_of(measure(QuestionSet(tmp_path / "pages", good)))
    assert floors == {"questions": 2, "right": 2, "page_cited": 1.0, "not_refused": 1.0, "rightly_refused": 1}
    now = figures_of(measure(QuestionSet(tmp_path / "pages", worse)))
    assert shortfalls(now, floors) == ["right is 1, and was 2"]
    assert shortfalls(floors, floors) == []
    assert shortfalls({}, {"right": 2}) == ["right is not measured, and was 2"]
    assert raised({"right": 1, "page_cited": 0.9}, {"right": 2, "page_cited": 0.8}) == {"right": 2, "page_cited": 0.9}


def test_data_that_is_not_there_is_told_with_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(LookupError, match="does not ship: set EVAL_DATA to a folder that holds handbook/pages and"):
        find_set("handbook")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(LookupError, match="does not hold the data of 'handbook': set EVAL_DATA"):
        find_set("handbook")
    (tmp_path / "handbook" / "pages").mkdir(parents=True)
    (tmp_path / "handbook" / "questions.yaml").touch()
    assert find_set("handbook").pages == tmp_path / "handbook" / "pages"
