"""The pairs that the encoder's adapter is trained on: a question, and the code or prose that answers it.

A line of the file that make_pairs.py writes is a `Sample`. Beside what search/pairs.py finds (documentation, names, comments) there are documented
functions of languages without syntax trees here (documented.py) and prose (prose.py). No package that search is measured on
may be among them: names are checked here, the text of held-out packages was left out when the corpus was built.
"""

import json
import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.languages import family
from data.batches import opened
from encoder.documented import documented
from encoder.prose import prose
from search.pairs import Pair, name_of, of_entry

HELD_OUT = Path(__file__).parent.parent / "corpus/heldout.json"
LONGEST_CODE = 900
"""Characters of code that are kept: more than the tokens that the encoder is shown."""
SHORTEST_NAME = 5
"""Characters; a name that is no longer says nothing, as in search/pairs.py."""
HELD_PROSE = 12
"""One package in so many gives its prose to validation: too few packages are held back to ask about prose."""
TYPED_FIRST = {"java", "csharp", "c", "cpp"}
"""Languages whose functions begin with a type instead of a word such as `def`."""
ANNOTATION = re.compile(r"@\w+(?:\.\w+)*(?:\([^)]*\))?|\[[A-Z][^\]]*\]")
TYPE_NAME, CALLED = re.compile(r"\b(?:class|interface|enum|struct|record)\s+(\w+)"), re.compile(r"([A-Za-z_]\w*)\s*(?:<[^<>]*>\s*)?\(")
AGAIN = re.compile(r"(?:is|are|was|has|can|will|may|must|should|and|or|does|do|holds|represents)\b")


@dataclass(frozen=True)
class Sample:
    """`body`: hash of the whole code without blanks, by which copies are known; `name` is '' where none gives the answer away."""

    kind: str
    split: str
    package: str
    language: str
    question: str
    code: str
    name: str
    body: int

    def masked(self) -> tuple[str, str]:
        """(question, code) with the name hidden."""
        pair = Pair("", "", "", self.question, self.code, self.name).masked()
        return pair.question, pair.code


def defined(code: str, language: str) -> str:
    """The name that a piece of code defines, or ''."""
    if language not in TYPED_FIRST:
        return name_of(code)
    head = ANNOTATION.sub(" ", code[:400].partition("{")[0])
    found = TYPE_NAME.search(head) or CALLED.search(head)
    return found.group(1) if found else ""


def unnamed(sentence: str, name: str) -> str:
    """A sentence that begins with the name of what it documents, as in Go, without it: "Add adds a user." → "Adds a user."."""
    rest = sentence.removeprefix(name).lstrip()
    return rest[:1].upper() + rest[1:] if name and sentence.startswith(name + " ") and not AGAIN.match(rest) else sentence


def sample_of(pair: Pair, split: str) -> Sample:
    body = zlib.crc32(re.sub(r"\s+", "", pair.code).encode("utf-8", "surrogatepass"))
    name = defined(pair.code, pair.language) if pair.kind == "documentation" else pair.name
    question = unnamed(pair.question, name) if pair.kind == "documentation" else pair.question
    return Sample(pair.kind, split, pair.package, pair.language, question, pair.code[:LONGEST_CODE], name, body)


def of_file(entry: dict, choose: random.Random) -> Iterator[Sample]:
    """Every sample of a file of the corpus."""
    package, language, split = entry["package"], family(entry["language"]), entry["split"]
    for pair in of_entry(entry, choose):
        yield sample_of(pair, split)
    for sentence, code in documented(entry["text"], language):
        sample = sample_of(Pair("documentation", package, language, sentence, code), split)
        yield sample
        if len(sample.name) > SHORTEST_NAME:
            yield replace(sample, kind="name", question=sample.name, code=sample.masked()[1])
    if language == "markdown":
        held = zlib.crc32(package.encode()) % HELD_PROSE == 0
        for question, answer in prose(entry["text"]):
            yield sample_of(Pair("prose", package, language, question, answer), "validation" if held else split)


def held_out() -> set[str]:
    return {package["name"].lower() for package in json.loads(HELD_OUT.read_text())}


def every_sample(corpora: list[Path], seed: int = 0) -> Iterator[Sample]:
    """Samples of corpus files; what repeats inside a package appears once."""
    choose, excluded, seen = random.Random(seed), held_out(), set()
    for path in corpora:
        with opened(path) as stream:
            for entry in map(json.loads, stream):
                if entry["package"].lower() in excluded:
                    raise ValueError(f"{path} holds {entry['package']}, which search is measured on")
                for sample in of_file(entry, choose):
                    keys = {(sample.package, sample.question.lower()), (sample.package, sample.body, sample.kind)}
                    if not keys & seen:
                        seen |= keys
                        yield sample


def read(path: Path, split: str) -> list[Sample]:
    """The samples of one split of a file that make_pairs.py has written."""
    with path.open() as stream:
        return [sample for sample in (Sample(**json.loads(line)) for line in stream) if sample.split == split]
