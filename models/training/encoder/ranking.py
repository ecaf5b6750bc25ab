"""Texts as vectors, and how far up the wanted one comes: used by train.py for its validation and by score.py."""

import torch

from encoder.bert import Bert
from encoder.pairs import Sample
from encoder.texts import parts, tokens
from search.contrast import DEPTH, FEWEST

BUDGET = 6144
"""Ids of texts that are embedded at once."""


@torch.no_grad()
def embed(bert: Bert, tokenizer, texts: list[str], longest: int, in_threads) -> torch.Tensor:
    """[texts, width], each of length 1."""
    vectors = torch.empty(len(texts), bert.width)

    def one(part):
        with torch.no_grad():
            vectors[part.places] = bert(part.ids, part.lengths)

    list(in_threads(one, parts(tokens(tokenizer, texts, longest), BUDGET)))
    return vectors


def reciprocal_ranks(questions: torch.Tensor, documents: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """[questions] 1 ÷ rank of what each asks for, and 0 below the tenth; a tie is a loss."""
    scores = questions @ documents.T
    rank = (scores >= scores.gather(1, wanted[:, None])).sum(-1)
    return torch.where(rank <= DEPTH, 1 / rank, 0.0)


def validation(bert: Bert, tokenizer, samples: list[Sample], config: dict, in_threads) -> dict[str, float]:
    """MRR@10 of documentation (names hidden, mean over packages) and of prose (all together)."""
    def mean(texts: list[tuple[str, str]]) -> float:
        questions = embed(bert, tokenizer, [question for question, _ in texts], config["longest"]["question"], in_threads)
        documents = embed(bert, tokenizer, [code for _, code in texts], config["longest"]["code"], in_threads)
        return float(reciprocal_ranks(questions, documents, torch.arange(len(texts))).mean())

    packages: dict[str, list[tuple[str, str]]] = {}
    for sample in samples:
        if sample.kind == "documentation":
            packages.setdefault(sample.package, []).append(sample.masked() if sample.name else (sample.question, sample.code))
    found = [mean(texts) for texts in packages.values() if len(texts) >= FEWEST]
    prose = [(sample.question, sample.code) for sample in samples if sample.kind == "prose"]
    return {"masked": sum(found) / max(1, len(found)), "prose": mean(prose) if prose else 0.0}
