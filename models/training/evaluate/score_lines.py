"""Measure a model folder on frozen tasks, beside a copy baseline.

    python -m evaluate.score_lines FOLDER tasks/lines.json CACHE [--json OUT.json] [--show 10]

Greedy, one line, no repository context. Exact match compares up to the end of the line, white space at the end aside.
"""

import argparse
import difflib
import json
import re
from collections import defaultdict
from pathlib import Path

from tokenizers import Tokenizer

from data.batches import Budget, fit_end, fit_start
from data.cut_points import Cut
from data.layout import IDS, Sample, prompt
from evaluate.line_tasks import read
from export.runner import Runner
from model.decoder import Shape
from tokenizer.byte_pairs import encoder

MAX_NEW = 64
IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")


def copied(cut: Cut) -> str:
    """What followed the longest earlier occurrence of the text before the cursor, up to its line's end."""
    line = cut.before.rsplit("\n", 1)[-1]
    elsewhere = cut.before[: len(cut.before) - len(line)] + "\n" + cut.suffix
    for length in range(min(len(cut.before), 120), 2, -1):
        needle = cut.before[-length:]
        at = elsewhere.rfind(needle)
        if at >= 0:
            following = elsewhere[at + length :].split("\n", 1)[0]
            return following.removesuffix(cut.rest) if cut.rest else following
    return ""


class Model:
    """A shipped folder, run as the editor does."""

    def __init__(self, folder: Path):
        manifest = json.loads((folder / "glassbox.json").read_text())
        cache = manifest["cache"]
        shape = Shape(manifest["vocabularySize"], 0, cache["layers"], 0, cache["heads"], 0, manifest["contextLength"], cache["headSize"])
        self.encode = encoder(folder / manifest["tokenizer"])
        self.tokenizer = Tokenizer.from_file(str(folder / manifest["tokenizer"]))
        self.runner = Runner(folder / manifest["graph"], shape, shape.context)
        total = shape.context - MAX_NEW
        self.budget = Budget(total, total // 4, 0, 0)

    def complete(self, path: str, cut: Cut) -> tuple[str, bool]:
        """(text, whether the model itself ended it within 64 tokens)."""
        suffix, rest = fit_end(cut.suffix, self.budget.suffix, self.encode), cut.rest[:200]
        used = len(prompt(Sample(path, suffix, "", rest), self.encode))
        ids = prompt(Sample(path, suffix, fit_start(cut.before, self.budget.total - used, self.encode), rest), self.encode)
        self.runner.length = 0
        logits, made = self.runner.step(ids), []
        while len(made) < MAX_NEW and (token := int(logits[-1].argmax())) != IDS["endOfMiddle"]:
            made.append(token)
            logits = self.runner.step([token])
        return self.tokenizer.decode(made, skip_special_tokens=True), len(made) < MAX_NEW


def score(text: str, cut: Cut) -> dict[str, float]:
    """Exact match, similarity of characters and match of the first identifier, each 0…1."""
    line, wanted = text.split("\n", 1)[0].rstrip(), cut.middle.rstrip()
    first, first_wanted = IDENTIFIER.search(line), IDENTIFIER.search(wanted)
    return {
        "exact": float(line == wanted),
        "similarity": difflib.SequenceMatcher(None, line, wanted, autojunk=False).ratio(),
        "identifier": float(first is not None and first_wanted is not None and first.group() == first_wanted.group()),
    }


def measure(model: Model, tasks: list[dict], cache: Path, show: int) -> dict[str, dict[str, float]]:
    """Means per package and over all: the model's scores, the copy baseline's and the share of middles that ended."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for index, (task, cut) in enumerate(read(tasks, cache)):
        text, ended = model.complete(task["path"], cut)
        row = {f"model {key}": value for key, value in score(text, cut).items()}
        row |= {f"copy {key}": value for key, value in score(copied(cut), cut).items()} | {"ended": float(ended), "tasks": 1.0}
        for group in (task["package"], "all"):
            for key, value in row.items():
                sums[group][key] += value
        if index % max(1, len(tasks) // max(1, show)) == 0 and show:
            print(f"…{cut.before[-60:]!r}\n  wanted {cut.middle!r}\n  model  {text!r}")
    return {group: {key: value if key == "tasks" else round(value / row["tasks"], 4) for key, value in row.items()} for group, row in sums.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("tasks", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    result = measure(Model(args.folder), json.loads(args.tasks.read_text()), args.cache, args.show)
    for group, row in result.items():
        print(group, row)
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
