"""The adapted decoder beside the untouched one: losses of a row, and what validation reads off it."""

import copy
from pathlib import Path

import torch

from adapter.base import read_decoder
from adapter.loss import FrozenReadOut
from adapter.lowrank import Rows, adapt, freeze
from adapter.products import EightBits, Plain
from adapter.speed import fuse
from adapter.trees import Row, attend_trees


class Network:
    """A base with an adapter in its matrices, and the base alone; both have the same weights in memory."""

    def __init__(self, gguf: Path, config: dict, ids: dict[str, int], kind: str):
        """kind: of products (speed.py)."""
        self.base, self.config = read_decoder(gguf), config
        self.dtype = torch.bfloat16 if kind == "bfloat16" else torch.float32
        freeze(self.base, lambda weight: EightBits(weight) if kind == "int8" else Plain(weight.to(self.dtype)))
        self.table = self.base.table.detach().to(self.dtype)
        self.rows = Rows(sorted(ids[role] for role in config["adapted_roles"]), self.base.table.detach())
        for block in self.base.blocks:
            fuse(block)
        self.decoder = with_modules_of(self.base)
        self.decoder.blocks = torch.nn.ModuleList(map(with_modules_of, self.base.blocks))
        self.adapters = adapt(self.decoder, config["rank"], config["alpha"])

    def hidden(self, decoder, embedded: torch.Tensor, row: Row) -> torch.Tensor:
        """Final hidden states [tokens, width] of embedded tokens."""
        at = torch.from_numpy(row.positions)
        extents = row.extents()
        x, cos, sin = embedded.float(), decoder.cos[at], decoder.sin[at]
        for block in decoder.blocks:
            x = block(x, cos, sin, extents, attend_trees, self.dtype)
        return decoder.norm(x)

    def losses(self, row: Row, pull: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """(loss to minimise, cross-entropy, distance to the base, weight), each a sum over a row."""
        ids, targets, weights = (torch.from_numpy(array) for array in (row.ids, row.targets, row.weights))
        kept = weights.nonzero().squeeze(-1)
        hidden = self.hidden(self.decoder, self.rows.embed(ids, self.table), row)[kept]
        base = strength = None
        if pull and row.plain:
            with torch.no_grad():
                base = self.hidden(self.base, self.table[ids], row)[kept]
            strength = pull * weights[kept]
        return *FrozenReadOut.apply(hidden, self.rows.values, self.rows.ids, self.table, targets[kept], weights[kept], base, strength), weights.sum()

    @torch.no_grad()
    def judge(self, row: Row, end: int) -> dict[str, float]:
        """Sums over a row: nats and tokens of its middles and of its plain text; its ends of middles, and how many come first."""
        ids, targets = torch.from_numpy(row.ids), torch.from_numpy(row.targets)
        chosen = torch.from_numpy(row.written if not row.plain else row.weights > 0).nonzero().squeeze(-1)
        scores = (self.hidden(self.decoder, self.rows.embed(ids, self.table), row)[chosen].to(self.dtype) @ self.table.T).float()
        nats = torch.nn.functional.cross_entropy(scores, targets[chosen], reduction="sum")
        ends = targets[chosen] == end
        kind = "plain" if row.plain else "middle"
        found = {f"{kind} nats": float(nats), f"{kind} tokens": float(len(chosen))}
        if not row.plain:
            found |= {"ends": float(ends.sum()), "right ends": float((scores[ends].argmax(-1) == end).sum()), "right": float((scores.argmax(-1) == targets[chosen]).sum())}
        return found


def with_modules_of(module: torch.nn.Module) -> torch.nn.Module:
    """A module with the same parts, any of which can be replaced without changing the first."""
    made = copy.copy(module)
    made._modules = dict(module._modules)
    return made
