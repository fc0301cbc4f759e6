"""A cell's value about as the sheet shows it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from ingest.clean import one_line

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

    AnyCell = Cell | MergedCell | ReadOnlyCell | EmptyCell

# What a number format holds beside its figures: spaces as wide as a sign, fillers, colours and conditions.
_UNSHOWN = re.compile(r"_.|\*.|\[(?!\$)[^\]]*\]")
_CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_LITERAL = re.compile(r'"[^"]*"|\\.')
_FIGURES = re.compile(r"[#0?](?:[#0?,./Ee+ -]*[#0?])?,*|General", re.IGNORECASE)
_SPACE = re.compile(r"(?<=[#0?])(?:\\ |\" \")(?=[#0?])")
_THOUSANDS = re.compile(r",(?=,*(?:\.|$))")  # a comma behind the figures leaves a thousand out
_CONDITION = re.compile(r"\[[<>=]")
_MINUS = re.compile(r"[-\u2212\u2013(]")


def shown(cell: AnyCell) -> str:
    """The cell's text, "" for an empty one. Days are written as 2026-03-01, as their order is the reader's own."""
    value = cell.value
    if value is None or (isinstance(value, timedelta) and not value):
        return ""
    shape = str(cell.number_format or "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, shape)
    if isinstance(value, datetime):
        return moment(value, timed="h" in shape.lower())
    if isinstance(value, time):
        return value.isoformat("seconds" if "s" in shape.lower() else "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return one_line(str(value))


def moment(value: datetime, *, timed: bool = False) -> str:
    """A day, with the time where there is one, or where it is shown (``timed``) though it is midnight."""
    return value.isoformat(" ", "minutes") if timed or value.time() != time() else value.date().isoformat()


def _number(value: float, shape: str) -> str:
    """The figures as the format rounds and groups them, with what it writes around them where that is plain."""
    sections = ["General"] if _CONDITION.search(shape) else shape.split(";")
    other = 1 if value < 0 else 2 if value == 0 else 0
    shape = sections[other] if len(sections) > other and "0" in sections[other] else sections[0]
    shape = _SPACE.sub(" ", _CURRENCY.sub(r'"\1"', _UNSHOWN.sub("", shape)))
    bare = _LITERAL.sub(lambda quoted: "_" * len(quoted[0]), shape)
    found = _FIGURES.search(bare)
    figures = found[0] if found else ""
    percent = "%" in bare
    before, after = "", "%" if percent else ""
    if found and not re.search(r"[#0?]", bare[found.end() :]):  # else these figures are parts of one number
        before, after = (re.sub(r'["\\]', "", part) for part in (shape[: found.start()], shape[found.end() :]))
    if other == 1 and len(sections) > 1 and (_MINUS.search(before) or after.rstrip().endswith("-")):
        value = abs(value)  # the format of what is below zero brings its own sign, or parentheses
    decimals = re.search(r"[0#?],*\.([0?]+)", figures or bare)
    group = "," if "#,##" in bare else " " if "# ##" in bare else ""
    places = f".{len(decimals[1])}f" if decimals else ".10g" if group or percent else ".15g"
    value = value * (100 if percent else 1) / 1000 ** len(_THOUSANDS.findall(figures))
    text = format(value, ("," if group else "") + places).replace(",", group)
    sign = "-" if text.startswith("-") else ""
    after = re.sub(r"\s*%", " %", after)
    shown_sign = "" if before.lstrip().startswith("-") else sign
    return " ".join(f"{shown_sign}{before}{text.removeprefix(sign)}{after}".split())
