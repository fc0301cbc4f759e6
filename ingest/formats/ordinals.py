"""A list's numbers as letters and Roman numerals."""

from __future__ import annotations

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
