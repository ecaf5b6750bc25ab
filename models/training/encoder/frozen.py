"""The frozen questions that search is measured on (test/bench/quality), as Python reads them: nothing here is ever trained on.

A question is the first sentence of a function's documentation, its answer the function without it, among all functions of
the package. Positions are those of `data/functions` and `data/sentences.jsonl`, in UTF-16 units; every question is checked
against its hash. The packages have to lie unpacked in PACKAGES (`.cache/bench/packages`, which the bench fills).
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

DATA = Path(__file__).parents[3] / "test/bench/quality/data"
ABBREVIATION = re.compile(r"\b(e\.g|i\.e|etc|vs|cf|resp|approx|incl|a\.k\.a)\.$", re.I)
PARAGRAPH_END = re.compile(r"\n\s*\n|\n\s*(?=@|:(?:param|arg|type|returns?|rtype|raises?|yields?|keyword)\b|>>>|-{3})")


@dataclass(frozen=True)
class Questions:
    """Everything that a package is asked: functions, questions, and which function answers each; `masked` names are `fn`."""

    package: str
    documents: list[str]
    questions: list[str]
    wanted: list[int]


class Text:
    """A text that is cut by offsets in UTF-16 units."""

    def __init__(self, text: str):
        self.text, self.units = text, None if text.isascii() else text.encode("utf-16-le", "surrogatepass")

    def cut(self, start: int, end: int) -> str:
        return self.text[start:end] if self.units is None else self.units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


@dataclass(frozen=True)
class Function:
    """Offsets in UTF-16 units, ends exclusive; doc is (0, 0) where there is none."""

    file: Text
    start: int
    end: int
    name: tuple[int, int]
    doc: tuple[int, int]

    def documentation(self) -> str:
        return self.file.cut(*self.doc)

    def named(self) -> str:
        return self.file.cut(*self.name)

    def body(self) -> str:
        """The function without its documentation, which leaves no empty line behind."""
        whole, (start, end) = self.file.cut(self.start, self.end), self.doc
        if end <= self.start or start >= self.end:
            return whole
        before, after = self.file.cut(self.start, start), self.file.cut(end, self.end)
        if "\n" not in after:
            return before.rstrip()
        return before[: before.rfind("\n") + 1] + after[after.index("\n") + 1 :]


def first_sentence(documentation: str) -> str:
    """As test/bench/quality/sentence.ts has it."""
    if documentation.startswith("/*"):
        plain = re.sub(r"^[^\S\n]*\*+[^\S\n]?", "", re.sub(r"\*+/$", "", re.sub(r"^/\*+", "", documentation)), flags=re.M)
    else:
        plain = re.sub(r"(\"\"\"|'''|\"|')$", "", re.sub(r"^[a-zA-Z]{0,2}(\"\"\"|'''|\"|')", "", documentation))
    paragraph = re.sub(r"\s+", " ", PARAGRAPH_END.split(plain.strip(), maxsplit=1)[0]).strip()
    for mark in re.finditer(r"[.!?](?=\s|$)", paragraph):
        sentence = paragraph[: mark.start() + 1]
        if not ABBREVIATION.search(sentence):
            return sentence.removesuffix(".")
    return paragraph


def hash_of(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()).decode().rstrip("=")


def masked(text: str, name: str) -> str:
    return re.sub(rf"(?<![\w$])#?{re.escape(name.removeprefix('#'))}(?![\w$])", "fn", text, flags=re.A)


def source(folder: Path, pinned: dict, path: str) -> str:
    """The text of a file, or the source in a map that has this path in its repository."""
    if not pinned.get("sourceMaps"):
        text = (folder / path).read_bytes().decode("utf-8", "replace")
    else:
        text = maps_of(folder, tuple(pinned["include"]))[path]
    return re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff"))


@cache
def maps_of(folder: Path, include: tuple[str, ...]) -> dict[str, str]:
    """Path in the repository → text, of all source maps of a package that have one source each."""
    known = {}
    for found in sorted(folder.rglob("*.map")):
        content = json.loads(found.read_text()) if found.relative_to(folder).as_posix().startswith(include) else {}
        if len(content.get("sources", [])) == 1 and content.get("sourcesContent", [None])[0]:
            known["src/" + re.sub(r"^(\.\./)*(src/)?", "", content["sources"][0])] = content["sourcesContent"][0]
    return known


def functions(rows: list[list[int]], file: Text) -> list[Function]:
    """Rows of `data/functions`: start from the last start, length; name and documentation: offset, length."""
    starts = accumulate(row[0] for row in rows)
    return [
        Function(file, start, start + row[1], (start + row[2], start + row[2] + row[3]), (start + row[4], start + row[4] + row[5]) if len(row) > 4 else (0, 0))
        for start, row in zip(starts, rows)
    ]


def packages(folder: Path, hidden: bool) -> Iterator[Questions]:
    """The questions of each package, names hidden or not."""
    tasks: dict[str, list] = {}
    for line in (DATA / "sentences.jsonl").read_text().splitlines():
        tasks.setdefault(json.loads(line)[0], []).append(json.loads(line))
    for pinned in json.loads((DATA / "packages.json").read_text()):
        name = pinned["name"]
        if "search" not in pinned["uses"] or name not in tasks:
            continue
        unpacked, rows = folder / f"{name}-{pinned['version']}", json.loads((DATA / "functions" / f"{name}.json").read_text())
        files = {path: functions(some, Text(source(unpacked, pinned, path))) for path, some in rows.items()}
        found = {(path, index): function for path, some in files.items() for index, function in enumerate(some)}
        places = {key: place for place, key in enumerate(found)}
        questions, wanted = [], []
        for _, path, index, _, sha256, _ in tasks[name]:
            function = found[path, index]
            sentence = first_sentence(function.documentation())
            if hash_of(sentence) != sha256:
                raise ValueError(f"{name} has another {path} than the questions were made from")
            questions.append(masked(sentence, function.named()) if hidden else sentence)
            wanted.append(places[path, index])
        documents = [masked(function.body(), function.named()) if hidden else function.body() for function in found.values()]
        yield Questions(name, documents, questions, wanted)
