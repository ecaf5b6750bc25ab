"""Frozen completion tasks (freeze_lines.py), read with the texts around their places."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from corpus.filters import clean
from corpus.packages import folder_of
from data.cut_points import Cut, typed_line


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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
