"""Begin a larger decoder from a shipped one, with a tokenizer of its own.

    python -m train.grow_decoder ../decoder configs/small.json TOKENIZER.json WEIGHTS.pt

New layers write nothing yet, so the larger decoder computes what the smaller one does; each row of the new table is the
mean of the rows of the pieces into which the old tokenizer cuts that token. `train_decoder.py --weights` goes on from there.
"""

import argparse
import json
from pathlib import Path

import torch

from data.layout import SPECIALS
from export.shipped_weights import shipped
from model.decoder import Decoder, Shape


class Pieces:
    """Cuts a token of another byte-level vocabulary into pieces of this one by the merges alone, without the pre-tokenizer."""

    def __init__(self, tokenizer: Path):
        stored = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]
        self.ids: dict[str, int] = stored["vocab"]
        self.ranks = {tuple(merge): rank for rank, merge in enumerate(stored["merges"])}

    def of(self, token: str) -> list[int]:
        parts = list(token)
        while len(parts) > 1:
            rank, at = min((self.ranks.get(pair, len(self.ranks)), at) for at, pair in enumerate(zip(parts, parts[1:])))
            if rank == len(self.ranks):
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return [self.ids[part] for part in parts]


@torch.no_grad()
def grown(small: Decoder, old: Path, new: Path, shape: Shape) -> Decoder:
    """A decoder of `shape` with what `small` has learnt; both are equally wide and have the same heads."""
    large, pieces = Decoder(shape), Pieces(old)
    for token, at in json.loads(new.read_text(encoding="utf-8"))["model"]["vocab"].items():
        rows = [pieces.ids[token]] if token in SPECIALS.values() else pieces.of(token)
        large.table[at] = small.table[rows].mean(0)
    large.norm.weight.copy_(small.norm.weight)
    for old_block, block in zip(small.blocks, large.blocks):
        for name in ("attention_norm", "qkv", "out", "mlp_norm"):
            getattr(block, name).weight.copy_(getattr(old_block, name).weight)
        for half in range(2):
            rows = old_block.gate_up.weight[half * small.shape.hidden :][: small.shape.hidden]
            block.gate_up.weight[half * shape.hidden :][: small.shape.hidden] = rows
        block.down.weight[:, : small.shape.hidden] = old_block.down.weight
    return large


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("folder", "config", "tokenizer", "out"):
        parser.add_argument(name, type=Path)
    args = parser.parse_args()
    config = json.loads(args.config.read_text())
    torch.manual_seed(config["seed"])
    large = grown(shipped(args.folder), args.folder / "tokenizer.json", args.tokenizer, Shape(**config["shape"]))
    torch.save({"model": large.state_dict()}, args.out)


if __name__ == "__main__":
    main()
