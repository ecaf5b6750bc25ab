"""Every recipe is executable, and calls its commands with arguments that they take."""

import argparse
import os
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[1]
RECIPES = sorted(path for path in (TRAINING / "runs").glob("*.sh") if path.name != "environment.sh")
ARGUMENTS = {
    "adapter.sh": ["CACHE", "OUT", "BASE", "1"], "encoder.sh": ["CACHE", "OUT", "BASE", "1"], "grow.sh": ["CACHE", "OUT", "1"],
    "replace-decoder.sh": ["CHECKPOINT", "TOKENIZER", "NAME", "1.0.0", "0.05"],
}
UNPARSED = {"encoder.make_pairs", "encoder.neighbours"}
"""Commands that take their arguments as they come."""


def commands(recipe: Path, folder: Path) -> list[list[str]]:
    """What a recipe runs, with programs that write down how they were called and do nothing."""
    program, calls = folder / "program", folder / "calls"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {shlex.quote(str(calls))}\n')
    program.chmod(0o755)
    arguments = [str(folder / one) if one.isupper() and one != "NAME" else one for one in ARGUMENTS.get(recipe.name, ["CACHE", "OUT"])]
    subprocess.run([str(recipe), *arguments], env={**os.environ, "PYTHON": str(program), "NODE": str(program)}, check=True)
    return [line.split() for line in calls.read_text().splitlines()]


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_a_recipe_calls_commands_as_they_are(recipe, tmp_path, monkeypatch):
    parse = argparse.ArgumentParser.parse_args

    def parse_alone(self, *rest):
        parse(self, *rest)
        raise SystemExit(0)

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_alone)
    made = [call for call in commands(recipe, tmp_path) if call[0] == "-m"]
    assert made
    for _, module, *arguments in made:
        if module not in UNPARSED:
            monkeypatch.setattr(sys, "argv", [module, *arguments])
            with pytest.raises(SystemExit) as ended:
                runpy.run_module(module, run_name="__main__")
            assert ended.value.code == 0, (module, arguments)
