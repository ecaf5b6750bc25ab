"""A LLaMA-like decoder over packed documents.

Tokens arrive as one flat row of several documents; `bounds` are the documents' borders in it. Attention never
crosses a border and positions start again at each, so nothing leaks between documents and nothing is padded.
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

from model.quantize import straight_through


@dataclass(frozen=True)
class Shape:
    """Sizes of a decoder; every matrix dimension is a multiple of 128 (the quantisation block)."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    kv_heads: int
    hidden: int
    context: int
    head_size: int = 64
    rope_base: float = 10_000.0
    norm_epsilon: float = 1e-5

    def as_dict(self) -> dict:
        return asdict(self)


def rotary(shape: Shape, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosines and sines, [length, head_size / 2] each."""
    half = torch.arange(0, shape.head_size, 2, dtype=torch.float32) / shape.head_size
    angles = torch.arange(length, dtype=torch.float32)[:, None] * (1.0 / shape.rope_base**half)
    return angles.cos(), angles.sin()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotate halves (the non-interleaved layout of GroupQueryAttention). x: [tokens, heads, head_size]."""
    left, right = x.chunk(2, -1)
    cos, sin = cos[:, None].to(x.dtype), sin[:, None].to(x.dtype)
    return torch.cat((left * cos - right * sin, right * cos + left * sin), -1)


def attend_documents(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, bounds: list[int]) -> torch.Tensor:
    """Causal attention inside each document. q: [tokens, heads, d]; k, v: [tokens, kv_heads, d]."""
    repeat = q.shape[1] // k.shape[1]
    q, k, v = (x.transpose(0, 1)[None] for x in (q, k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)))
    parts = [
        F.scaled_dot_product_attention(q[:, :, a:b], k[:, :, a:b], v[:, :, a:b], is_causal=True)
        for a, b in zip(bounds, bounds[1:])
    ]
    return torch.cat(parts, 2)[0].transpose(0, 1)


def swiglu(gate_up: torch.Tensor) -> torch.Tensor:
    """[tokens, 2 · hidden], the gate first → [tokens, hidden]."""
    gate, up = gate_up.chunk(2, -1)
    return F.silu(gate) * up


def scaled(x: torch.Tensor, gain: torch.Tensor, epsilon: float) -> torch.Tensor:
    """RMSNorm of [tokens, width], in float32."""
    return F.rms_norm(x.float(), (x.shape[-1],), gain, epsilon)


class Linear(nn.Module):
    """A matrix [out, in] without bias; with `bits` set it is used as the exporter will round it."""

    def __init__(self, inputs: int, outputs: int, std: float):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs).normal_(std=std))
        self.bits: int | None = None

    def effective(self) -> torch.Tensor:
        return self.weight if self.bits is None else straight_through(self.weight, self.bits)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.effective().to(x.dtype))


class Norm(nn.Module):
    """RMSNorm with a learned gain, computed in float32."""

    def __init__(self, width: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon
        self.scaled = scaled

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.scaled(x, self.weight, self.epsilon)


class Block(nn.Module):
    """Attention and SwiGLU, each on a normalised copy of the stream."""

    def __init__(self, shape: Shape):
        super().__init__()
        inner = shape.heads * shape.head_size
        keys = shape.kv_heads * shape.head_size
        std = shape.width**-0.5
        self.shape, self.sections = shape, (inner, keys, keys)
        self.rotate, self.swiglu = rotate, swiglu
        self.attention_norm = Norm(shape.width, shape.norm_epsilon)
        self.qkv = Linear(shape.width, inner + 2 * keys, std)
        self.out = Linear(inner, shape.width, 0.0)  # each block starts as the identity
        self.mlp_norm = Norm(shape.width, shape.norm_epsilon)
        self.gate_up = Linear(shape.width, 2 * shape.hidden, std)
        self.down = Linear(shape.hidden, shape.width, 0.0)  # each block starts as the identity

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, bounds, attend, dtype: torch.dtype) -> torch.Tensor:
        size = self.shape.head_size
        q, k, v = self.qkv(self.attention_norm(x).to(dtype)).split(self.sections, -1)
        q, k, v = (part.unflatten(-1, (-1, size)) for part in (q, k, v))
        mixed = attend(self.rotate(q, cos, sin), self.rotate(k, cos, sin), v, bounds)
        x = x + self.out(mixed.flatten(-2)).to(x.dtype)
        return x + self.down(self.swiglu(self.gate_up(self.mlp_norm(x).to(dtype)))).to(x.dtype)


class Decoder(nn.Module):
    """ids → final hidden states; the table embeds and reads out."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.table = nn.Parameter(torch.empty(shape.vocabulary, shape.width).normal_(std=0.02))
        self.table_bits: int | None = None
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width, shape.norm_epsilon)
        cos, sin = rotary(shape, shape.context)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def quantized(self, body_bits: int | None, table_bits: int | None) -> "Decoder":
        """Switch quantisation-aware rounding on (bits) or off (None)."""
        self.table_bits = table_bits
        for module in self.modules():
            if isinstance(module, Linear):
                module.bits = body_bits
        return self

    def effective_table(self) -> torch.Tensor:
        return self.table if self.table_bits is None else straight_through(self.table, self.table_bits)

    def forward(self, ids: torch.Tensor, positions: torch.Tensor, bounds, attend=attend_documents, dtype=torch.float32) -> torch.Tensor:
        """ids, positions: [tokens] int64; attend(q, k, v, bounds) mixes inside documents. Returns [tokens, width] float32."""
        x = F.embedding(ids, self.effective_table())
        cos, sin = self.cos[positions], self.sin[positions]
        for block in self.blocks:
            x = block(x, cos, sin, bounds, attend, dtype)
        return self.norm(x)

    def logits(self, ids: torch.Tensor) -> torch.Tensor:
        """One document [tokens] → [tokens, vocabulary] float32: the reference the exported graph is compared with."""
        return self(ids, torch.arange(len(ids)), [0, len(ids)]) @ self.effective_table().T
