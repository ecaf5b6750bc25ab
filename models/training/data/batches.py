"""From corpus files to packed batches of token ids.

Every batch is a pure function of (seed, step, phase): a killed run resumes with exactly the batches it would have
seen, whatever the number of loader processes.
"""

import json
import lzma
import random
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path, PurePosixPath

import numpy as np

from corpus.languages import family
from data import layout
from data.cut_points import Cut, cut
from data.layout import Document, Encode, Sample

IMPORT = re.compile(r"""(?:from|import|require\()\s*['"]?([\w./@-]+)""")
CHARACTERS_PER_TOKEN = 4
MIX = {
    "train": {
        "documents": {"completion": 0.75, "prefix_first": 0.05, "left_to_right": 0.12, "documentation": 0.08},
        "cuts": {"line": 0.45, "node": 0.25, "lines": 0.15, "characters": 0.15},
        "middle_weight": 1.0,
    },
    "decay": {
        "documents": {"completion": 0.74, "prefix_first": 0.04, "left_to_right": 0.10, "documentation": 0.12},
        "cuts": {"line": 0.60, "node": 0.18, "lines": 0.12, "characters": 0.10},
        "middle_weight": 3.0,
    },
}
CONTEXT_SHARE, EMPTY_SUFFIX = 0.35, 0.15
"""How often other files of the package stand in front, and how often the cursor is at the end of the file."""


WEIGHTED_LENGTH = 30_000
"""Characters; a longer file is drawn no more often than one of this length."""
FRONT = 300
"""Characters of a corpus line in which its package and split stand."""
SMALLEST_ROOM = 160
"""Tokens; less is left empty at the end of a row."""


@dataclass(frozen=True)
class Budget:
    """Token limits of one document's parts; what the others leave goes to the prefix."""

    total: int
    suffix: int
    context: int
    middle: int


