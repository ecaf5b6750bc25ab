"""The adapter's file: safetensors in float16, read by the product's build and by training that goes on from it.

| tensor | shape | |
|---|---|---|
| `layers.N.M.a` | [rank, in] | M: `query`, `key`, `value`, `output`, `gate`, `up`, `down` |
| `layers.N.M.b` | [out, rank] | rows of `query` and `key` pair a number with the one half a head further on, as PyTorch has them, not as GGUF |
| `table.rows` | [n, width] | what stands in the table at the ids of `rows`, for the embedding and for the read-out |

The merged matrix is W + (alpha / rank) · b·a. Metadata, all of it text: `format` ("glassbox-adapter-1"), `alpha`, `rank`,
`rows` (JSON list of ids), `tokens` (JSON, role → text of the special token that plays it), `layout`, `base_sha256` (of the GGUF
file), `trained_tokens`.
"""

import json
import os
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from adapter.lowrank import PARTS, Adapted, Rows

FORMAT, LAYOUT = "glassbox-adapter-1", "suffix-first-marked"


class AdapterError(Exception):
    """A file that does not belong to this decoder."""


def parameters(adapters: list[tuple[str, Adapted]], rows: Rows) -> dict[str, torch.nn.Parameter]:
    """Everything that is trained, by its name in the file."""
    found = {"table.rows": rows.values}
    for place, adapted in adapters:
        _, layer, module = place.split(".")
        for matrix, a, b in zip(PARTS[module], adapted.a, adapted.b):
            found |= {f"layers.{layer}.{matrix}.a": a, f"layers.{layer}.{matrix}.b": b}
    return found


def write(path: Path, tensors: dict[str, torch.Tensor], rows: Rows, config: dict, base_sha256: str, tokens: int) -> None:
    """Write an adapter so that a kill at any moment leaves the previous one whole."""
    metadata = {
        "format": FORMAT, "alpha": str(config["alpha"]), "rank": str(config["rank"]), "rows": json.dumps(rows.ids.tolist()),
        "tokens": json.dumps({role: config["tokens"][role] for role in config["adapted_roles"]}), "layout": LAYOUT, "base_sha256": base_sha256, "trained_tokens": str(tokens),
    }
    partial = path.with_suffix(".partial")
    save_file({name: tensor.detach().half().contiguous() for name, tensor in tensors.items()}, partial, metadata)
    os.replace(partial, path)


@torch.no_grad()
def read(path: Path, tensors: dict[str, torch.Tensor], rows: Rows, config: dict) -> int:
    """Copy an adapter's numbers into `tensors`; returns how many tokens it was trained on."""
    with safe_open(path, "pt") as stored:
        metadata = stored.metadata()
        expected = {"format": FORMAT, "alpha": str(config["alpha"]), "rank": str(config["rank"]), "rows": json.dumps(rows.ids.tolist())}
        for name, value in expected.items():
            if metadata.get(name) != value:
                raise AdapterError(f"{path.name} has {name} {metadata.get(name)}, not {value}")
        if set(stored.keys()) != set(tensors):
            raise AdapterError(f"{path.name} has other matrices than the decoder")
        for name, tensor in tensors.items():
            tensor.copy_(stored.get_tensor(name))
    return int(metadata["trained_tokens"])
