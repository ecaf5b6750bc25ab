"""Low-rank adapters (LoRA, Hu et al. 2021, arXiv:2106.09685) on a frozen decoder, and table rows of its special tokens.

An adapted matrix is W + s·B·A with s = alpha / rank; W is never changed. `adapt` puts adapters into a decoder, `Rows` holds
the rows of the table that the adapter replaces. Matrices that the decoder keeps side by side (queries, keys and values; gate
and up) have an adapter each, under the names that file.py gives them.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from adapter.products import Plain
from model.decoder import Block, Decoder
from model.quantize import rounded

PARTS = {"qkv": ("query", "key", "value"), "out": ("output",), "gate_up": ("gate", "up"), "down": ("down",)}
"""Module of a block → names of the matrices whose rows it holds, in order."""


class Sum(torch.autograd.Function):
    """x Wᵀ + s (x Aᵀ) Bᵀ, section by section, without the gradient of W and without keeping what can be had again."""

    @staticmethod
    def forward(context, x, product, scale, bounds, merged, *pairs):
        """x: [n, in]; product: of W [out, in]; pairs: a [rank, in], b [section, rank], …; `merged`: W has the pairs in it already."""
        y = product.forward(x)
        if not merged:
            for (start, end), a, b in zip(bounds, pairs[::2], pairs[1::2]):
                y[:, start:end].addmm_(x @ a.T, b.T, alpha=scale)
        context.save_for_backward(x, *pairs)
        context.product, context.scale, context.bounds, context.merged = product, scale, bounds, merged
        return y

    @staticmethod
    def backward(context, gradient):
        x, *pairs = context.saved_tensors
        below, made = context.product.backward(gradient), []
        for (start, end), a, b in zip(context.bounds, pairs[::2], pairs[1::2]):
            part = gradient[:, start:end]
            inner = part @ b * context.scale
            made += [inner.T @ x, part.T @ (x @ a.T) * context.scale]
            if not context.merged:
                below.addmm_(inner, a)
        return below, None, None, None, None, *made


class Frozen(nn.Module):
    """A matrix [out, in] that never changes; takes the place of `Linear` where nothing is trained."""

    def __init__(self, weight: torch.Tensor, make: Callable):
        super().__init__()
        self.weight, self.product = weight, make(weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.product.forward(x)


class Adapted(nn.Module):
    """A frozen matrix with an adapter for each of its sections."""

    def __init__(self, frozen: Frozen, sections: tuple[int, ...], rank: int, scale: float):
        super().__init__()
        outputs, inputs = frozen.weight.shape
        assert sum(sections) == outputs
        self.weight, self.product, self.merged = frozen.weight, frozen.product, False
        ends = [sum(sections[: at + 1]) for at in range(len(sections))]
        self.bounds, self.scale = list(zip([0, *ends], ends)), scale
        # With B = 0 the decoder begins as it is; A is as large as the matrices of a new layer.
        self.a = nn.ParameterList(torch.empty(rank, inputs).normal_(std=inputs**-0.5) for _ in sections)
        self.b = nn.ParameterList(torch.zeros(section, rank) for section in sections)

    @torch.no_grad()
    def whole(self) -> torch.Tensor:
        """W + s·B·A, float32 [out, in]."""
        change = torch.cat([b @ a for a, b in zip(self.a, self.b)])
        return self.weight.float() + self.scale * change

    def round(self, bits: int, block: int) -> None:
        """Compute with the rounded sum from now on, until it is called again: the exporter's rounding, straight through."""
        self.product, self.merged = Plain(rounded(self.whole(), bits, block).to(self.weight.dtype)), True

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pairs = [matrix.to(x.dtype) for pair in zip(self.a, self.b) for matrix in pair]
        return Sum.apply(x, self.product, self.scale, self.bounds, self.merged, *pairs)


class Rows(nn.Module):
    """Rows of the table that the adapter replaces: ids [n] and their values [n, width]."""

    def __init__(self, ids: list[int], table: torch.Tensor):
        super().__init__()
        self.register_buffer("ids", torch.tensor(ids), persistent=False)
        self.values = nn.Parameter(table[self.ids].float().clone())

    @torch.no_grad()
    def write(self, table: torch.Tensor) -> None:
        """Put the values into a table [vocabulary, width], in place."""
        table[self.ids] = self.values.to(table.dtype)

    def embed(self, ids: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
        """ids [n] → [n, width], with gradients for the rows."""
        found = ids[:, None] == self.ids
        special = found.any(-1)
        return F.embedding(ids, table).index_put((special.nonzero().squeeze(-1),), self.values[found[special].int().argmax(-1)].to(table.dtype))


def freeze(decoder: Decoder, make: Callable) -> None:
    """Let a decoder's matrices be used through products of `make` (products.py); none of its parameters is trained."""
    decoder.requires_grad_(False)
    for block in decoder.blocks:
        for module in PARTS:
            setattr(block, module, Frozen(getattr(block, module).weight.detach(), make))


def adapt(decoder: Decoder, rank: int, alpha: float) -> list[tuple[str, Adapted]]:
    """Put adapters into every matrix of a frozen decoder's blocks; returns them by name."""
    made = []
    for layer, block in enumerate(decoder.blocks):
        for module, names in PARTS.items():
            adapted = Adapted(getattr(block, module), sections_of(block, names), rank, alpha / rank)
            setattr(block, module, adapted)
            made.append((f"blocks.{layer}.{module}", adapted))
    return made


def sections_of(block: Block, names: tuple[str, ...]) -> tuple[int, ...]:
    """How many rows each of the matrices has that a module of a block holds side by side."""
    if names == PARTS["qkv"]:
        return block.sections
    if names == PARTS["gate_up"]:
        return (block.shape.hidden,) * 2
    return (block.shape.width,)
