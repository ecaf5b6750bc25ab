"""The bidirectional encoder: the decoder's blocks with attention in both directions, and the mean of what comes out.

Unlike a decoder's documents, texts are padded to one length and carry a mask: they are short and of like length.
"""

import torch
import torch.nn.functional as F
from torch import nn

from data.layout import IDS
from model.decoder import Decoder, Shape

MASK = IDS["pad"]
"""Stands for a hidden token: padding never takes part in attention, so the two cannot be confused."""


def attend_padded(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
    """Attention among the present tokens of each text. q, k, v: [texts · length, heads, d]; present: [texts, length] bool."""
    q, k, v = (x.unflatten(0, present.shape).transpose(1, 2) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v, attn_mask=present[:, None, None]).transpose(1, 2).flatten(0, 1)


class Encoder(nn.Module):
    """Token ids → states → one vector a text. What makes `stack` a decoder is the attention it is given."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.stack = Decoder(shape)

    def states(self, ids: torch.Tensor, present: torch.Tensor, dtype=torch.float32) -> torch.Tensor:
        """ids [texts, length] int64, present [texts, length] bool → [texts, length, width] float32."""
        positions = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)
        return self.stack(ids.flatten(), positions.flatten(), present, attend_padded, dtype).unflatten(0, ids.shape)

    def forward(self, ids: torch.Tensor, present: torch.Tensor, dtype=torch.float32) -> torch.Tensor:
        """The mean state of each text's tokens, [texts, width]; not normalised, so that leading parts can be."""
        states = self.states(ids, present, dtype) * present[..., None]
        return states.sum(1) / present.sum(1, keepdim=True).clamp(min=1)


def padded(texts: list[list[int]], length: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids, present) of texts, cut and padded to `length` or to the longest of them."""
    length = length or max(1, *map(len, texts))
    ids = torch.full((len(texts), length), IDS["pad"], dtype=torch.int64)
    present = torch.zeros(len(texts), length, dtype=torch.bool)
    for row, text in enumerate(texts):
        kept = text[:length]
        ids[row, : len(kept)] = torch.tensor(kept, dtype=torch.int64)
        present[row, : len(kept)] = True
    return ids, present
