"""Our rounding is the runtime's: the same bytes as its own quantiser, the same values in its kernels."""

import numpy as np
import pytest
import torch
from onnxruntime.capi._pybind_state import quantize_matmul_4bits

from export.graph import packed
from model.quantize import BLOCK, codes_of, rounded, scales_of, straight_through


def weights(rows=64, columns=256):
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(0))


def test_four_bits_equal_onnxruntimes_quantiser():
    weight = weights()
    rows, columns = weight.shape
    bytes_, scales = np.zeros((rows, columns // BLOCK, BLOCK // 2), np.uint8), np.zeros(rows * columns // BLOCK, np.float32)
    quantize_matmul_4bits(bytes_, np.ascontiguousarray(weight.numpy().T), scales, np.zeros(rows, np.uint8), BLOCK, rows, columns, True)
    ours = scales_of(weight, 4)
    assert np.allclose(scales.reshape(rows, -1), ours.numpy(), rtol=1e-6)
    assert (bytes_ == packed(codes_of(weight, ours, 4).numpy(), 4)).mean() > 0.999


@pytest.mark.parametrize("bits", [4, 8])
def test_rounding_is_idempotent_and_close(bits):
    weight = weights()
    once = rounded(weight, bits)
    assert torch.allclose(rounded(once, bits), once, atol=1e-5)
    step = scales_of(weight, bits).abs().repeat_interleave(BLOCK, 1)
    # The positive end of the range has one code fewer, so values there may be off by a whole step.
    assert ((weight - once).abs() <= step * 1.001).all()


def test_a_block_of_zeros_stays_zero():
    assert rounded(torch.zeros(2, BLOCK), 4).abs().max() == 0


def test_gradients_pass_through():
    weight = weights().requires_grad_()
    straight_through(weight, 4).sum().backward()
    assert torch.equal(weight.grad, torch.ones_like(weight))
