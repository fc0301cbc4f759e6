"""What this processor's arithmetic can be trusted with.

Without VNNI (AVX2 alone, as AMD has up to Zen 3; Skylake's AVX-512), x86 adds pairs of 8-bit products up in 16 bits,
which overflow: two of 255 and 127 come to 32,767 instead of 64,770. Our vectors had a cosine of .993 to those in 32
bits that way (.998 without overflow), and took a fifth longer than in 32 bits. OpenVINO documents it as the
"saturation (overflow) issue" of its 8-bit models; which instructions are used is its own affair, so it is asked.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from index.embedding.loading import load_openvino

if TYPE_CHECKING:
    from torch import nn

_WIDTH = 64  # products in a sum


@cache
def adds_up_8_bits() -> bool:
    """Whether OpenVINO's sums of 8-bit products come out right here; found with the largest, in some 30 ms."""
    openvino = load_openvino()
    ops = openvino.opset13
    low, high = ops.constant(np.float32(0)), ops.constant(np.float32(255))
    row = ops.parameter([-1, _WIDTH], np.float32)
    weight = ops.convert(ops.constant(np.full((_WIDTH, _WIDTH), 127, np.int8)), "f32")
    weight = ops.multiply(weight, ops.constant(np.ones((_WIDTH, 1), np.float32)))  # without a scale, it is not 8 bits
    product = ops.matmul(ops.fake_quantize(row, low, high, low, high, 256), weight, False, True)
    compiled = openvino.Core().compile_model(openvino.Model([product], [row], "largest sums"), "CPU")
    found = next(iter(compiled([np.full((1, _WIDTH), 255, np.float32)]).values()))
    # Where floats are as exact as bfloat16, a sum may be off by one part in 256.
    return bool(np.allclose(found, _WIDTH * 255 * 127, rtol=1e-2))


def multiplies_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 natively; where torch emulates it, that takes many times as long."""
    import torch

    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


def quicken(model: nn.Module) -> None:
    """Turn the weights to bfloat16 where the processor multiplies that natively.

    2.6 times as fast, cosines to float32 of .998 and up.
    """
    import torch

    if not torch.cuda.is_available() and multiplies_bfloat16():
        for weights in model.parameters():
            weights.data = weights.data.to(torch.bfloat16)
