from __future__ import annotations

import pytest
import torch

from assistant.reader.bundle import base_folder
from training.model import ReaderNetwork
from training.speed import DrawnDropout, drop, hasten


def network() -> ReaderNetwork:
    torch.manual_seed(3)
    return ReaderNetwork(str(base_folder()))


def test_attention_in_few_operations_gives_what_transformers_own_gives() -> None:
    ids = torch.randint(1000, 20_000, (3, 24))
    mask = torch.ones_like(ids)
    mask[1, 15:] = 0
    types = torch.zeros_like(ids)
    own, fast = network(), network()
    hasten(fast.encoder)
    with torch.no_grad():
        there = own.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        here = fast.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        whole = fast.encoder(input_ids=ids[:1], attention_mask=mask[:1], token_type_ids=types[:1]).last_hidden_state
    assert torch.allclose(here[mask > 0], there[mask > 0], atol=1e-5)
    assert torch.allclose(whole[0], there[0], atol=1e-5)


def test_dropout_leaves_out_its_share_in_training_alone() -> None:
    made = network()
    drop(made.encoder, 0.25, "cpu", 5, 16)
    dropped = [module for module in made.encoder.modules() if isinstance(module, DrawnDropout)]
    assert len(dropped) == 1 + 2 * 6

    ones = torch.ones(100, 384, dtype=torch.bfloat16)
    first, second = dropped[0].train()(ones), dropped[0](ones)
    assert (first == 0).float().mean().item() == pytest.approx(0.25, abs=0.01)
    assert first.float().mean().item() == pytest.approx(1.0, abs=0.02)
    assert not torch.equal(first, second)
    assert torch.equal(dropped[0].eval()(ones), ones)
