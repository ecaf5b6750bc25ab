"""Pairs of a question and the code that answers it, from the corpus: for contrastive training.

Three kinds: the documentation's first sentence and the function without it; the function's name and the rest of it;
a comment and the lines it stands above. The name is hidden in half of the documentation pairs, as in the name-masked test.
"""

import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from corpus.languages import family
from data.batches import opened

NAME = re.compile(r"\b(?:function\s*\*?|def|class|interface|type|enum|struct|trait|fn|func|const|let|var)\s+(?:\([^)\n]*\)\s*)?([A-Za-z_$][\w$]*)")
METHOD = re.compile(r"^\s*(?:(?:public|private|protected|static|async|get|set|readonly|override|abstract|final)\s+)*\*?#?([A-Za-z_$][\w$]*)\s*(?:<[^>\n]*>)?\s*[(:=]", re.M)
COMMENT = re.compile(r"(?:^[ \t]*(?://|#)[ \t]?(?!!|/)(.{15,160})\n)((?:^(?![ \t]*(?://|#))[ \t]*\S.*\n){3,12})", re.M)
PROSE = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{1,}){3,}")
CODE = re.compile(r"[;={}]|\w\(|=>|eslint|istanbul|type:|noqa|pylint|TODO", re.I)
COMMENTS_PER_FILE = 3
HIDDEN = "fn"
"""Stands for a hidden name, in code and question alike."""


@dataclass(frozen=True)
class Pair:
    """`name` is '' where the code has none that could give it away."""

    kind: str
    package: str
    language: str
    question: str
    code: str
    name: str = ""

    def masked(self) -> "Pair":
        hide = re.compile(rf"(?<![\w$]){re.escape(self.name)}(?![\w$])")
        return Pair(self.kind, self.package, self.language, hide.sub(HIDDEN, self.question), hide.sub(HIDDEN, self.code), self.name)


def name_of(code: str) -> str:
    """The name that a piece of code defines, or ''."""
    found = NAME.search(code[:400]) or METHOD.search(code[:400])
    return found.group(1) if found else ""


def of_entry(entry: dict, choose: random.Random) -> list[Pair]:
    package, language, text = entry["package"], family(entry["language"]), entry["text"]
    made = []
    for doc in entry["docs"]:
        code = "".join(text[start:end] for start, end in doc["code"])
        name = name_of(code)
        made.append(Pair("documentation", package, language, doc["sentence"], code, name))
        if len(name) > 5:
            made.append(Pair("name", package, language, name, Pair("", "", "", "", code, name).masked().code))
    comments = [found.groups() for found in COMMENT.finditer(text) if PROSE.search(found.group(1)) and not CODE.search(found.group(1))]
    for question, code in choose.sample(comments, min(COMMENTS_PER_FILE, len(comments))):
        made.append(Pair("comment", package, language, question.strip(), code))
    return made


def read(corpus: Path, split: str, seed: int = 0) -> list[Pair]:
    """Every pair of a corpus file or a folder of shards; questions and codes that repeat inside a package appear once."""
    choose, made, seen = random.Random(seed), [], set()
    for path in sorted(corpus.glob("*.jsonl.xz")) if corpus.is_dir() else [corpus]:
        with opened(path) as stream:
            for entry in map(json.loads, stream):
                if entry["split"] != split:
                    continue
                for pair in of_entry(entry, choose):
                    keys = {(pair.package, pair.question.lower()), (pair.package, re.sub(r"\W+", "", pair.code), pair.kind)}
                    if not keys & seen:
                        seen |= keys
                        made.append(pair)
    return made


def by_package(pairs: list[Pair]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for index, pair in enumerate(pairs):
        groups[pair.package].append(index)
    return groups


class Batches:
    """Indices of `size` pairs: half of each batch from a few packages, whose other pairs are the hard negatives."""

    RUN = 64
    """Pairs taken from one package at a time."""

    def __init__(self, pairs: list[Pair], size: int, seed: int):
        self.groups = list(by_package(pairs).values())
        self.weights = [len(group) for group in self.groups]
        self.count, self.size, self.choose = len(pairs), size, random.Random(seed)

    def __next__(self) -> list[int]:
        chosen: dict[int, None] = {}
        while len(chosen) < self.size // 2:
            group = self.choose.choices(self.groups, self.weights)[0]
            chosen.update(dict.fromkeys(self.choose.sample(group, min(self.RUN, len(group)))))
        while len(chosen) < self.size:
            chosen[self.choose.randrange(self.count)] = None
        return list(chosen)[: self.size]
