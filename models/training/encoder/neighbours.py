"""Finds the hard negatives of every pair: code of the same package that shares the question's words and is not the answer.

    python -m encoder.neighbours PAIRS.jsonl NEIGHBOURS.npy

Words are those of search/words.py, weighted by their rarity in the package (tf–idf, cosine). NEIGHBOURS.npy is int32
[training pairs, 4]: positions among the training pairs, -1 where there are fewer. Used by batches.py, which puts a pair and
its neighbours into one batch: each of them is a question with an answer itself, so that no text is computed for one use.
"""

import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, diags_array

from encoder.pairs import Sample, read
from search.words import words

MOST = 4
ASKED = ("documentation", "comment")
"""Kinds whose answers are hard for each other; names and prose have random negatives alone."""
ROWS = 256
"""Questions that are compared at once."""


def counted(texts: list[str], ids: dict[str, int]) -> csr_array:
    """[texts, words] how often each word occurs, as 1 + log; unknown words get the next number."""
    starts, columns, values = [0], [], []
    for text in texts:
        counts = Counter(words(text))
        columns += [ids.setdefault(word, len(ids)) for word in counts]
        values += [1 + np.log(count) for count in counts.values()]
        starts.append(len(columns))
    return csr_array((np.array(values, np.float32), np.array(columns, np.int32), np.array(starts, np.int64)))


def normalised(matrix: csr_array) -> csr_array:
    lengths = np.sqrt(matrix.multiply(matrix).sum(1)).clip(1e-9)
    return diags_array(1 / lengths).astype(np.float32) @ matrix


def answers_too(sample: Sample, other: Sample) -> bool:
    return sample.body == other.body or sample.question.lower() == other.question.lower() or (sample.name != "" and sample.name == other.name)


def of_package(samples: list[Sample], most: int = MOST) -> np.ndarray:
    """int32 [samples, most] of one package, positions among `samples`."""
    ids: dict[str, int] = {}
    questions, codes = counted([sample.question for sample in samples], ids), counted([sample.code for sample in samples], ids)
    questions.resize(len(samples), len(ids))
    codes.resize(len(samples), len(ids))
    rarity = np.log(len(samples) / np.bincount(codes.indices, minlength=len(ids)).clip(1)).astype(np.float32)
    questions, codes = (normalised(matrix @ diags_array(rarity)).tocsr() for matrix in (questions, codes))
    found, turned = np.full((len(samples), most), -1, np.int32), codes.T.tocsc()
    for start in range(0, len(samples), ROWS):
        scores = (questions[start : start + ROWS] @ turned).toarray()
        best = np.argsort(-scores, axis=1, kind="stable")[:, : 3 * most]
        for row, others in enumerate(best):
            sample = samples[start + row]
            kept = [other for other in others if scores[row, other] > 0 and other != start + row and not answers_too(sample, samples[other])][:most]
            found[start + row, : len(kept)] = kept
    return found


def of_all(samples: list[Sample]) -> np.ndarray:
    """int32 [samples, 4] over all packages, positions among `samples`."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, sample in enumerate(samples):
        if sample.kind in ASKED:
            groups[sample.package].append(index)
    found = np.full((len(samples), MOST), -1, np.int32)
    for members in groups.values():
        near = of_package([samples[index] for index in members])
        found[members] = np.where(near >= 0, np.array(members, np.int32)[near], -1)
    return found


def main() -> None:
    found = of_all(read(Path(sys.argv[1]), "train"))
    np.save(sys.argv[2], found)
    print(f"{(found >= 0).sum()} neighbours of {(found[:, 0] >= 0).sum()} pairs")


if __name__ == "__main__":
    main()
