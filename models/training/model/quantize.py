"""The exporter's exact rounding, in PyTorch, so that training can see it and the export can reuse it.

Blocks run along the input dimension; each has one float32 scale. Symmetric, as MatMulNBits reads it when no
zero points are given (onnxruntime, docs/ContribOperators.md: value = (q − 2^(bits−1)) · scale): the entry of largest magnitude maps
to −2^(bits−1), so the whole range is used.
"""

import torch

BLOCK = 128


def scales_of(weight: torch.Tensor, bits: int, block: int = BLOCK) -> torch.Tensor:
    """[out, in] → [out, in / block] float32 scales; a block of zeros gets scale 0."""
    blocks = weight.float().unflatten(-1, (-1, block))
    extreme = blocks.gather(-1, blocks.abs().argmax(-1, keepdim=True)).squeeze(-1)
    return extreme / -float(2 ** (bits - 1))


def codes_of(weight: torch.Tensor, scales: torch.Tensor, bits: int, block: int = BLOCK) -> torch.Tensor:
    """[out, in] uint8 codes, 2^(bits−1) standing for zero."""
    middle = 2 ** (bits - 1)
    blocks = weight.float().unflatten(-1, (-1, block))
    inverse = torch.where(scales == 0, torch.zeros_like(scales), 1 / scales).unsqueeze(-1)
    return (torch.round(blocks * inverse) + middle).clamp(0, 2 * middle - 1).to(torch.uint8).flatten(-2)


def values_of(codes: torch.Tensor, scales: torch.Tensor, bits: int, block: int = BLOCK) -> torch.Tensor:
    """Codes and scales → float32 weights, as the runtime sees them."""
    centred = codes.float() - 2 ** (bits - 1)
    return (centred.unflatten(-1, (-1, block)) * scales.unsqueeze(-1)).flatten(-2)


def rounded(weight: torch.Tensor, bits: int, block: int = BLOCK) -> torch.Tensor:
    """The weight after one trip through the quantiser."""
    scales = scales_of(weight, bits, block)
    return values_of(codes_of(weight, scales, bits, block), scales, bits, block)


def straight_through(weight: torch.Tensor, bits: int, block: int = BLOCK) -> torch.Tensor:
    """Rounded values forward, the identity backward."""
    return weight + (rounded(weight.detach(), bits, block) - weight.detach()).to(weight.dtype)
