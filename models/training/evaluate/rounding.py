"""What rounding costs: validation loss with and without it.

    python -m evaluate.rounding CHECKPOINT.pt CORPUS.jsonl TOKENIZER.json configs/cpu.json
"""

import argparse
import json
from pathlib import Path

import torch

from data.batches import Budget, Corpus, Mixer, batch
from export.checkpoint import load
from tokenizer.byte_pairs import encoder
from train.step import Step

BATCHES = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("checkpoint", "corpus", "tokenizer", "config"):
        parser.add_argument(name, type=Path)
    args = parser.parse_args()
    config = json.loads(args.config.read_text())
    held = Mixer(Corpus(args.corpus, "validation", config["languages"]), encoder(args.tokenizer), Budget(**config["budget"]))
    batches = [batch(held, 7, index, "train", 4096) for index in range(BATCHES)]
    decoder = load(args.checkpoint)
    work, bits = Step(decoder, torch.device("cpu")), decoder.blocks[0].qkv.bits
    variants = {"float32": (None, None), f"body {bits} bits": (bits, None), "table 8 bits": (None, 8), "as shipped": (bits, 8)}
    for name, (body, table) in variants.items():
        decoder.quantized(body, table)
        print(f"{name}: {work.validate(batches):.4f} nats per token")


if __name__ == "__main__":
    main()
