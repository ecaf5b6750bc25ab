"""A BERT encoder for training an adapter on a CPU: frozen weights, low-rank matrices beside them, mean pooling.

Computes what `BertModel` of `transformers` does (modeling_bert.py) without its pooler and without dropout; a test holds that.
`Bert.adapters` are those of adapter/lowrank.py, whose products leave out the gradient of what is frozen.
"""

import hashlib
import json
import zipfile
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import nn

from adapter.lowrank import Adapted, Frozen
from adapter.products import Plain

PARTS = {
    "qkv": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "output": ("attention.output.dense",), "up": ("intermediate.dense",), "down": ("output.dense",),
}
"""Module of a layer → the matrices whose rows it holds, as `BertModel` names them behind `encoder.layer.N.`."""


class Base:
    """What a published encoder's archive or folder holds: its configuration, tensors by name, and tokenizer."""

    def __init__(self, path: Path):
        def content(name: str) -> bytes:
            if path.is_dir():
                return (path / name).read_bytes()
            with zipfile.ZipFile(path) as archive:
                found = [entry for entry in archive.namelist() if entry == name or entry.endswith("/" + name)]
                # Pooling has a file of the same name, deeper down.
                return archive.read(min(found, key=lambda entry: entry.count("/")))

        self.config = json.loads(content("config.json"))
        weights = content("model.safetensors")
        self.tensors, self.sha256 = load(weights), hashlib.sha256(weights).hexdigest()
        self.tokenizer = Tokenizer.from_str(content("tokenizer.json").decode())
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()


class Layer(nn.Module):
    def __init__(self, base: Base, number: int, rank: int, make):
        super().__init__()
        self.heads, self.epsilon = base.config["num_attention_heads"], base.config["layer_norm_eps"]
        name = f"encoder.layer.{number}."
        for part, matrices in PARTS.items():
            weights = [base.tensors[f"{name}{matrix}.weight"].float() for matrix in matrices]
            bias = torch.cat([base.tensors[f"{name}{matrix}.bias"].float() for matrix in matrices])
            setattr(self, part, Adapted(Frozen(torch.cat(weights), make), tuple(len(weight) for weight in weights), rank, 1.0))
            self.register_buffer(f"{part}_bias", bias, persistent=False)
        for norm, place in (("first", "attention.output"), ("second", "output")):
            for what in ("weight", "bias"):
                self.register_buffer(f"{norm}_{what}", base.tensors[f"{name}{place}.LayerNorm.{what}"].float(), persistent=False)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """x: [texts, tokens, width]; mask: [texts, 1, 1, tokens] bool, what may be looked at."""
        texts, tokens, width = x.shape
        x = x.reshape(-1, width)
        query, key, value = (self.qkv(x) + self.qkv_bias).view(texts, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=mask).transpose(1, 2).reshape(-1, width)
        x = F.layer_norm(x + self.output(attended) + self.output_bias, (width,), self.first_weight, self.first_bias, self.epsilon)
        wide = F.gelu(self.up(x) + self.up_bias)
        x = F.layer_norm(x + self.down(wide) + self.down_bias, (width,), self.second_weight, self.second_bias, self.epsilon)
        return x.view(texts, tokens, width)


class Bert(nn.Module):
    """Token ids in, a vector of length 1 for each text out. rank: of the adapters; make: the kind of product (adapter/products.py)."""

    def __init__(self, base: Base, rank: int, make=Plain):
        super().__init__()
        table = {name.removeprefix("embeddings."): tensor.float() for name, tensor in base.tensors.items() if name.startswith("embeddings.") and tensor.is_floating_point()}
        self.width, self.epsilon = base.config["hidden_size"], base.config["layer_norm_eps"]
        self.register_buffer("tokens", table["word_embeddings.weight"], persistent=False)
        # All texts are of the first type.
        self.register_buffer("places", table["position_embeddings.weight"] + table["token_type_embeddings.weight"][0], persistent=False)
        self.register_buffer("norm_weight", table["LayerNorm.weight"], persistent=False)
        self.register_buffer("norm_bias", table["LayerNorm.bias"], persistent=False)
        self.layers = nn.ModuleList(Layer(base, number, rank, make) for number in range(base.config["num_hidden_layers"]))

    def adapters(self) -> dict[str, nn.Parameter]:
        """Everything that is trained, by its name in the adapter's file (file.py)."""
        found = {}
        for number, layer in enumerate(self.layers):
            for part, matrices in PARTS.items():
                adapted = getattr(layer, part)
                for matrix, a, b in zip(matrices, adapted.a, adapted.b):
                    found |= {f"encoder.layer.{number}.{matrix}.a": a, f"encoder.layer.{number}.{matrix}.b": b}
        return found

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """ids: int64 [texts, tokens]; lengths: [texts], tokens that are no padding → [texts, width], each of length 1."""
        present = torch.arange(ids.shape[1]) < lengths[:, None]
        x = F.layer_norm(F.embedding(ids, self.tokens) + self.places[: ids.shape[1]], (self.width,), self.norm_weight, self.norm_bias, self.epsilon)
        for layer in self.layers:
            x = layer(x, present[:, None, None])
        return F.normalize((x * present[..., None]).sum(1) / lengths[:, None], dim=-1)
