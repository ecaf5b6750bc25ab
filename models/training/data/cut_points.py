"""Where to cut a file, and what stands around the cut: as a person at an editor would have it.

Editors close brackets and quotes by themselves: after "foo(" the text is "foo(|)". So the closers of what is open
on the cursor's line stay behind the cursor (R), and the middle ends before them.
"""

import math
import random
import re
from dataclasses import dataclass

CLOSER = {"(": ")", "[": "]", "{": "}"}
QUOTES = "\"'`"
PAUSE = re.compile(r"[ .(]")
"""After these a programmer pauses, and completions are asked for."""


@dataclass(frozen=True)
class Cut:
    """Texts around and in the middle; `rest` has no line break, `suffix` starts on the next line."""

    before: str
    middle: str
    rest: str
    suffix: str


def unclosed(line: str) -> str:
    """The closers, innermost first, of brackets and quotes left open in a line's beginning."""
    stack: list[str] = []
    quote = ""
    at = 0
    while at < len(line):
        char = line[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in QUOTES:
            quote = char
        elif char == "#" or line.startswith("//", at):
            break
        elif char in CLOSER:
            stack.append(CLOSER[char])
        elif stack and char == stack[-1]:
            stack.pop()
        at += 1
    return quote + "".join(reversed(stack))


def closing_place(text: str, closer: str) -> int | None:
    """Where `closer` closes what was open before `text`, or None if it does not on this line."""
    if closer in QUOTES:
        found = re.search(r"(?<!\\)" + closer, text)
        return found.start() if found else None
    opener = {close: open for open, close in CLOSER.items()}[closer]
    depth, quote = 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in QUOTES:
            quote = char
        elif char == opener:
            depth += 1
        elif char == closer:
            if depth == 0:
                return at
            depth -= 1
    return None


def line_bounds(text: str, at: int) -> tuple[int, int]:
    """Start and end (before the break) of the line that holds offset `at`."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return start, len(text) if end < 0 else end


def after_line(text: str, end: int) -> str:
    """What begins on the line after the one that ends at `end`."""
    return text[end + 1 :]


def rest_of_block(text: str, indentation: int) -> str:
    """`text` from its first line that is indented less: the state before the rest of the block was written."""
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        line = text[at : len(text) if end < 0 else end]
        if line.strip() and len(line) - len(line.lstrip()) < indentation:
            return text[at:]
        if end < 0:
            break
        at = end + 1
    return ""


def span(text: str, start: int, end: int) -> Cut:
    """The plain cut: the middle is text[start:end], all else stays where it is."""
    _, line_end = line_bounds(text, end)
    return Cut(text[:start], text[start:end], text[end:line_end], after_line(text, line_end))


def typed_line(text: str, cursor: int, unwritten_block: bool) -> Cut:
    """The rest of the cursor's line, as while typing it: nothing behind the cursor but automatic closers."""
    start, end = line_bounds(text, cursor)
    line = text[start:end]
    remainder = text[cursor:end]
    closers = unclosed(text[start:cursor])
    middle, rest = remainder, ""
    if closers and remainder.strip():
        place = closing_place(remainder, closers[0])
        if place:
            middle, rest = remainder[:place], closers
    suffix = after_line(text, end)
    if unwritten_block:
        suffix = rest_of_block(suffix, len(line) - len(line.lstrip()))
    return Cut(text[:cursor], middle, rest, suffix)


def random_line(text: str, choose: random.Random) -> tuple[int, int] | None:
    """Bounds of a line with something on it."""
    for _ in range(8):
        start, end = line_bounds(text, choose.randrange(len(text)))
        if text[start:end].strip():
            return start, end
    return None


def cut_line(text: str, choose: random.Random) -> Cut | None:
    """Rest of a line: half where programmers pause, half at any character."""
    bounds = random_line(text, choose)
    if bounds is None:
        return None
    start, end = bounds
    line = text[start:end]
    content = start + len(line) - len(line.lstrip())
    pauses = [content] + [content + found.end() for found in PAUSE.finditer(text[content:end])]
    cursor = choose.choice(pauses) if choose.random() < 0.5 else choose.randrange(content, end)
    if choose.random() < 0.2:
        # Editing inside a finished line: its end stays behind the cursor.
        stops = [at for at in pauses if at > cursor]
        return span(text, cursor, choose.choice(stops)) if stops else None
    return typed_line(text, cursor, unwritten_block=choose.random() < 0.4)


def cut_node(text: str, spans: list[list[int]], choose: random.Random) -> Cut | None:
    """One of the file's syntax nodes."""
    return span(text, *choose.choice(spans)) if spans else None


def cut_lines(text: str, choose: random.Random) -> Cut | None:
    """Two to ten lines, from the cursor in the first to the end of the last."""
    bounds = random_line(text, choose)
    if bounds is None:
        return None
    start, end = bounds
    line = text[start:end]
    cursor = start + len(line) - len(line.lstrip()) if choose.random() < 0.7 else choose.randrange(start, end + 1)
    for _ in range(choose.randint(1, 9)):
        following = text.find("\n", end + 1)
        if following < 0:
            break
        end = following
    return span(text, cursor, end)


def cut_characters(text: str, choose: random.Random) -> Cut:
    """1–400 characters from anywhere, short ones as likely as long ones."""
    start = choose.randrange(len(text))
    return span(text, start, min(len(text), start + round(math.exp(choose.uniform(0, math.log(400))))))


def cut(entry: dict, shares: dict[str, float], choose: random.Random) -> Cut:
    """A cut of a corpus entry; kinds that do not apply fall back to characters."""
    text = entry["text"]
    kind = choose.choices(list(shares), list(shares.values()))[0]
    made = None
    if kind == "line":
        made = cut_line(text, choose)
    elif kind == "node":
        made = cut_node(text, entry["spans"], choose)
    elif kind == "lines":
        made = cut_lines(text, choose)
    return made or cut_characters(text, choose)
