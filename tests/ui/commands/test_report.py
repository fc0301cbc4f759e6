from __future__ import annotations

import pytest

from assistant.evaluation.gold import Report
from index.types import SyncReport
from ui.commands.report import print_comparison, print_evaluation, print_report
from ui.memory.report_json import report_json, report_of


def report(right: int, failed: tuple[str, ...], words: float) -> Report:
    return Report(
        questions=4, right=right, wrong=4 - right, false_refusals=0.25, hedged=0.5, page_cited=0.75,
        citation_precision=0.6, mean_words=words, by_kind={"fact": {"questions": 4, "right": right, "answered": 4,
        "partial": 0, "abstained": 0}},
        failures=[{"id": name, "outcome": "answered", "question": "[b]Why?", "answer": "[i]So"} for name in failed],
    )  # fmt: skip


def test_two_settings_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison({"one.toml": report(3, ("q4",), 20.5), "[two].toml": report(2, ("q1", "q2"), 30.5)})
    lines = [
        " ".join(line.replace("│", " ").replace("┃", " ").split()) for line in capsys.readouterr().out.splitlines()
    ]

    assert "one.toml [two].toml" in lines
    assert "right 3 of 4 2 of 4" in lines
    assert "mean words 20.5 30.5" in lines
    assert "fact, right 3 of 4 2 of 4" in lines
    assert lines[-2:] == ["right only with one.toml: q1, q2", "right only with [two].toml: q4"]


def test_a_sync_tells_of_files_that_it_does_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    done = SyncReport(added=1, seconds=0.5, passed_over=((".doc", 1200), ("", 2)))
    print_report(report_of(report_json(done)), dry_run=False)
    print_report(SyncReport(), dry_run=False)

    many = tuple((f".k{number}", 20 - number) for number in range(12))
    print_report(SyncReport(passed_over=many), dry_run=False)

    _, told, _, _, most = capsys.readouterr().err.splitlines()
    assert most.endswith(", 11 .k9, 19 others")
    assert told == "files of kinds that are not read: 1,200 .doc, 2 of no known kind"


def test_the_figures_come_before_what_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    print_evaluation(report(3, ("q4",), 20.5))
    shown = capsys.readouterr().out

    assert shown.startswith("3 of 4 right; refused though answerable 25.0%")
    assert "citations right 60.0%" in shown
    assert shown.index("fact") < shown.index("q4 (answered): [b]Why?\n  [i]So")
