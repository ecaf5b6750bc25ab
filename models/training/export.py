"""Write a model folder (docs/model-folder.md) from a checkpoint.

    python export.py CHECKPOINT.pt TOKENIZER.json ../decoder --name glassbox-decoder-v0 --version 0.1.0
"""

import argparse
import shutil
from pathlib import Path

import onnx
import torch

import graph
from layout import SPECIALS
from manifest import write_manifest
from model import Decoder, Shape


def load(checkpoint: Path) -> Decoder:
    """The decoder of a checkpoint, with the rounding of its export switched on."""
    stored = torch.load(checkpoint, map_location="cpu", weights_only=True)
    decoder = Decoder(Shape(**stored["shape"]))
    decoder.load_state_dict(stored["model"])
    return decoder.float().eval().quantized(stored["body_bits"], 8)


def manifest(shape: Shape, name: str, version: str) -> dict:
    """The fields of a decoder's glassbox.json."""
    return {
        "name": name, "version": version, "role": "decoder", "license": "MIT",
        "contextLength": shape.context, "vocabularySize": shape.vocabulary,
        "graph": "model.onnx", "tokenizer": "tokenizer.json", "layout": "suffix-first-marked", "tokens": SPECIALS,
        "cache": {"layers": shape.layers, "heads": shape.kv_heads, "headSize": shape.head_size},
    }


def write_folder(decoder: Decoder, tokenizer: Path, folder: Path, name: str, version: str, accuracy_level: int = 4) -> None:
    """Graph, tokenizer and manifest."""
    body_bits = decoder.blocks[0].qkv.bits or 4
    built = graph.build(decoder, body_bits, accuracy_level)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(built, folder / "model.onnx")
    if tokenizer.resolve() != (folder / "tokenizer.json").resolve():
        shutil.copyfile(tokenizer, folder / "tokenizer.json")
    write_manifest(folder, manifest(decoder.shape, name, version), ["model.onnx", "tokenizer.json"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    args = parser.parse_args()
    write_folder(load(args.checkpoint), args.tokenizer, args.folder, args.name, args.version)
    print(sum(path.stat().st_size for path in args.folder.iterdir()), "bytes in", args.folder)


if __name__ == "__main__":
    main()
