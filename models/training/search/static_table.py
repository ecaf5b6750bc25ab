"""The static table: one vector for each token; a text's vector is the sum of its tokens' vectors, normalised.

    python -m search.static_table CORPUS OUT/search --config configs/search.json --minutes 10

Trained contrastively (symmetric InfoNCE with in-batch negatives) on documentation ↔ function, name ↔ body and comment ↔ block
pairs. How much a token counts is the length of its vector, learned with it. Written as the folder docs/model-folder.md describes.
"""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, models, pre_tokenizers, decoders, trainers

from export.manifest import write_manifest
from search.contrast import contrast, false_negatives, reciprocal_rank
from search.pairs import Batches, Pair, read
from search.words import words
from tokenizer.byte_pairs import save

LONGEST = 400
"""Tokens of a text that are looked at while training."""


def train_tokenizer(texts, size: int) -> Tokenizer:
    """Byte-level BPE inside words: frequent words are one token, rare ones are made of pieces."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(" ", behavior="removed"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


class Texts:
    """Token ids of many texts, one behind the other."""

    def __init__(self, tokenizer: Tokenizer, texts: list[str]):
        encoded = tokenizer.encode_batch([" ".join(words(text)) for text in texts])
        lengths = [min(len(made.ids), LONGEST) for made in encoded]
        self.offsets = np.concatenate([[0], np.cumsum(lengths)])
        self.ids = np.concatenate([np.array(made.ids[:LONGEST], np.int32) for made in encoded]) if encoded else np.empty(0, np.int32)

    def bags(self, chosen: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """(ids, offsets) as `embedding_bag` takes them."""
        parts = [self.ids[self.offsets[index] : self.offsets[index + 1]] for index in chosen]
        starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
        return torch.from_numpy(np.concatenate(parts).astype(np.int64)), torch.from_numpy(starts)


def embed(table: torch.Tensor, bags: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    return F.normalize(F.embedding_bag(bags[0], table, bags[1], mode="sum"), dim=-1)


def start_table(questions: Texts, codes: Texts, size: int, dimension: int, seed: int) -> torch.Tensor:
    """Random directions whose lengths are the tokens' inverse document frequencies: what BM25 would begin with."""
    counts = np.zeros(size)
    for texts in (questions, codes):
        for start, end in zip(texts.offsets, texts.offsets[1:]):
            counts[np.unique(texts.ids[start:end])] += 1
    rarity = np.log((len(questions.offsets) + len(codes.offsets)) / (1 + counts))
    directions = torch.randn(size, dimension, generator=torch.Generator().manual_seed(seed)) / dimension**0.5
    return directions * torch.from_numpy(rarity / rarity.mean()).float()[:, None]


class Trainer:
    def __init__(self, pairs: list[Pair], tokenizer: Tokenizer, config: dict, minutes: float):
        self.tokenizer = tokenizer
        self.config, self.minutes, self.pairs = config, minutes, pairs
        plain, masked = pairs, [pair.masked() if pair.name and pair.kind == "documentation" else pair for pair in pairs]
        self.questions = [Texts(tokenizer, [pair.question for pair in group]) for group in (plain, masked)]
        self.codes = [Texts(tokenizer, [pair.code for pair in group]) for group in (plain, masked)]
        start = start_table(self.questions[0], self.codes[0], tokenizer.get_vocab_size(), config["dimension"], config["seed"])
        self.table = torch.nn.Parameter(start)
        self.scale = torch.nn.Parameter(torch.tensor(1 / 0.05).log())
        self.batches = Batches(pairs, config["batch"], config["seed"])
        self.choose = random.Random(config["seed"])

    def loss(self, chosen: list[int]) -> torch.Tensor:
        which = self.choose.randrange(2)
        questions, codes = (embed(self.table, texts[which].bags(chosen)) for texts in (self.questions, self.codes))
        return contrast(questions, codes, self.scale.exp(), false_negatives([self.pairs[index] for index in chosen]))

    @torch.no_grad()
    def vectors(self, texts: list[str], kind: str) -> torch.Tensor:
        """[texts, dimension]; the table knows no difference between questions and code."""
        return embed(self.table, Texts(self.tokenizer, texts).bags(list(range(len(texts)))))

    def go(self, log) -> None:
        optimizer = torch.optim.Adam([{"params": [self.table], "lr": self.config["lr"]}, {"params": [self.scale], "lr": 0.01}], betas=(0.9, 0.99))
        began, losses, step = time.time(), [], 0
        while (progress := (time.time() - began) / (self.minutes * 60)) < 1:
            for group, peak in zip(optimizer.param_groups, (self.config["lr"], 0.01)):
                group["lr"] = peak * min(1.0, (step + 1) / 20, (1 - progress) / 0.5)
            loss = self.loss(next(self.batches))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            step += 1
            if step % 50 == 0:
                log(f"step {step} loss {sum(losses[-50:]) / 50:.4f} scale {float(self.scale.exp()):.1f} minutes {(time.time() - began) / 60:.1f}")


def write(folder: Path, table: torch.Tensor, tokenizer: Tokenizer, name: str, version: str) -> None:
    """int8 rows with a float32 scale each (row × scale is the token's vector), tokenizer, manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    values = table.detach().numpy()
    scales = np.abs(values).max(axis=1).clip(1e-12) / 127
    np.rint(values / scales[:, None]).astype(np.int8).tofile(folder / "table.bin")
    scales.astype("<f4").tofile(folder / "scales.bin")
    save(tokenizer, folder / "tokenizer.json")
    write_manifest(folder, {
        "name": name, "version": version, "license": "MIT", "role": "static-embedding", "vocabularySize": len(values), "dimension": values.shape[1],
        "text": "lower-case-words", "table": "table.bin", "scales": "scales.bin", "tokenizer": "tokenizer.json",
    }, ["table.bin", "scales.bin", "tokenizer.json"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--name", default="glassbox-search-static-v0")
    parser.add_argument("--version", default="0.1.0")
    args = parser.parse_args()
    config = json.loads(args.config.read_text())
    torch.manual_seed(config["seed"])
    pairs, held = read(args.corpus, "train"), read(args.corpus, "validation")
    tokenizer = train_tokenizer((" ".join(words(text)) for pair in pairs for text in (pair.question, pair.code)), config["vocabulary"])
    print(f"{len(pairs)} pairs for training, {len(held)} for validation", flush=True)
    trainer = Trainer(pairs, tokenizer, config, args.minutes)
    for moment in ("before", "after"):
        if moment == "after":
            trainer.go(lambda line: print(line, flush=True))
        scores = {("masked" if masked else "raw"): round(reciprocal_rank(trainer.vectors, held, masked), 4) for masked in (False, True)}
        print(moment, "training: MRR@10 on validation packages", scores, flush=True)
    write(args.out, trainer.table, tokenizer, args.name, args.version)


if __name__ == "__main__":
    main()
