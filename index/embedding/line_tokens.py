"""Token ids of texts, put together from those of their lines.

To WordPiece, which knows no white space, a text is its lines one after another. The chunker counts a page line by line
and the model then reads the same lines as passages: what was tokenized once is not tokenized again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

_MOST = 20_000  # lines that are kept, a few megabytes; some 5,000 are under way in a sync


class LineTokens:
    """A WordPiece ``tokenizers.Tokenizer`` that remembers lines. Any number of threads may ask at once."""

    def __init__(self, tokenizer: Any) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] = {}
        ((self._first, self._last),) = (encoding.ids for encoding in tokenizer.encode_batch_fast([""]))

    def rows(self, texts: Iterable[str], window: int | None = None) -> list[list[int]]:
        """The ids of each text, special tokens included; of the longer ones as many as fit the window."""
        parts = [text.split("\n") for text in texts]
        ids = self._of({line for lines in parts for line in lines})
        most = None if window is None else window - 2
        return [[self._first, *[token for line in lines for token in ids[line]][:most], self._last] for lines in parts]

    def _of(self, lines: set[str]) -> dict[str, list[int]]:
        known = self._known
        found = {line: known[line] for line in lines if line in known}
        missing = list(lines - found.keys())
        new = dict(zip(missing, self._tokenized(missing), strict=True))
        if len(known) + len(new) > _MOST:
            self._known = known = {}
        known.update(new)
        return found | new

    def _tokenized(self, lines: Sequence[str]) -> list[list[int]]:
        encoded = self._tokenizer.encode_batch_fast(list(lines), add_special_tokens=False)
        return [encoding.ids for encoding in encoded]
