"""Freeze completion tasks: positions and hashes, never text.

    python -m evaluate.freeze_lines CACHE tasks/lines.json --packages corpus/packages.json corpus/heldout.json

A task is a place in a pinned package where a programmer pauses (after the indentation, a space, "." or "(") and the rest
of whose line is to be written. The files are found again in the unpacked packages of corpus/fetch.py.
"""

import argparse
import json
import random
from pathlib import Path

from corpus.filters import clean, folder_refusal, language_of, text_refusal
from corpus.packages import folder_of, sources
from data.cut_points import PAUSE, line_bounds, typed_line
from evaluate.line_tasks import sha256

MEASURED = ("@hapi/hapi", "@trpc/server", "markdown-it", "mobx", "starlette", "express", "zod", "requests", "flask")
LANGUAGES = {"typescript", "tsx", "javascript", "python"}
PER_PACKAGE = 60
FILES = 40


def usable(path: str, text: str) -> bool:
    return language_of(path) in LANGUAGES and not folder_refusal(path) and text_refusal(text) is None


def place(text: str, choose: random.Random) -> int | None:
    """An offset at which completions are asked for and something is left to write on the line, or None."""
    start, end = line_bounds(text, choose.randrange(len(text)))
    line = text[start:end]
    content = start + len(line) - len(line.lstrip())
    pauses = [content, *(content + found.end() for found in PAUSE.finditer(text[content:end]))]
    cursor = choose.choice(pauses)
    middle = typed_line(text, cursor, unwritten_block=False).middle
    worth = line.strip() and not line.lstrip().startswith(("//", "#", "*", "/*")) and sum(map(str.isalnum, middle)) >= 2
    return cursor if worth and len(middle) <= 80 else None


def freeze(package: dict, cache: Path) -> list[dict]:
    """Up to 60 tasks of a package, at most three a file."""
    choose = random.Random(package["name"])
    files = [(path, clean(text)) for path, text in sources(folder_of(package, cache))]
    files = [(path, text) for path, text in files if usable(path, text)]
    made = []
    for path, text in choose.sample(files, min(FILES, len(files))):
        found = {cursor for _ in range(12) if (cursor := place(text, choose)) is not None}
        made += [
            {"registry": package["registry"], "package": package["name"], "version": package["version"], "path": path, "sha256": sha256(text), "cursor": cursor}
            for cursor in sorted(found)[: 3 if len(files) >= 20 else 12]
        ]
    return choose.sample(made, min(PER_PACKAGE, len(made)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cache", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--packages", type=Path, nargs="+", required=True)
    args = parser.parse_args()
    packages = [package for path in args.packages for package in json.loads(path.read_text()) if package["name"] in MEASURED]
    made = [task for package in packages for task in freeze(package, args.cache)]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text("[\n" + ",\n".join(map(json.dumps, made)) + "\n]\n")
    print(len(made), "tasks from", len({task["package"] for task in made}), "packages")


if __name__ == "__main__":
    main()
