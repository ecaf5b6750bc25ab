"""Commands stand apart from what others import, and every command that is named exists."""

import ast
import re
from pathlib import Path

TRAINING = Path(__file__).parents[1]
MODULES = {
    path.relative_to(TRAINING).with_suffix("").as_posix().replace("/", "."): ast.parse(path.read_text(encoding="utf-8"))
    for path in TRAINING.glob("*/*.py") if path.parent.name != "tests"
}
COMMANDS = {name for name, tree in MODULES.items() if any(isinstance(node, ast.If) and "__main__" in ast.unparse(node.test) for node in tree.body)}


def imported(tree: ast.Module) -> set[str]:
    """Names of all modules that a module may import."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def test_no_module_imports_a_command():
    assert len(COMMANDS) > 20
    assert [(name, command) for name, tree in MODULES.items() for command in imported(tree) & COMMANDS] == []


def test_commands_that_are_named_exist():
    folders = {name.partition(".")[0] for name in MODULES}
    texts = [path for pattern in ("*.md", "*/*.md", "*/*.sh", "*/*.py") for path in TRAINING.glob(pattern) if path.parent.name != "tests"]
    named = [(path.name, found) for path in texts for found in re.findall(r"(?<=-m )\w+\.\w+", path.read_text(encoding="utf-8")) if found.partition(".")[0] in folders]
    assert {found for _, found in named} == COMMANDS - {"gpu.pieces"}
