"""Train the byte-level BPE tokenizer.

    python -m tokenizer.train_tokenizer CORPUS.jsonl OUT/tokenizer.json --config configs/cpu.json
"""

import argparse
import json
import random
from itertools import accumulate
from pathlib import Path

from corpus.languages import family
from tokenizer.byte_pairs import save, train


def sample_texts(corpus: Path, limit: int, shares: dict[str, float], seed: int = 0) -> list[str]:
    """About `limit` characters of the corpus's training files, each language with its share of them."""
    by_language: dict[str, list[str]] = {}
    with corpus.open(encoding="utf-8") as stream:
        for entry in map(json.loads, stream):
            if entry["split"] == "train":
                by_language.setdefault(family(entry["language"]), []).append(entry["text"])
    chosen = []
    for language, share in shares.items():
        texts = by_language.get(language, [])
        random.Random(seed).shuffle(texts)
        ends = accumulate(map(len, texts))
        chosen += [text for text, end in zip(texts, ends) if end <= limit * share]
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--characters", type=int, default=30_000_000)
    args = parser.parse_args()
    config = json.loads(args.config.read_text())
    texts = sample_texts(args.corpus, args.characters, config["languages"])
    tokenizer = train(texts, config["shape"]["vocabulary"])
    save(tokenizer, args.out)
    seen = random.Random(0).sample(texts, min(500, len(texts)))
    tokens = sum(len(tokenizer.encode(text).ids) for text in seen)
    print(f"{tokenizer.get_vocab_size()} entries, {sum(len(text.encode()) for text in seen) / tokens:.2f} bytes per token")


if __name__ == "__main__":
    main()
