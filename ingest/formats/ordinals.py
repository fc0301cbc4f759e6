"""A list's numbers as a word processor shows them: letters, Roman numerals, items with what stands before them."""

from __future__ import annotations

import re

from ingest.blocks import DocumentBuilder

_SIMPLE = re.compile(r"(\d{1,4})[.)]?")
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def letters(count: int) -> str:
    """a, b … z, aa, bb …, from 1."""
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)


def roman(count: int) -> str:
    """i, ii, iii, iv …, from 1."""
    text = ""
    for value, sign in _ROMAN:
        text += sign * (count // value)
        count %= value
    return text


def write_item(out: DocumentBuilder, text: str, depth: int, mark: str) -> None:
    """Write a list's item with the number that is shown before it; what is no plain one, as "(a)", is part of it."""
    simple = _SIMPLE.fullmatch(mark)
    out.item(text if simple else f"{mark} {text}", depth, int(simple[1]) if simple else None)
