"""Greedy text of a decoder with a cache, in PyTorch: for measuring on any machine what has not been exported yet."""

from pathlib import Path

import torch
import torch.nn.functional as F

from adapter import file
from adapter.base import read_decoder
from adapter.lowrank import Rows, adapt, freeze
from adapter.products import Plain
from model.decoder import Decoder


def merged(gguf: Path, adapter: Path | None, config: dict, ids: dict[str, int]) -> Decoder:
    """A base with an adapter's matrices and rows in it; without a file the base alone."""
    decoder = read_decoder(gguf).requires_grad_(False)
    if adapter is None:
        return decoder
    freeze(decoder, Plain)
    rows = Rows(sorted(ids[role] for role in config["adapted_roles"]), decoder.table)
    adapters = adapt(decoder, config["rank"], config["alpha"])
    file.read(adapter, file.parameters(adapters, rows), rows, config)
    rows.write(decoder.table)
    for _, adapted in adapters:
        adapted.product, adapted.merged = Plain(adapted.whole()), True
    return decoder.requires_grad_(False)


class Reader:
    """A decoder that has read some tokens; `read` appends more."""

    def __init__(self, decoder: Decoder):
        self.decoder, self.length = decoder, 0
        self.keys: list[torch.Tensor | None] = [None] * decoder.shape.layers
        self.values: list[torch.Tensor | None] = [None] * decoder.shape.layers
        self.layer = 0

    def attend(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, _) -> torch.Tensor:
        """Attention of new tokens to all so far; the layers call it in order. q: [new, heads, d]; k, v: [new, kv_heads, d]."""
        at, self.layer = self.layer, (self.layer + 1) % self.decoder.shape.layers
        if self.length:
            k, v = torch.cat((self.keys[at], k)), torch.cat((self.values[at], v))
        self.keys[at], self.values[at] = k, v
        repeat = q.shape[1] // k.shape[1]
        q, k, v = (x.transpose(0, 1)[None] for x in (q, k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)))
        mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).tril(self.length) if self.length and q.shape[2] > 1 else None
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=not self.length)[0].transpose(0, 1)

    @torch.no_grad()
    def read(self, ids: list[int]) -> torch.Tensor:
        """Logits [vocabulary] behind the last of some more tokens."""
        positions = torch.arange(self.length, self.length + len(ids))
        hidden = self.decoder(torch.tensor(ids), positions, None, self.attend)
        self.length += len(ids)
        return self.decoder.table @ hidden[-1]


class Healing:
    """Which tokens may come first where the prompt's last token is written anew: those that begin with its text, or begin it.

    texts: what each token stands for, in the alphabet of byte-level vocabularies; None for special tokens.
    """

    def __init__(self, texts: list[str | None]):
        self.texts = texts

    def allowed(self, left: str) -> torch.Tensor:
        """[vocabulary] bool: tokens that agree with what is left to be written anew."""
        return torch.tensor([text is not None and text != "" and (text.startswith(left) or left.startswith(text)) for text in self.texts])


def write(decoder: Decoder, prompt: list[int], most: int, ends: set[int], stop, healing: Healing | None = None) -> list[int]:
    """Greedy tokens behind a prompt, up to one of `ends` or until `stop(tokens)`; with `healing` the last token of the prompt is written anew.

    What is returned then begins with that token's text.
    """
    left = (healing.texts[prompt[-1]] or "") if healing else ""
    if left and len(prompt) > 1:
        prompt = prompt[:-1]
    else:
        left = ""
    reader, made = Reader(decoder), []
    scores = reader.read(prompt)
    while len(made) < most:
        if left:
            scores = scores.masked_fill(~healing.allowed(left), -torch.inf)
        token = int(scores.argmax())
        if token in ends:
            break
        made.append(token)
        if left:
            text = healing.texts[token]
            left = left[len(text) :] if left.startswith(text) else ""
        elif stop(made):
            break
        scores = reader.read([token])
    return made
