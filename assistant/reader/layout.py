"""How a question and a passage are laid out for the reader: tokens, segments and the places a span may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.reader.bundle import base_folder
from ingest.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

QUESTION_TOKENS = 64
CONTEXT_TOKENS = 32
OVERLAP_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of a passage after its question: [CLS] question [SEP] context [SEP] stretch [SEP].

    `second` is where the second segment begins, `first` where the stretch does; `offsets` are the characters of the
    passage that each of its tokens covers.
    """

    ids: tuple[int, ...]
    second: int
    first: int
    offsets: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Padded arrays of some windows, all [B, L]: token ids, 1 where a token is, segment, 1 where a span may stand."""

    ids: NDArray[np.int64]
    mask: NDArray[np.float32]
    types: NDArray[np.int64]
    spans: NDArray[np.float32]


Scores = tuple["NDArray[np.float32]", "NDArray[np.float32]", "NDArray[np.float32]"]
"""What a network makes of a batch: start logits [B, L], end logits [B, L], verdict logits [B]."""


def load_tokenizer() -> Tokenizer:
    """The base model's tokenizer, set to neither cut nor pad."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def windows(tokenizer: Tokenizer, question: str, context: str, text: str, size: int) -> list[Window]:
    """The windows of at most `size` tokens that cover the passage, overlapping by 64 tokens; at least one."""
    cls, sep = (_special(tokenizer, token) for token in ("[CLS]", "[SEP]"))
    lead = [cls, *tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_TOKENS], sep]
    second = len(lead)
    if above := tokenizer.encode(context, add_special_tokens=False).ids[-CONTEXT_TOKENS:]:
        lead += [*above, sep]
    passage = tokenizer.encode(text, add_special_tokens=False)
    room = size - len(lead) - 1
    overlap = min(OVERLAP_TOKENS, room // 2)
    made, low = [], 0
    while True:
        high = min(low + room, len(passage.ids))
        ids = (*lead, *passage.ids[low:high], sep)
        made.append(Window(ids, second, len(lead), tuple(passage.offsets[low:high])))
        if high == len(passage.ids):
            return made
        low = high - overlap


def stack(rows: Sequence[Window], multiple: int = 1) -> Inputs:
    """The windows as one batch, padded to the longest and up to a `multiple` of tokens."""
    length = -(-max(len(row.ids) for row in rows) // multiple) * multiple
    ids, types = (np.zeros((len(rows), length), np.int64) for _ in range(2))
    mask, spans = (np.zeros((len(rows), length), np.float32) for _ in range(2))
    for i, row in enumerate(rows):
        ids[i, : len(row.ids)] = row.ids
        mask[i, : len(row.ids)] = 1
        types[i, row.second : len(row.ids)] = 1
        spans[i, row.first : row.first + len(row.offsets)] = 1
        spans[i, 0] = 1  # the first token stands for "not here"
    return Inputs(ids, mask, types, spans)


def _special(tokenizer: Tokenizer, token: str) -> int:
    found: int | None = tokenizer.token_to_id(token)
    if found is None:
        raise ModelError(f"the reader's tokenizer has no {token!r}", hint="run: make install")
    return found
