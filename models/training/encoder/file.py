"""The encoder's adapter as a file: safetensors in float16, read by the product's build and by training that goes on from it.

| tensor | shape | |
|---|---|---|
| `encoder.layer.N.M.a` | [rank, in] | M: `attention.self.query`, `.key`, `.value`, `attention.output.dense`, `intermediate.dense`, `output.dense` |
| `encoder.layer.N.M.b` | [out, rank] | any scale is part of it |

The merged matrix is W + b·a, where W is `encoder.layer.N.M.weight`. Metadata, all of it text: `format`
("glassbox-encoder-adapter-1"), `rank`, `base_sha256` (of the base's model.safetensors), `trained_pairs`.
"""

import os
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

FORMAT = "glassbox-encoder-adapter-1"


class AdapterError(Exception):
    """A file that does not belong to this encoder."""


def write(path: Path, tensors: dict[str, torch.Tensor], base_sha256: str, pairs: int) -> None:
    """Write an adapter so that a kill at any moment leaves the previous one whole. pairs: on how many it was trained."""
    rank = min(next(iter(tensors.values())).shape)
    metadata = {"format": FORMAT, "rank": str(rank), "base_sha256": base_sha256, "trained_pairs": str(pairs)}
    partial = path.with_suffix(".partial")
    save_file({name: tensor.detach().half().contiguous() for name, tensor in tensors.items()}, partial, metadata)
    os.replace(partial, path)


@torch.no_grad()
def read(path: Path, tensors: dict[str, torch.Tensor]) -> int:
    """Copy an adapter's numbers into `tensors`; returns on how many pairs it was trained."""
    with safe_open(path, "pt") as stored:
        metadata = stored.metadata() or {}
        if metadata.get("format") != FORMAT:
            raise AdapterError(f"{path.name} has format {metadata.get('format')}, not {FORMAT}")
        if set(stored.keys()) != set(tensors):
            raise AdapterError(f"{path.name} has other matrices than the encoder")
        for name, tensor in tensors.items():
            value = stored.get_tensor(name)
            if value.shape != tensor.shape:
                raise AdapterError(f"{path.name} has {name} as {list(value.shape)} instead of {list(tensor.shape)}")
            tensor.copy_(value)
    return int(metadata["trained_pairs"])


def rank_of(path: Path) -> int:
    with safe_open(path, "pt") as stored:
        return int((stored.metadata() or {})["rank"])
