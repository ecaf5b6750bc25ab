"""Pairs of prose from documents in Markdown: so that an encoder that learns code keeps what it knows of plain English.

Used by pairs.py. A heading asks for the paragraph below it, a paragraph's first sentence for the rest of it.
"""

import re
from collections.abc import Iterator

FENCE = re.compile(r"^(```|~~~).*?^\1.*?$", re.M | re.S)
HEADING = re.compile(r"^#{1,5}\s+(.*?)\s*#*$")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]*>|`")
SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
TITLE_WORDS, PARAGRAPH = range(2, 13), range(80, 1200)
"""Words of a heading and characters of a paragraph that are worth learning from."""


def plain(text: str) -> str:
    """A paragraph in one line, without links' addresses, tags and back quotes."""
    return " ".join(LINK.sub(lambda link: link.group(1) or "", text).split())


def prose(text: str) -> Iterator[tuple[str, str]]:
    """(question, answer) pairs of a document."""
    title = ""
    for block in re.split(r"\n\s*\n|\n(?=#)", FENCE.sub("", text)):
        first, _, rest = block.strip().partition("\n")
        heading = HEADING.match(first)
        if heading:
            title, block = plain(heading.group(1)), rest
        paragraph = plain(block)
        if len(paragraph) not in PARAGRAPH or paragraph[0] in "|-*+=>" or sum(map(str.isalpha, paragraph)) < 0.7 * len(paragraph):
            continue
        if len(title.split()) in TITLE_WORDS:
            yield title, paragraph
            title = ""
            continue
        sentences = SENTENCES.split(paragraph)
        if len(sentences) > 2 and 20 < len(sentences[0]) < 200:
            yield sentences[0], " ".join(sentences[1:])
