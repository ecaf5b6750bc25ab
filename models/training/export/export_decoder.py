"""Write a model folder (docs/model-folder.md) from a checkpoint.

    python -m export.export_decoder CHECKPOINT.pt TOKENIZER.json ../decoder --name glassbox-decoder-v0 --version 0.1.0 --copies-from 0.05
"""

from pathlib import Path

from data.layout import SPECIALS
from export import graph
from export.checkpoint import load
from export.manifest import export_arguments, write_model_folder
from model.decoder import Decoder, Shape


def manifest(shape: Shape, name: str, version: str, copies_from: float | None = None) -> dict:
    """The fields of a decoder's glassbox.json; `copies_from`: see docs/model-folder.md."""
    return {
        "name": name, "version": version, "role": "decoder",
        "contextLength": shape.context, "vocabularySize": shape.vocabulary, "layout": "suffix-first-marked", "tokens": SPECIALS,
        "cache": {"layers": shape.layers, "heads": shape.kv_heads, "headSize": shape.head_size},
        **({} if copies_from is None else {"copiesFrom": copies_from}),
    }


def write_folder(decoder: Decoder, tokenizer: Path, folder: Path, name: str, version: str, copies_from: float | None = None) -> None:
    """Graph, tokenizer and manifest."""
    body_bits = decoder.blocks[0].qkv.bits or 4
    write_model_folder(folder, graph.build(decoder, body_bits), tokenizer, manifest(decoder.shape, name, version, copies_from))


def main() -> None:
    parser = export_arguments(__doc__.splitlines()[0])
    parser.add_argument("--copies-from", type=float, help="from this confidence on, copied text takes the place of the model's")
    args = parser.parse_args()
    write_folder(load(args.checkpoint), args.tokenizer, args.folder, args.name, args.version, args.copies_from)
    print(sum(path.stat().st_size for path in args.folder.iterdir()), "bytes in", args.folder)


if __name__ == "__main__":
    main()
