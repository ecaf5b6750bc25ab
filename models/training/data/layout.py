"""How prompts and training documents are written: one definition for training, export checks and fixtures.

The layout is `suffix-first-marked` of docs/model-folder.md. Each part is tokenized on its own, as the
editor does it, so that a token never crosses a part's border; special tokens enter as ids, never as text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SPECIALS = {
    "pad": "<|pad|>", "file": "<|file|>", "suffix": "<|suffix|>", "prefix": "<|prefix|>", "rest": "<|rest|>",
    "middle": "<|middle|>", "endOfMiddle": "<|eom|>", "doc": "<|doc|>", "query": "<|q|>", "document": "<|d|>",
}
"""Role → text of each special token; its id is its place in this table, so pad is 0."""

IDS = {role: index for index, role in enumerate(SPECIALS)}


class Encode:
    """Text → ids, never a special one (call it), and the id of each special token by its role (`ids`).

    A decoder that is trained from nothing has the ids of SPECIALS; one that adapts another's weights has others.
    """

    def __init__(self, encode: Callable[[str], list[int]], ids: Mapping[str, int] = MappingProxyType(IDS)):
        self.encode, self.ids = encode, ids

    def __call__(self, text: str) -> list[int]:
        return self.encode(text)


WEIGHT = {"context": 0.5, "body": 1.0, "silent": 0.0}
SILENT_SUFFIX = 4
"""The first tokens of S follow nothing that could predict them: no loss on them."""


@dataclass(frozen=True)
class Sample:
    """One place to complete: texts with `\\n` line ends only.

    suffix: from the next line on; prefix: up to the cursor, beginning at a line start;
    rest: the remainder of the cursor's line without its break; middle: what is to be written.
    """

    path: str
    suffix: str
    prefix: str
    rest: str
    middle: str = ""
    context: tuple[tuple[str, str], ...] = ()


@dataclass
class Document:
    """Token ids with the loss weight of each token as a *target*, and where the middle begins (or None)."""

    ids: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    middle: int | None = None

    def add(self, ids: list[int], weight: float) -> None:
        self.ids += ids
        self.weights += [weight] * len(ids)

    def special(self, role: str, encode: Encode, weight: float = 0.0) -> None:
        self.add([encode.ids[role]], weight)


def add_context(document: Document, context: tuple[tuple[str, str], ...], encode: Encode) -> None:
    """Repository context: whole excerpts of other files, nearest last."""
    for path, text in context:
        document.special("file", encode)
        document.add(encode(path + "\n"), WEIGHT["silent"])
        document.add(encode(text), WEIGHT["context"])


def beginning(sample: Sample, encode: Encode) -> Document:
    """What every layout begins with: the repository's context and the file's path."""
    document = Document()
    add_context(document, sample.context, encode)
    document.special("file", encode)
    document.add(encode(sample.path + "\n"), WEIGHT["silent"])
    return document


def with_middle(document: Document, sample: Sample, encode: Encode, weight: float) -> Document:
    """What every layout ends with: the middle, behind its mark and in front of its end."""
    document.special("middle", encode)
    document.middle = len(document.ids)
    document.add(encode(sample.middle), weight)
    document.special("endOfMiddle", encode, weight)
    return document


def completion(sample: Sample, encode: Encode, middle_weight: float = 1.0) -> Document:
    """The completion document; with an empty middle and its `<|eom|>` cut off it is the prompt.

    `<|middle|>` stands there whether or not a rest does: without it nothing would tell the model that the prefix is
    over, and each line end of the prefix would be an example against `<|eom|>`.
    """
    document = beginning(sample, encode)
    document.special("suffix", encode)
    suffix = encode(sample.suffix)
    document.add(suffix[:SILENT_SUFFIX], WEIGHT["silent"])
    document.add(suffix[SILENT_SUFFIX:], WEIGHT["body"])
    document.special("prefix", encode)
    document.add(encode(sample.prefix), WEIGHT["body"])
    if sample.rest:
        document.special("rest", encode)
        document.add(encode(sample.rest), WEIGHT["body"])
    return with_middle(document, sample, encode, middle_weight)


def prompt(sample: Sample, encode: Encode) -> list[int]:
    """The ids the model sees before it writes the middle."""
    document = completion(Sample(sample.path, sample.suffix, sample.prefix, sample.rest, "", sample.context), encode)
    return document.ids[: document.middle]


def prefix_first(sample: Sample, encode: Encode, middle_weight: float = 1.0) -> Document:
    """The minority order P, then R and S, then M: keeps the model usable where only a prefix-first prompt exists."""
    document = beginning(sample, encode)
    document.special("prefix", encode)
    document.add(encode(sample.prefix), WEIGHT["body"])
    document.special("suffix", encode)
    suffix = encode(sample.rest + "\n" + sample.suffix)
    document.add(suffix[:SILENT_SUFFIX], WEIGHT["silent"])
    document.add(suffix[SILENT_SUFFIX:], WEIGHT["body"])
    return with_middle(document, sample, encode, middle_weight)


def left_to_right(path: str, text: str, encode: Encode, context: tuple[tuple[str, str], ...] = ()) -> Document:
    """Plain code from a line start; it has no end marker, the window may stop anywhere."""
    document = Document()
    add_context(document, context, encode)
    document.special("file", encode)
    document.add(encode(path + "\n"), WEIGHT["silent"])
    document.add(encode(text), WEIGHT["body"])
    return document


def documentation(path: str, function: str, sentence: str, encode: Encode, sentence_weight: float = 1.0) -> Document:
    """A function without its documentation, then the documentation's first sentence."""
    document = Document()
    document.special("file", encode)
    document.add(encode(path + "\n"), WEIGHT["silent"])
    document.add(encode(function), WEIGHT["body"])
    document.special("doc", encode)
    document.middle = len(document.ids)
    document.add(encode(sentence), sentence_weight)
    document.special("endOfMiddle", encode, sentence_weight)
    return document
