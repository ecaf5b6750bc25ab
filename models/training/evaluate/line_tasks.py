"""Freeze completion tasks: positions and hashes, never text.

    python -m evaluate.line_tasks CACHE tasks/lines.json --packages corpus/packages.json corpus/heldout.json

A task is a place in a pinned package where a programmer pauses (after the indentation, a space, "." or "(") and the rest
of whose line is to be written. The files are found again in the unpacked packages of corpus/fetch.py.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

from corpus.build import sources
from corpus.fetch import folder_of
from corpus.filters import clean, folder_refusal, language_of, text_refusal
from data.cut_points import PAUSE, Cut, line_bounds, typed_line

MEASURED = ("@hapi/hapi", "@trpc/server", "markdown-it", "mobx", "starlette", "express", "zod", "requests", "flask")
LANGUAGES = {"typescript", "tsx", "javascript", "python"}
PER_PACKAGE = 60
FILES = 40


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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


def read(tasks: list[dict], cache: Path) -> Iterator[tuple[dict, Cut]]:
    """Each task with the texts around its place; a file that is not the frozen one stops the measurement."""
    texts: dict[Path, str] = {}
    for task in tasks:
        folder = folder_of({"registry": task["registry"], "name": task["package"]}, cache)
        path = folder / "package" / task["path"] if task["registry"] == "npm" else folder / task["path"]
        if path not in texts:
            texts[path] = clean(path.read_text(encoding="utf-8"))
            if sha256(texts[path]) != task["sha256"]:
                raise ValueError(f"{task['package']} {task['path']} is not the frozen file; fetch the pinned version again")
        yield task, typed_line(texts[path], task["cursor"], unwritten_block=False)


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
