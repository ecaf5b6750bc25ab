"""What encoder and static table share in training: the symmetric contrastive loss and the score that tells how good it is."""

import torch
import torch.nn.functional as F

from search.pairs import Pair

DEPTH = 10
FEWEST = 20
"""A package with fewer questions says nothing about ranking."""


def alike(values: list) -> torch.Tensor:
    """[n, n] bool: which two of n values are equal."""
    hashes = torch.tensor([hash(value) for value in values])
    return hashes[:, None] == hashes


def false_negatives(pairs: list[Pair]) -> torch.Tensor:
    """[n, n] bool: where another pair's code answers the question too: the same code, question or (long enough) name."""
    same = alike([pair.code for pair in pairs]) | alike([pair.question.lower() for pair in pairs]) | alike([pair.name or index for index, pair in enumerate(pairs)])
    return same.fill_diagonal_(False)


def contrast(questions: torch.Tensor, codes: torch.Tensor, scale: torch.Tensor, excluded: torch.Tensor) -> torch.Tensor:
    """Symmetric InfoNCE over in-batch negatives. questions, codes: [n, d], of any length; scale: inverse temperature."""
    scores = scale.clamp(max=100) * F.normalize(questions, dim=-1) @ F.normalize(codes, dim=-1).T
    scores = scores.masked_fill(excluded, -1e4)
    target = torch.arange(len(scores), device=scores.device)
    return (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2


def reciprocal_rank(embed, pairs: list[Pair], masked: bool) -> float:
    """MRR@10 over the documentation pairs of each package by itself, then the mean over packages; ties lose.

    embed(texts, kind): list of str, "question" or "code" → [n, d], normalised.
    """
    found = []
    for package in sorted({pair.package for pair in pairs}):
        own = [pair.masked() if masked and pair.name else pair for pair in pairs if pair.package == package and pair.kind == "documentation"]
        if len(own) < FEWEST:
            continue
        scores = embed([pair.question for pair in own], "question") @ embed([pair.code for pair in own], "code").T
        rank = (scores >= scores.diagonal()[:, None]).sum(-1)
        found.append(float(torch.where(rank <= DEPTH, 1 / rank, 0.0).mean()))
    return sum(found) / max(1, len(found))
