"""Gaps in a file and the cursors in them: every kind of place at which a person asks for a completion.

A gap is a run of whole lines that are not written yet; the suffix begins behind it. Middles fill what is between the cursor and
the rest of its line, or the suffix: so a model ends where the gap does, and the editor may cut what it shows at a statement.
"""

import random
import re
from dataclasses import dataclass

from data.cut_points import closing_place, line_bounds, rest_of_block, unclosed

PAUSE = re.compile(r"[ .(=,:\[{<>\"'/]")
"""After these a programmer pauses, and completions are asked for."""
PLACES = {"column 0": 0.17, "in the indentation": 0.07, "behind the indentation": 0.24, "pause": 0.28, "anywhere": 0.20, "end of the line": 0.04}
KINDS = {"line": 0.50, "lines": 0.15, "block": 0.22, "end of file": 0.13}
BODY = re.compile(r"[{:(\[]\s*$")
"""The end of a line whose block begins behind it."""
LONGEST_LINE, LONGEST_GAP, LINES = 200, 1_200, 40
"""Characters of a line with a cursor, and of a gap; lines of a gap."""
EDITED, CLOSED = 0.12, 0.75
"""How often the cursor stands inside a finished line; how often the editor has written the closers of what is open."""


@dataclass(frozen=True)
class Cursor:
    """A place in a gap: its offset, what stands behind it on its line, and where the middle ends."""

    at: int
    end: int
    rest: str


@dataclass(frozen=True)
class Gap:
    """text[start:end] is what is not written: whole lines without the last one's break. `closed`: a suffix follows it, or the file ends."""

    start: int
    end: int
    kind: str
    cursors: tuple[Cursor, ...]


def lines_from(text: str, start: int, count: int) -> int:
    """End, before its break, of the last of `count` lines from the one that begins at `start` on."""
    end = line_bounds(text, start)[1]
    for _ in range(count - 1):
        if end + 1 >= len(text):
            break
        end = line_bounds(text, end + 1)[1]
    return end


def block_end(text: str, start: int) -> int:
    """End of the block that goes on with the line at `start`: before the first line that is indented less."""
    line = text[start : line_bounds(text, start)[1]]
    behind = rest_of_block(text[start:], len(line) - len(line.lstrip()))
    end = len(text) - len(behind) if behind else len(text)
    return start + len(text[start:end].rstrip())


def bounds_of(text: str, kind: str, choose: random.Random) -> tuple[int, int] | None:
    """Where a gap of a kind begins and ends, or None where a file has none at the place that was drawn."""
    start, end = line_bounds(text, choose.randrange(len(text)))
    if not text[start:end].strip():
        # An empty line: what was written behind it begins on the next one with text.
        found = re.compile(r"\S").search(text, end)
        if found is None:
            return None
        start, end = line_bounds(text, found.start())
    if kind == "line":
        return start, end
    if kind == "lines":
        end = lines_from(text, start, choose.randint(2, 10))
    else:
        if BODY.search(text[start:end]) and end < len(text):
            start = end + 1
        end = block_end(text, start)
    if end - start > LONGEST_GAP or text.count("\n", start, end) >= LINES:
        return None
    return (start, end) if end > start else None


def offset(line: str, place: str, choose: random.Random) -> int | None:
    """A cursor of a kind in a line, or None where the line has none."""
    indentation = len(line) - len(line.lstrip())
    match place:
        case "column 0":
            return 0
        case "in the indentation":
            return choose.randrange(1, indentation) if indentation > 1 else None
        case "behind the indentation":
            return indentation or None
        case "end of the line":
            return len(line)
        case "pause":
            pauses = [found.end() for found in PAUSE.finditer(line, indentation)]
            return choose.choice(pauses) if pauses else None
    return choose.randrange(indentation, len(line)) if indentation < len(line) else None


def cursor_at(text: str, at: int, gap_end: int, choose: random.Random) -> Cursor:
    """A cursor with what stands behind it: nothing, closers that the editor wrote, or the end of a line that is being changed."""
    start, line_end = line_bounds(text, at)
    remainder = text[at:line_end]
    closers = unclosed(text[start:at])
    if remainder.strip() and choose.random() < EDITED:
        stops = [at + found.end() for found in PAUSE.finditer(remainder) if found.end() < len(remainder)]
        if stops:
            stop = choose.choice(stops)
            return Cursor(at, stop, text[stop:line_end])
    if closers and remainder.strip() and choose.random() < CLOSED:
        place = closing_place(remainder, closers[0])
        if place:
            return Cursor(at, at + place, closers)
    return Cursor(at, gap_end, "")


def find_gap(text: str, choose: random.Random, cursors: int) -> Gap | None:
    """A gap with up to so many cursors, in ascending order; the first line of a longer gap has half of them."""
    kind = choose.choices(list(KINDS), list(KINDS.values()))[0]
    bounds = bounds_of(text, kind, choose)
    if bounds is None:
        return None
    start, end = bounds
    made: dict[int, Cursor] = {}
    for _ in range(cursors):
        line_start, line_end = line_bounds(text, start if choose.random() < 0.5 else choose.randrange(start, end))
        line = text[line_start:line_end]
        if len(line) > LONGEST_LINE or line_start < start:
            continue
        place = choose.choices(list(PLACES), list(PLACES.values()))[0] if line else "column 0"
        found = offset(line, place, choose)
        if found is not None:
            made[line_start + found] = cursor_at(text, line_start + found, end, choose)
    return Gap(start, end, kind, tuple(made[at] for at in sorted(made))) if made else None
