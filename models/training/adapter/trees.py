"""One reading of a file, many places to complete: documents whose middles branch off a common trunk.

A middle is a tenth of what has to be read for it. So several cursors of one gap share what stands before them: the trunk is
context, path, suffix and prefix; each branch leaves it where its cursor is and ends with its own middle. A branch sees the
trunk up to there and itself, at the positions it would have alone, so that every logit is the one that the prompt of data/layout.py
alone would give (tests/test_adapter.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F

from data.layout import Document

TRUNK = np.iinfo(np.int32).max
"""Stands in `fork` for a trunk's own tokens: they see all of it."""


@dataclass
class Tree:
    """A document and what branches off it: (how many of the document's tokens the branch sees, the branch)."""

    trunk: Document
    branches: list[tuple[int, Document]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.trunk.ids) + sum(len(branch.ids) for _, branch in self.branches)

    def parts(self) -> Iterator[tuple[int, int, Document]]:
        """(first position, number of the branch or 0, tokens) of the trunk and of each branch."""
        yield 0, 0, self.trunk
        for number, (fork, branch) in enumerate(self.branches, 1):
            yield fork, number, branch


@dataclass(frozen=True)
class Row:
    """Trees one behind the other, [tokens] each.

    branch: 0 in a trunk; fork: first position of a token's branch; written: whether the token has to be predicted for a middle.
    bounds: the trees' borders. plain: whether the row holds text that the untouched decoder can read too.
    """

    ids: np.ndarray
    positions: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    branch: np.ndarray
    fork: np.ndarray
    written: np.ndarray
    bounds: list[int]
    plain: bool

    def extents(self) -> list[tuple[int, int, int, torch.Tensor | None]]:
        """(start, end of the trunk, end, what the branches' tokens see of the tree) of each tree; [branches' tokens, tokens] bool, or None."""
        found = []
        for start, end in zip(self.bounds, self.bounds[1:]):
            branch, fork, position = (torch.from_numpy(array[start:end]) for array in (self.branch, self.fork, self.positions))
            trunk = int((branch == 0).sum())
            seen = (branch == 0)[None] & (position[None] < fork[trunk:, None])
            own = (branch[trunk:, None] == branch[None]) & (torch.arange(trunk, end - start)[:, None] >= torch.arange(end - start)[None])
            found.append((start, start + trunk, end, seen | own if start + trunk < end else None))
        return found


def pack(trees: list[Tree], plain: bool) -> Row:
    """Trees as a row; the last token of a trunk or branch has no target."""
    columns: dict[str, list] = {name: [] for name in ("ids", "positions", "targets", "weights", "branch", "fork", "written")}
    bounds = [0]
    for tree in trees:
        for first, number, part in tree.parts():
            count = len(part.ids)
            columns["ids"] += part.ids
            columns["positions"] += range(first, first + count)
            columns["targets"] += [*part.ids[1:], 0]
            columns["weights"] += [*part.weights[1:], 0.0]
            columns["branch"] += [number] * count
            columns["fork"] += [first if number else TRUNK] * count
            columns["written"] += [part.middle is not None and part.middle - 1 <= at < count - 1 for at in range(count)]
        bounds.append(len(columns["ids"]))
    kinds = {"ids": np.int64, "positions": np.int64, "targets": np.int64, "weights": np.float32, "branch": np.int32, "fork": np.int32, "written": bool}
    return Row(**{name: np.array(values, kinds[name]) for name, values in columns.items()}, bounds=bounds, plain=plain)


def attend_trees(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, extents: list[tuple[int, int, int, torch.Tensor | None]]) -> torch.Tensor:
    """Attention inside each tree. q: [tokens, heads, d]; k, v: [tokens, kv_heads, d]; extents: those of `Row`."""
    repeat = q.shape[1] // k.shape[1]
    q, k, v = (x.transpose(0, 1)[None] for x in (q, k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)))
    parts = []
    for start, trunk, end, mask in extents:
        parts.append(F.scaled_dot_product_attention(q[:, :, start:trunk], k[:, :, start:trunk], v[:, :, start:trunk], is_causal=True))
        if mask is not None:
            parts.append(F.scaled_dot_product_attention(q[:, :, trunk:end], k[:, :, start:end], v[:, :, start:end], attn_mask=mask))
    return torch.cat(parts, 2)[0].transpose(0, 1)
