"""Freeze holes in documented functions (doctests.py): places and hashes, never text.

    python -m evaluate.freeze_doctests CACHE tasks/doctests.json
"""

import argparse
import ast
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

from corpus.packages import folder_of
from data.cut_points import line_bounds
from evaluate.doctests import FEWEST_EXAMPLES, HERE, PACKAGES, Hole, Judge

PER_PACKAGE, PER_MODULE = 100, 2
LINE_LENGTH = range(12, 100)


def module_of(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def holes(text: str, package: str, module: str) -> Iterator[Hole]:
    """Single-line statements in the bodies of functions with examples."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def visit(node: ast.AST, name: str) -> Iterator[Hole]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                yield from visit(child, f"{name}{child.name}.")
            elif isinstance(child, ast.FunctionDef) and (ast.get_docstring(child) or "").count(">>> ") >= FEWEST_EXAMPLES:
                for statement in ast.walk(child):
                    if statement in child.body[:1] or not isinstance(statement, ast.stmt):
                        continue
                    simple = isinstance(statement, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr))
                    start, end = line_bounds(text, starts[statement.lineno - 1])
                    begin = start + len(text[start:end]) - len(text[start:end].lstrip())
                    alone = text[begin:end].isascii() and begin == start + statement.col_offset
                    if simple and statement.end_lineno == statement.lineno and alone and end - begin in LINE_LENGTH and text[end - 1] != ":":
                        yield Hole(package, module, f"{name}{child.name}", begin, end)

    yield from visit(ast.parse(text), "")


def freeze(package: dict, cache: Path) -> Iterator[dict]:
    """Tasks of a package: the examples pass as it is, and not with another value in the line's place."""
    root, choose = folder_of(package, cache), random.Random(package["name"])
    judge, found = Judge(root, package["name"]), 0
    paths = [path for path in sorted((root / package["name"]).rglob("*.py")) if "tests" not in path.parts]
    for path in choose.sample(paths, len(paths)):
        text, kept = path.read_text(encoding="utf-8"), 0
        candidates = list(holes(text, package["name"], module_of(path, root)))
        for hole in choose.sample(candidates, min(8, len(candidates))):
            if kept == PER_MODULE or found == PER_PACKAGE:
                break
            if judge.passes(hole, text[hole.start : hole.end]) and not judge.passes(hole, "raise ValueError") and not judge.passes(hole, "pass"):
                kept, found = kept + 1, found + 1
                yield {
                    "registry": package["registry"], "package": package["name"], "version": package["version"], "module": hole.module, "path": path.relative_to(root).as_posix(),
                    "sha256": hashlib.sha256(text.encode()).hexdigest(), "function": hole.name, "start": hole.start, "end": hole.end,
                }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cache", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--packages", type=Path, default=HERE / "corpus" / "heldout.json")
    args = parser.parse_args()
    packages = {package["name"]: package for package in json.loads(args.packages.read_text())}
    made = [task for name in PACKAGES for task in freeze(packages[name], args.cache)]
    args.out.write_text("[\n" + ",\n".join(map(json.dumps, made)) + "\n]\n")
    print(len(made), "tasks of", {name: sum(task["package"] == name for task in made) for name in PACKAGES})


if __name__ == "__main__":
    main()
