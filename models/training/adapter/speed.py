"""Which number type a processor multiplies fastest: bfloat16 pays only where it has wide products of it (AMX, Zen 5)."""

import time

import torch

GAIN = 1.15
"""bfloat16 is taken from this gain on: it also halves what is read, and loses a little."""


def rate(dtype: torch.dtype) -> float:
    """Products a second of processor time, on one thread, of matrices as large as a decoder's."""
    x, weight = torch.randn(768, 576).to(dtype), torch.randn(3072, 576).to(dtype)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.nn.functional.linear(x, weight)
    began = time.thread_time()
    for _ in range(8):
        torch.nn.functional.linear(x, weight) @ weight
    spent = time.thread_time() - began
    torch.set_num_threads(threads)
    return 8 / spent


def fastest() -> torch.dtype:
    """bfloat16 where it is clearly faster here, else float32."""
    return torch.bfloat16 if rate(torch.bfloat16) > GAIN * rate(torch.float32) else torch.float32
