"""A cell's value about as the sheet shows it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from ingest.clean import clean_text

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

    AnyCell = Cell | MergedCell | ReadOnlyCell | EmptyCell

# What a number format holds beside its figures: spaces as wide as a sign, fillers, colours and conditions.
_UNSHOWN = re.compile(r"_.|\*.|\[(?!\$)[^\]]*\]")
_CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_LITERAL = re.compile(r'"[^"]*"|\\.')
_FIGURES = re.compile(r"[#0?](?:[#0?,./Ee+ -]*[#0?])?|General", re.IGNORECASE)


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
        whole_day = value.time() == time() and "h" not in shape.lower()
        return value.date().isoformat() if whole_day else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("seconds" if "s" in shape.lower() else "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(clean_text(str(value)).split())


def _number(value: float, shape: str) -> str:
    sections = shape.split(";")
    other = 1 if value < 0 else 2 if value == 0 else 0  # what is below zero brings its own sign, or parentheses
    shape = sections[0]
    if len(sections) > other and "0" in sections[other]:
        value, shape = abs(value), sections[other]
    decimals = re.search(r"[0#?]\.([0?]+)", shape)
    group = "," if "#,##" in shape else " " if "# ##" in shape else ""
    places = f".{len(decimals[1])}f" if decimals else ".10g" if group or "%" in shape else ".15g"
    text = format(value * 100 if "%" in shape else value, ("," if group else "") + places).replace(",", group)
    before, after = _around(shape)
    sign = "-" if text.startswith("-") else ""
    return " ".join(f"{sign}{before}{text.removeprefix(sign)}{after}".split())


def _around(shape: str) -> tuple[str, str]:
    """What the format shows before and behind the figures: a currency, a unit, a sign."""
    shape = _CURRENCY.sub(r'"\1"', _UNSHOWN.sub("", shape))
    figures = _FIGURES.search(_LITERAL.sub(lambda quoted: "_" * len(quoted[0]), shape))
    if figures is None:
        return "", ""
    before, after = (re.sub(r'["\\]', "", part) for part in (shape[: figures.start()], shape[figures.end() :]))
    return before, re.sub(r"\s*%", " %", after)
