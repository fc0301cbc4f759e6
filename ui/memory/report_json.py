"""A sync's report as JSON: what ``footnoted index --json`` prints, and what a server sends to that command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from index.types import SyncReport
from ingest.types import PageFailure

_PAGES = ("added", "changed", "removed", "unchanged")
_CHUNKS = ("embedded", "reused", "deleted")


def report_json(report: SyncReport) -> dict[str, Any]:
    """The report's figures and failures."""
    return {
        "pages": {**{name: getattr(report, name) for name in _PAGES}, "failed": len(report.failures)},
        "chunks": {name: getattr(report, name) for name in _CHUNKS},
        "left_out": report.left_out,
        "passed_over": dict(report.passed_over),
        "seconds": round(report.seconds, 3),
        "failures": [{"url": f.url, "reason": f.reason, "hint": f.hint} for f in report.failures],
    }


def report_of(written: Mapping[str, Any]) -> SyncReport:
    """The report that ``report_json`` wrote."""
    figures = {name: int(written["pages"][name]) for name in _PAGES}
    figures |= {name: int(written["chunks"][name]) for name in _CHUNKS}
    failures = tuple(PageFailure(f["url"], f["reason"], f["hint"]) for f in written["failures"])
    figures["left_out"] = int(written.get("left_out", 0))
    passed_over = tuple((str(kind), int(count)) for kind, count in written.get("passed_over", {}).items())
    return SyncReport(**figures, seconds=float(written["seconds"]), failures=failures, passed_over=passed_over)
