"""Draws the batches that the encoder's adapter is trained on. Used by train.py; knows nothing of tokens.

Half of a batch are pairs with their nearest neighbours by words, the other half are drawn from all packages. What is drawn
depends on the seed and the step alone, so that a run that was interrupted goes on with what it would have seen.
"""

import random
from dataclasses import dataclass

import numpy as np
import torch

from encoder.pairs import Sample
from encoder.questions import ANEW, asked, spaced
from search.contrast import alike

REWRITTEN = ("documentation", "comment")
MASKED_SHARE = SPACED_SHARE = 0.5
DOCUMENTED_SHARE = 0.2
"""Code that is searched has its documentation mostly: so often it is shown, and asked for in other words."""


@dataclass(frozen=True)
class Batch:
    """Questions, the code that answers each, and [n, n] bool: which pairs must not count as each other's negatives."""

    questions: list[str]
    codes: list[str]
    excluded: torch.Tensor


def excluded(samples: list[Sample]) -> torch.Tensor:
    """[n, n] bool: where another pair's code answers the question too, or holds the same."""
    same = alike([sample.body for sample in samples]) | alike([" ".join(sample.question.lower().split()).rstrip(".") for sample in samples])
    same |= alike([sample.name or index for index, sample in enumerate(samples)])
    return same.fill_diagonal_(False)


def shown(sample: Sample, choose: random.Random) -> tuple[str, str]:
    """(question, code) of a pair as one draw shows it."""
    question, code = sample.question, sample.code
    if sample.kind == "name":
        return (spaced(question) if choose.random() < SPACED_SHARE else question), code
    if sample.name and choose.random() < MASKED_SHARE:
        question, code = sample.masked()
    if sample.kind == "documentation" and choose.random() < DOCUMENTED_SHARE:
        return asked(question, sample.language, choose, least=ANEW), with_documentation(code, question, sample.language)
    return (asked(question, sample.language, choose) if sample.kind in REWRITTEN else question), code


def with_documentation(code: str, sentence: str, language: str) -> str:
    """The code with a sentence where its language has documentation: behind the first line in Python, before it elsewhere."""
    if language != "python":
        return f"/** {sentence} */\n{code}"
    first, _, rest = code.partition("\n")
    return f'{first}\n    """{sentence}"""\n{rest}'


class Batches:
    """`shares`: kind → share of what is drawn; neighbours: int [samples, k], -1 for none; size: pairs of a batch."""

    def __init__(self, samples: list[Sample], neighbours: np.ndarray, shares: dict[str, float], size: int, seed: int):
        self.samples, self.neighbours, self.size, self.seed = samples, neighbours, size, seed
        kinds = {kind: [index for index, sample in enumerate(samples) if sample.kind == kind] for kind in shares}
        self.kinds = {kind: members for kind, members in kinds.items() if members}
        self.shares = [shares[kind] for kind in self.kinds]

    def draw(self, choose: random.Random) -> int:
        return choose.choice(self.kinds[choose.choices(list(self.kinds), self.shares)[0]])

    def indices(self, choose: random.Random) -> list[int]:
        """Positions of the pairs of a batch, none twice."""
        chosen: dict[int, None] = {}
        while len(chosen) < self.size // 2:
            index = self.draw(choose)
            chosen.update(dict.fromkeys([index, *(int(near) for near in self.neighbours[index] if near >= 0)]))
        for _ in range(20 * self.size):
            if len(chosen) >= self.size:
                break
            chosen[self.draw(choose)] = None
        return list(chosen)[: self.size]

    def batch(self, step: int) -> Batch:
        choose = random.Random(f"{self.seed} {step}")
        samples = [self.samples[index] for index in self.indices(choose)]
        texts = [shown(sample, choose) for sample in samples]
        return Batch([question for question, _ in texts], [code for _, code in texts], excluded(samples))
