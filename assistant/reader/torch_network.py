"""The bundled reader's network in torch, for machines without OpenVINO."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.reader.bundle import Bundle
from assistant.reader.layout import Inputs, Scores
from index.embedding.bert import EPSILON, HIDDEN, Layer, Linear, Norm

if TYPE_CHECKING:
    from torch import Tensor

CLOSED = float(HIDDEN)


class TorchNetwork:
    """The network with its weights widened to 32 bits; ten passages take about 0.25 s on two cores."""

    def __init__(self, bundle: Bundle) -> None:
        import torch

        self.torch: Any = torch
        bert = bundle.bert
        self.words, self.positions, self.types = (
            torch.from_numpy(table) for table in (bert.words, bert.positions, bert.types)
        )
        self.norm = _norm(torch, bert.norm)
        self.layers = [_layer(torch, layer) for layer in bert.layers]
        self.span = [torch.from_numpy(array) for array in bundle.span]
        self.verify = [torch.from_numpy(array) for array in bundle.verify]
        self.heads = bert.heads

    def __call__(self, batches: Sequence[Inputs]) -> list[Scores]:
        """The scores of each batch."""
        return [self._scores(inputs) for inputs in batches]

    def _scores(self, inputs: Inputs) -> Scores:
        torch = self.torch
        with torch.inference_mode():
            ids, types = torch.from_numpy(inputs.ids), torch.from_numpy(inputs.types)
            spans = torch.from_numpy(inputs.spans)
            hidden = self.words[ids] + self.positions[: ids.shape[1]] + self.types[types]
            hidden = self._normed(hidden, self.norm)
            hide = (CLOSED * (1.0 - torch.from_numpy(inputs.mask)))[:, None, None, :]
            for layer in self.layers:
                hidden = self._layer(hidden, hide, layer)
            logits = torch.nn.functional.linear(hidden, *self.span)
            closed = CLOSED * (1.0 - spans)
            inside = closed.clone()
            inside[:, 0] = CLOSED
            pointed = [hidden[:, 0]]
            for which in (0, 1):
                weights = torch.softmax(logits[..., which] + inside, dim=1)
                pointed.append(torch.einsum("bl,blh->bh", weights, hidden))
            first, first_bias, second, second_bias = self.verify
            linear, gelu = torch.nn.functional.linear, torch.nn.functional.gelu
            verdict = linear(gelu(linear(torch.cat(pointed, dim=1), first, first_bias)), second, second_bias)
            starts, ends = logits[..., 0] + closed, logits[..., 1] + closed
            return starts.numpy(), ends.numpy(), verdict.squeeze(1).numpy()

    def _normed(self, hidden: Tensor, norm: tuple[Tensor, Tensor]) -> Tensor:
        made: Tensor = self.torch.nn.functional.layer_norm(hidden, hidden.shape[-1:], *norm, EPSILON)
        return made

    def _layer(self, hidden: Tensor, hide: Tensor, layer: dict[str, tuple[Tensor, Tensor]]) -> Tensor:
        functional = self.torch.nn.functional
        batch, length, width = hidden.shape
        shape = (batch, length, self.heads, width // self.heads)
        query, key, value = (
            functional.linear(hidden, *layer[name]).view(shape).transpose(1, 2) for name in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=hide)
        mixed = mixed.transpose(1, 2).reshape(batch, length, width)
        hidden = self._normed(hidden + functional.linear(mixed, *layer["attended"]), layer["attention_norm"])
        inner = functional.gelu(functional.linear(hidden, *layer["up"]))
        return self._normed(hidden + functional.linear(inner, *layer["down"]), layer["output_norm"])


def _norm(torch: Any, norm: Norm) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(norm.gain), torch.from_numpy(norm.shift)


def _linear(torch: Any, linear: Linear) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(linear.floats), torch.from_numpy(linear.bias)


def _layer(torch: Any, layer: Layer) -> dict[str, tuple[Tensor, Tensor]]:
    return {name: _linear(torch, one) for name, one in layer.linear.items()} | {
        name: _norm(torch, one) for name, one in layer.norm.items()
    }
