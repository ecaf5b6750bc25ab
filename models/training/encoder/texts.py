"""Texts as tokens, in parts of like length: used by train.py and ranking.py."""

from dataclasses import dataclass

import torch
from tokenizers import Tokenizer


@dataclass(frozen=True)
class Part:
    """Some texts: their places among all, ids int64 [texts, tokens] padded at the end, and how many tokens each has."""

    places: torch.Tensor
    ids: torch.Tensor
    lengths: torch.Tensor


def tokens(tokenizer: Tokenizer, texts: list[str], longest: int) -> list[list[int]]:
    """Ids of each text with the marks that the encoder expects, at most `longest` of them: the last is the end mark."""
    made = [encoded.ids for encoded in tokenizer.encode_batch_fast([text[: 12 * longest] for text in texts])]
    return [ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]] for ids in made]


def parts(texts: list[list[int]], budget: int) -> list[Part]:
    """All texts in parts of at most `budget` ids with padding, longest first."""
    order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    made = []
    while order:
        longest = len(texts[order[0]])
        taken, order = order[: max(1, budget // longest)], order[max(1, budget // longest) :]
        ids = torch.zeros(len(taken), longest, dtype=torch.int64)
        for row, place in enumerate(taken):
            ids[row, : len(texts[place])] = torch.tensor(texts[place])
        made.append(Part(torch.tensor(taken), ids, torch.tensor([len(texts[place]) for place in taken])))
    return made
