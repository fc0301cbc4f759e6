"""How wide a text is in a PDF's font: where it ends, as a PDF says only where it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pypdf.generic import DictionaryObject

_USUAL = 500.0  # thousandths of the size


class Widths:
    """The widths of the letters of a page's fonts."""

    def __init__(self) -> None:
        # The font is kept beside its widths: while it lives, no other can get its id.
        self._fonts: dict[int, tuple[dict[str, object], dict[str, float]]] = {}

    def of(self, text: str, font: dict[str, object] | None) -> float:
        """The text's width as a multiple of the letters' size."""
        if font is None:
            return 0.0
        if id(font) not in self._fonts:
            self._fonts[id(font)] = font, _letters(font)
        _, letters = self._fonts[id(font)]
        return sum(letters.get(letter, letters["default"]) for letter in text) / 1000


def _letters(font: dict[str, object]) -> dict[str, float]:
    from pypdf.generic._font import Font

    read = Font.from_font_resource(cast("DictionaryObject", font))
    widths = {"default": _USUAL} | read.character_widths
    # Fonts of more than 256 letters give widths by the letter's place in the font, and these a map to letters.
    shown = {letter: widths[place] for place, letter in read.character_map.items() if place in widths}
    usual = widths["default"] or _USUAL
    return {"default": usual} | shown if isinstance(read.encoding, str) else widths | shown
