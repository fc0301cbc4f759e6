"""The reader's network: a small BERT that points at an answer's first and last token, and says whether there is one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from assistant.reader.layout import Window, stack, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from training.data import Example

MASKED = -1e4


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one batch, [B, L] unless said otherwise; `starts`, `ends` are token numbers [B], 0 for no answer."""

    ids: Tensor
    mask: Tensor
    types: Tensor
    spans: Tensor  # float, 1 where a span may stand: the passage's tokens, and the first token, which means "not here"
    starts: Tensor
    ends: Tensor

    def to(self, device: str) -> Batch:
        """The same on a device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))

    def split(self, rows: int) -> list[Batch]:
        """The same in parts of `rows` rows."""
        columns = (getattr(self, name).split(rows) for name in self.__slots__)
        return [Batch(*part) for part in zip(*columns, strict=True)]


class ReaderNetwork(nn.Module):
    """A BERT encoder with two heads. Its embeddings stay those of the base model."""

    def __init__(self, base: str, config: Any | None = None) -> None:
        """Weights from the model folder or name `base`; with `config`, its shape only, to be filled by the caller."""
        super().__init__()
        from transformers import AutoModel, BertModel

        settings = {"attn_implementation": "eager", "add_pooling_layer": False}
        if config is None:
            quiet = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
            logging.getLogger("transformers").setLevel(logging.ERROR)  # or it lists the pooler it leaves out
            self.encoder = AutoModel.from_pretrained(base, **settings, **quiet)
        else:
            config._attn_implementation = "eager"
            self.encoder = BertModel(config, add_pooling_layer=False)
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.verify = nn.Sequential(nn.Linear(3 * width, 128), nn.GELU(), nn.Linear(128, 1))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor, spans: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Start logits [B, L], end logits [B, L], answerability logit [B], all float32."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state.float()
        closed = MASKED * (1.0 - spans)
        logits = self.span(hidden)
        starts, ends = logits[..., 0] + closed, logits[..., 1] + closed
        # the verifier looks at the question's summary and at what the span heads point to, "not here" left out
        inside = torch.cat([torch.full_like(closed[:, :1], MASKED), closed[:, 1:]], dim=1)
        first = torch.einsum("bl,blh->bh", torch.softmax(logits[..., 0] + inside, dim=1), hidden)
        last = torch.einsum("bl,blh->bh", torch.softmax(logits[..., 1] + inside, dim=1), hidden)
        verdict = self.verify(torch.cat([hidden[:, 0], first, last], dim=1)).squeeze(1)
        return starts, ends, verdict


@dataclass(frozen=True, slots=True)
class Row:
    """An example as tokens; `start` and `end` are the answer's first and last token, 0 where there is none."""

    window: Window
    start: int
    end: int

    def __len__(self) -> int:
        return len(self.window.ids)


def row_of(example: Example, tokenizer: Tokenizer, window: int) -> Row:
    """An example as [CLS] question [SEP] context [SEP] passage [SEP], cut at `window` tokens.

    An answer cut off by the window counts as no answer.
    """
    row = windows(tokenizer, example.question, example.context, example.text, window)[0]
    inside = [i for i, (low, high) in enumerate(row.offsets) if high > example.start and low < example.end]
    if not (example.answerable and inside and row.offsets[inside[-1]][1] >= example.end):
        return Row(row, 0, 0)
    return Row(row, row.first + inside[0], row.first + inside[-1])


def batch_of(rows: Sequence[Row], multiple: int = 8) -> Batch:
    """Rows as one batch, padded to the longest and up to a `multiple` of tokens."""
    inputs = stack([row.window for row in rows], multiple)
    ids, mask, types, spans = map(torch.from_numpy, (inputs.ids, inputs.mask, inputs.types, inputs.spans))
    starts, ends = (torch.tensor([getattr(row, name) for row in rows]) for name in ("start", "end"))
    return Batch(ids, mask, types, spans, starts, ends)


def collate(examples: Sequence[Example], tokenizer: Tokenizer, window: int, multiple: int = 8) -> Batch:
    """Examples as one padded batch."""
    return batch_of([row_of(example, tokenizer, window) for example in examples], multiple)
