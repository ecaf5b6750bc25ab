"""Holes that examples judge, on a package written here."""

import json
from pathlib import Path

from evaluate.doctests import Hole, code_of, judged
from evaluate.freeze_doctests import holes

TRAINING = Path(__file__).parents[1]
SOURCE = '''"""A module."""

from functools import wraps


def kept(function):
    @wraps(function)
    def inner(*args):
        return function(*args)

    return inner


class Box:
    @kept
    def total(self, values):
        """The sum.

        >>> Box().total([1, 2])
        3
        >>> Box().total([])
        0
        """
        found = sum(value for value in values)
        return found


def undocumented(values):
    found = list(values)
    return found
'''


def test_holes_are_single_lines_of_functions_with_examples():
    found = list(holes(SOURCE, "p", "p.m"))
    assert {(hole.name, SOURCE[hole.start : hole.end]) for hole in found} == {
        ("Box.total", "found = sum(value for value in values)"), ("Box.total", "return found"),
    }
    assert code_of(compile(SOURCE, "m", "exec"), "Box.total").co_name == "total"
    assert code_of(compile(SOURCE, "m", "exec"), "Box.other") is None


def test_examples_judge_what_stands_in_a_hole(tmp_path):
    folder = tmp_path / "unpacked" / "pypi" / "networkx"
    package = folder / "networkx"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from networkx import boxes\n")
    (package / "boxes.py").write_text(SOURCE)
    start = SOURCE.index("found = sum")
    hole = Hole("networkx", "networkx.boxes", "Box.total", start, SOURCE.index("\n", start))
    lines = [
        "found = sum(value for value in values)", "found = sum(values)", "found = sum(values) + 1", "found = sum(values", "while True: pass", "found = 'x' * 10**11",
    ]
    assert judged(tmp_path, "networkx", [(hole, line) for line in lines]) == [True, True, False, False, False, False]


def test_tasks_are_places_and_hashes_only():
    path = TRAINING / "tasks" / "doctests.json"
    tasks = json.loads(path.read_text())
    assert len(tasks) == 200 and len({(task["module"], task["start"]) for task in tasks}) == 200
    assert {key for task in tasks for key in task} == {"registry", "package", "version", "module", "path", "sha256", "function", "start", "end"}
