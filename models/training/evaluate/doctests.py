"""Holes in documented functions of held-out packages, judged by running the examples in their documentation.

A task is one line of a function's body: the examples pass with it and fail without it (freeze_doctests.py). What a model writes in its
place is compiled into the running function and judged by the same examples, in a process of its own (judge_doctests.py) with limits of
time and memory. Programs that measure call `judged`. It runs what the packages and the model wrote: give it nothing but pinned packages.
"""

import doctest
import gc
import hashlib
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.packages import folder_of

HERE = Path(__file__).parents[1]
PACKAGES = ("networkx", "sympy")
"""Of the held-out packages those whose documentation has examples by the hundred."""
SECONDS, BYTES = 8, 3 << 30
"""Of processor time and of memory, for the examples of one function."""
FEWEST_EXAMPLES = 2


@dataclass(frozen=True)
class Hole:
    """A line of a function: text[start:end] without its indentation and line break."""

    package: str
    module: str
    name: str
    start: int
    end: int

    @classmethod
    def of(cls, task: dict) -> "Hole":
        return cls(task["package"], task["module"], task["function"], task["start"], task["end"])


def code_of(compiled: types.CodeType, name: str) -> types.CodeType | None:
    """The code of a function inside a module's, by its qualified name."""
    for constant in compiled.co_consts:
        if isinstance(constant, types.CodeType):
            if constant.co_qualname == name:
                return constant
            if name.startswith(constant.co_qualname + ".") and (found := code_of(constant, name)):
                return found
    return None


class Judge:
    """Runs examples of functions of one package, whose unpacked folder is put in front of the import path."""

    def __init__(self, folder: Path, package: str):
        sys.path.insert(0, str(folder))
        found = Path(importlib.import_module(package).__file__)
        if folder not in found.parents:
            raise ImportError(f"{package} was imported from {found} and not from {folder}")

    def passes(self, hole: Hole, line: str) -> bool:
        """Whether the examples pass with `line` in place of the hole; in a child process."""
        child = os.fork()
        if child == 0:
            os._exit(self.run(hole, line))
        _, status = os.waitpid(child, 0)
        return status == 0

    def run(self, hole: Hole, line: str) -> int:
        """In the child: 0 where all examples pass."""
        try:
            limit()
            return 0 if self.examples_pass(hole, line) else 1
        except BaseException:
            return 2

    def examples_pass(self, hole: Hole, line: str) -> bool:
        module = importlib.import_module(hole.module)
        text = Path(module.__file__).read_text(encoding="utf-8")
        changed = text[: hole.start] + line + text[hole.end :]
        before, after = (code_of(compile(source, module.__file__, "exec"), hole.name) for source in (text, changed))
        if before is None or after is None or before.co_freevars != after.co_freevars:
            return False
        found = [
            one for one in gc.get_objects()
            if isinstance(one, types.FunctionType) and one.__code__.co_qualname == hole.name and one.__code__.co_filename == module.__file__
        ]
        for function in found:
            function.__code__ = after
        documented = next((one.__doc__ for one in found if one.__doc__), None)
        if documented is None:
            return False
        names = {**vars(module), "nx": sys.modules.get("networkx")}
        examples = doctest.DocTestParser().get_doctest(documented, names, hole.name, module.__file__, 0)
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        result = doctest.DocTestRunner(verbose=False, optionflags=flags).run(examples, out=lambda _: None)
        return result.failed == 0 and result.attempted >= FEWEST_EXAMPLES


def judged(cache: Path, package: str, answers: list[tuple[Hole, str]]) -> list[bool]:
    """Whether the examples pass with each line in its hole; in a fresh interpreter, which has only the unpacked package."""
    command = [sys.executable, "-m", "evaluate.judge_doctests", str(cache.resolve()), package]
    asked = json.dumps([[asdict(hole), line] for hole, line in answers])
    return json.loads(subprocess.run(command, cwd=HERE, input=asked, capture_output=True, text=True, check=True).stdout)


def limit() -> None:
    """Time, memory and output of this process; nothing it prints is seen."""
    signal.alarm(SECONDS * 4)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.chdir(tempfile.gettempdir())


def read(tasks: list[dict], cache: Path) -> Iterator[tuple[dict, str]]:
    """Each task with its file's text; a file that is not the frozen one stops the measurement."""
    for task in tasks:
        text = (folder_of({"registry": task["registry"], "name": task["package"]}, cache) / task["path"]).read_text(encoding="utf-8")
        if hashlib.sha256(text.encode()).hexdigest() != task["sha256"]:
            raise ValueError(f"{task['package']} {task['path']} is not the frozen file; fetch the pinned version again")
        yield task, text