def fit_end(text: str, budget: int, encode: Encode) -> str:
    """The beginning of a text, in whole lines, that has at most `budget` tokens."""
    text = text[: max(0, budget) * CHARACTERS_PER_TOKEN]
    while text and (count := len(encode(text))) > budget:
        text = text[: max(0, text.rfind("\n", 0, max(1, len(text) * budget // count)))]
    return text


def fit_start(text: str, budget: int, encode: Encode) -> str:
    """The ending of a text that begins at a line start and has at most `budget` tokens; '' if the last line is longer."""
    window = text[-budget * CHARACTERS_PER_TOKEN :] if budget > 0 else ""
    if len(window) < len(text):
        window = window[window.find("\n") + 1 :] if "\n" in window else ""
    while window and (count := len(encode(window))) > budget:
        following = window.find("\n", len(window) - len(window) * budget // count)
        window = "" if following < 0 else window[following + 1 :]
    return window


def opened(path: Path):
    """A corpus file as text, compressed or not."""
    return lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")


class Corpus:
    """Files by language and package, drawn in proportion to their length.

    A folder may gain shards while training runs: `refresh` reads those it has not read.
    """

    def __init__(self, path: Path, split: str, shares: dict[str, float]):
        self.path, self.split, self.shares = path, split, shares
        self.read: set[Path] = set()
        self.by_language: dict[str, list[dict]] = defaultdict(list)
        self.by_package: dict[str, list[dict]] = defaultdict(list)
        self.refresh()

    def refresh(self) -> None:
        """Read what is new. A shard must appear whole: move it in, never write it in place."""
        present = set(self.path.glob("*.jsonl.xz")) if self.path.is_dir() else {self.path}
        if present <= self.read:
            return
        for path in sorted(present - self.read):
            self.read.add(path)
            with opened(path) as stream:
                # Which split a file is in stands at its line's beginning: the others need not be parsed.
                for entry in (json.loads(line) for line in stream if self.split in line[:FRONT]):
                    if entry["split"] == self.split and entry["text"].strip():
                        self.by_language[family(entry["language"])].append(entry)
                        self.by_package[entry["package"]].append(entry)
        self.ends = {name: list(accumulate(min(len(entry["text"]), WEIGHTED_LENGTH) for entry in entries)) for name, entries in self.by_language.items()}
        self.documented = {name: [entry for entry in entries if entry["docs"]] for name, entries in self.by_language.items()}

    def language(self, choose: random.Random) -> str:
        present = [name for name in self.shares if self.by_language.get(name)]
        return choose.choices(present, [self.shares[name] for name in present])[0]

    def file(self, choose: random.Random) -> dict:
        name = self.language(choose)
        ends = self.ends[name]
        return self.by_language[name][bisect(ends, choose.randrange(ends[-1]))]

    def documented_file(self, choose: random.Random) -> dict:
        return choose.choice(self.documented[self.language(choose)] or self.by_language[self.language(choose)])

    def neighbours(self, entry: dict, choose: random.Random) -> list[dict]:
        """Other files of the package: imported ones, then those whose path is nearest."""
        imported = {PurePosixPath(name.replace(".", "/") if "/" not in name else name).stem for name in IMPORT.findall(entry["text"][:4000])}
        folder = PurePosixPath(entry["path"]).parent.parts

        def rank(other: dict) -> tuple:
            path = PurePosixPath(other["path"])
            shared = sum(1 for mine, theirs in zip(folder, path.parent.parts) if mine == theirs)
            return path.stem not in imported, -shared, choose.random()

        candidates = self.by_package[entry["package"]]
        if len(candidates) > 40:
            candidates = choose.sample(candidates, 40) + [other for other in candidates if PurePosixPath(other["path"]).stem in imported][:5]
        return sorted((other for other in candidates if other is not entry), key=rank)[:2]


def excerpt(text: str, budget: int, encode: Encode, choose: random.Random) -> str:
    """A run of whole lines from somewhere in a file."""
    start = text.rfind("\n", 0, choose.randrange(len(text))) + 1
    return fit_end(text[start:], budget, encode)


class Mixer:
    """Draws documents of all kinds from a corpus; `write` is how a completion is written."""

    def __init__(self, corpus: Corpus, encode: Encode, budget: Budget, write: Callable = layout.completion):
        self.corpus, self.encode, self.budget, self.write = corpus, encode, budget, write

    def fitting(self, room: int) -> "Mixer":
        """The same mixer for documents of at most `room` tokens, its parts shrunk alike."""
        budget = self.budget
        if room >= budget.total:
            return self
        share = room / budget.total
        return Mixer(self.corpus, self.encode, Budget(room, *(max(16, int(part * share)) for part in (budget.suffix, budget.context, budget.middle))), self.write)

    def context(self, entry: dict, choose: random.Random) -> tuple[tuple[str, str], ...]:
        if choose.random() >= CONTEXT_SHARE:
            return ()
        files = self.corpus.neighbours(entry, choose)
        share = self.budget.context // max(1, len(files))
        return tuple((file["path"], excerpt(file["text"], share, self.encode, choose)) for file in files)

    def sample(self, entry: dict, made: Cut, choose: random.Random) -> Sample | None:
        """The cut with every part inside its budget, or None where the middle alone is too long."""
        middle = len(self.encode(made.middle))
        if middle > self.budget.middle:
            return None
        context = self.context(entry, choose)
        suffix = "" if choose.random() < EMPTY_SUFFIX else fit_end(made.suffix, choose.randint(16, self.budget.suffix), self.encode)
        rest = made.rest[:200]
        used = layout.prompt(Sample(entry["path"], suffix, "", rest, "", context), self.encode)
        prefix = fit_start(made.before, self.budget.total - len(used) - middle - 4, self.encode)
        return Sample(entry["path"], suffix, prefix, rest, made.middle, context)

    def completion(self, entry: dict, phase: dict, choose: random.Random, write) -> Document | None:
        sample = self.sample(entry, cut(entry, phase["cuts"], choose), choose)
        return sample and write(sample, self.encode, phase["middle_weight"])

    def left_to_right(self, entry: dict, choose: random.Random) -> Document:
        text = entry["text"]
        start = text.rfind("\n", 0, choose.randrange(len(text))) + 1
        window = text[start : start + self.budget.total * CHARACTERS_PER_TOKEN]
        return layout.left_to_right(entry["path"], window, self.encode, self.context(entry, choose))

    def documentation(self, entry: dict, phase: dict, choose: random.Random) -> Document:
        chosen = choose.choice(entry["docs"])
        code = "".join(entry["text"][start:end] for start, end in chosen["code"])
        code = fit_end(code, self.budget.total * 3 // 4, self.encode)
        return layout.documentation(entry["path"], code, chosen["sentence"], self.encode, phase["middle_weight"])

    def document(self, phase: dict, choose: random.Random) -> Document:
        """One document within the total budget."""
        while True:
            kind = choose.choices(list(phase["documents"]), list(phase["documents"].values()))[0]
            if kind == "documentation":
                entry = self.corpus.documented_file(choose)
                made = self.documentation(entry, phase, choose) if entry["docs"] else None
            elif kind == "left_to_right":
                made = self.left_to_right(self.corpus.file(choose), choose)
            else:
                write = self.write if kind == "completion" else layout.prefix_first
                made = self.completion(self.corpus.file(choose), phase, choose, write)
            if made:
                made.ids, made.weights = made.ids[: self.budget.total], made.weights[: self.budget.total]
                return made


@dataclass(frozen=True)
class Batch:
    """One packed row. ids, positions, targets: [tokens] int64; weights: [tokens] float32; bounds: document borders."""

    ids: np.ndarray
    positions: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    bounds: list[int]


def pack(documents: list[Document], tokens: int) -> Batch:
    """Documents one after the other; a document's last token has no target; what is left over becomes silent padding."""
    total = sum(len(document.ids) for document in documents)
    padding = Document([layout.IDS["pad"]] * (tokens - total), [0.0] * (tokens - total))
    ids, positions, targets, weights, bounds = [], [], [], [], [0]
    for document in documents + [padding] * bool(padding.ids):
        ids += document.ids
        positions += range(len(document.ids))
        targets += [*document.ids[1:], 0]
        weights += [*document.weights[1:], 0.0]
        bounds.append(len(ids))
    return Batch(np.array(ids, np.int64), np.array(positions, np.int64), np.array(targets, np.int64), np.array(weights, np.float32), bounds)


def batch(mixer: Mixer, seed: int, step: int, phase: str, tokens: int) -> Batch:
    """The batch of one step, exactly `tokens` long: documents until the room left is too small for another."""
    choose = random.Random(f"{seed} {step} {phase}")
    documents, room = [], tokens
    while room >= SMALLEST_ROOM:
        documents.append(mixer.fitting(room).document(MIX[phase], choose))
        room -= len(documents[-1].ids)
    return pack(documents, tokens)
