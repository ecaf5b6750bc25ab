"""What makes training fast on the processor at hand: the kind of products, and elementwise functions in one pass each."""

import time
from collections.abc import Callable

import torch

from adapter.products import EightBits, Plain
from model.decoder import Block, rotate, scaled, swiglu

GAIN = 1.15
"""Less exact products are taken where they are so much faster."""
KINDS = {
    "int8": EightBits, "bfloat16": lambda weight: Plain(weight.bfloat16()), "float32": Plain,
}
"""bfloat16 pays only where a processor has wide products of it, int8 where it has VNNI."""
FUSED = {name: torch.compile(function, dynamic=True) for name, function in (("rotate", rotate), ("swiglu", swiglu), ("scaled", scaled))}


def rate(make: Callable, dtype: torch.dtype) -> float:
    """Products a second of processor time, on one thread, of matrices as large as a decoder's."""
    x, product = torch.randn(704, 576).to(dtype), make(torch.randn(3072, 576))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    spent = []
    for _ in range(6):
        began = time.thread_time()
        product.backward(product.forward(x))
        spent.append(time.thread_time() - began)
    torch.set_num_threads(threads)
    return 1 / min(spent)


def fastest() -> str:
    """The kind of products that is fastest here; the more exact one where the gain is small."""
    rates = {kind: rate(make, torch.bfloat16 if kind == "bfloat16" else torch.float32) for kind, make in KINDS.items()}
    best = max(rates, key=rates.get)
    return best if rates[best] > GAIN * rates["float32"] else "float32"


def fuse(block: Block) -> None:
    """Let a block use compiled functions: each in one pass over its numbers instead of five."""
    block.rotate, block.swiglu = FUSED["rotate"], FUSED["swiglu"]
    for norm in (block.attention_norm, block.mlp_norm):
        norm.scaled = FUSED["scaled"]
