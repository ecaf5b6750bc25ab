"""Attention inside documents for GPUs: one block-sparse kernel over the whole packed row."""

import torch
from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention

compiled = torch.compile(flex_attention, dynamic=False)
"""Uncompiled, the scores of a whole row would exist at once: too much for a GPU's memory, fine for a test on CPU."""


def document_mask(bounds: list[int], tokens: int, device: torch.device) -> BlockMask:
    """Causal, and only inside the documents whose borders are `bounds`; made once per packed row."""
    numbers = torch.zeros(tokens, dtype=torch.int32)
    numbers[torch.tensor(bounds[1:-1], dtype=torch.int64)] = 1
    numbers = numbers.cumsum(0).to(device)

    def visible(batch, head, query, key):
        return (query >= key) & (numbers[query] == numbers[key])

    return create_block_mask(visible, None, None, tokens, tokens, device=device)


def attend_flexible(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: BlockMask) -> torch.Tensor:
    """q: [tokens, heads, d]; k, v: [tokens, kv_heads, d] → [tokens, heads, d]."""
    q, k, v = (x.transpose(0, 1)[None] for x in (q, k, v))
    attend = compiled if q.is_cuda else flex_attention
    return attend(q, k, v, block_mask=mask, enable_gqa=True)[0].transpose(0, 1)
