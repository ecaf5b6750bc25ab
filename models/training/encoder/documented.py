"""Documentation comments and what they stand above, in languages whose corpus entries state none: Go, Rust, C, C++, C#.

Used by pairs.py. Lines are enough here: formatted code of these languages closes a body with a bracket at the indentation of
its first line. What does not look like that is left out, never guessed.
"""

import re
from collections.abc import Iterator

from corpus.spans import CODE_LENGTH, first_sentence

DECLARATIONS = {
    "go": re.compile(r"func\b|type\s+\w+\s+(?:struct|interface)\b"),
    "rust": re.compile(r"(?:pub(?:\([\w: ]+\))?\s+)?(?:(?:async|unsafe|const|default|extern(?:\s+\"C\")?)\s+)*(?:fn|struct|enum|trait)\b"),
    "c": re.compile(r"(?!(?:if|for|while|switch|return|else|do|case|goto)\b)\w[\w\s*]*\([^;]*$"),
    "cpp": re.compile(r"(?!(?:if|for|while|switch|return|else|do|case|goto|namespace)\b)[\w~:<>][^;]*\([^;]*$"),
    "csharp": re.compile(r"(?:(?:public|private|protected|internal|static|async|override|virtual|sealed|partial|readonly)\s+)+\S+.*$"),
}
"""How a declaration begins, behind its indentation."""
LINE_MARKS = {"go": ("//",), "rust": ("///",), "csharp": ("///",), "c": ("///",), "cpp": ("///",)}
BLOCKS = {"c", "cpp", "rust"}
"""Languages that document in `/** … */` too."""
ATTRIBUTE = re.compile(r"#\[.*\]$|\[[A-Z].*\]$|template\s*<.*>$")
TAGS = re.compile(r"</?\w[^>]*>|[@\\](?:brief|short)\b")
MARKS = re.compile(r"^[ \t]*(?:/\*\*?|\*/|\*|///?!?)[ \t]?|[ \t]*\*/[ \t]*$", re.M)
LONGEST = 80
"""Lines of a declaration and its body."""


def indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def comment_above(lines: list[str], at: int, language: str) -> tuple[int, str]:
    """(first line, text) of the documentation that ends before line `at`; the text is '' where there is none."""
    end = at
    while at and ATTRIBUTE.match(lines[at - 1].strip()):
        at, end = at - 1, at - 1
    if language in BLOCKS and at and lines[at - 1].rstrip().endswith("*/"):
        while at and not lines[at - 1].lstrip().startswith("/*"):
            at -= 1
        if not at or not lines[at - 1].lstrip().startswith("/**"):
            return end, ""
        at -= 1
    else:
        while at and lines[at - 1].lstrip().startswith(LINE_MARKS[language]):
            at -= 1
    return at, TAGS.sub(" ", MARKS.sub("", "\n".join(lines[at:end]))).strip()


def body_end(lines: list[str], at: int) -> int | None:
    """The line behind the bracket that closes what begins at line `at`, or None."""
    indent = indentation(lines[at])
    if lines[at].rstrip().endswith("}") and "{" in lines[at]:
        return at + 1
    for end in range(at + 1, min(len(lines), at + LONGEST)):
        line = lines[end].rstrip()
        if line in (indent + "}", indent + "};"):
            return end + 1
        if line and line != indent + "{" and line != indent + ")" and not line.startswith((indent + " ", indent + "\t", indent + ") ", indent + "where", "#")):
            return None
    return None


def documented(text: str, language: str) -> Iterator[tuple[str, str]]:
    """(first sentence of the documentation, code without it) of a file of one of the languages, in order."""
    declaration = DECLARATIONS.get(language)
    if declaration is None:
        return
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if not declaration.match(line.lstrip()):
            continue
        _, documentation = comment_above(lines, at, language)
        sentence = first_sentence(documentation) if documentation else None
        end = body_end(lines, at) if sentence else None
        if sentence and end:
            code = "\n".join(lines[at:end]) + "\n"
            if len(code) in CODE_LENGTH:
                yield sentence, code
