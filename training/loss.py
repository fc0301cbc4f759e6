"""What a batch should have been answered, by its own labels and by a teacher, and how far a network is from it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

from training.model import Batch, ReaderNetwork


@dataclass(frozen=True, slots=True)
class Targets:
    """What a batch's answers should have been, as chances: starts and ends [B, L], an answer being there [B]."""

    starts: Tensor
    ends: Tensor
    answered: Tensor


def targets(batch: Batch, taught: float = 0.0, teacher: ReaderNetwork | None = None) -> Targets:
    """The batch's own answers, and those of a `teacher` counted as the share `taught`.

    Another network's chances say which other spans come near, and how sure one can be of a label; a network taught so
    learns less by heart (distillation, Hinton and others 2015; into the same shape, Furlanello and others 2018).
    """
    length = batch.ids.shape[1]
    own = Targets(
        one_hot(batch.starts, length).float(), one_hot(batch.ends, length).float(), (batch.starts > 0).float()
    )
    if teacher is None:
        return own
    with torch.no_grad():
        starts, ends, verdict = teacher(batch.ids, batch.mask, batch.types, batch.spans)
    told = Targets(starts.softmax(1), ends.softmax(1), verdict.sigmoid())
    return Targets(*(torch.lerp(getattr(own, n), getattr(told, n), taught) for n in Targets.__slots__))


def loss_of(network: ReaderNetwork, batch: Batch, wanted: Targets, verdict_weight: float) -> Tensor:
    """Mean cross-entropy of start and end, plus the weighted binary one of the verdict."""
    starts, ends, verdict = network(batch.ids, batch.mask, batch.types, batch.spans)
    pointed = (cross_entropy(starts, wanted.starts) + cross_entropy(ends, wanted.ends)) / 2
    judged = binary_cross_entropy_with_logits(verdict, wanted.answered)
    return pointed + verdict_weight * judged
