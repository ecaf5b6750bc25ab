"""How good a base with an adapter is: frozen lines, and holes in functions that their own examples judge.

    python -m adapter.score configs/adapter.json BASE.gguf CACHE [--adapter FILE] [--by layout|left-to-right] [--count 200] [--json OUT.json]

Every task is one line, written greedily from the file alone: no other files, no copies, no rounding. `lines` are tasks/lines.json
(exact: equal up to the line's end); `doctests` are tasks/doctests.json (passes: the examples pass), once with the indentation before
the cursor and once at column 0. From left to right the prompt's last token is written anew, as the engine does it.
"""

import argparse
import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer

from adapter.base import read_tokenizer
from adapter.generate import Healing, merged, write
from data.batches import fit_end, fit_start
from data.cut_points import line_bounds
from data.layout import Encode, Sample, prompt
from evaluate.doctests import Hole, judged
from evaluate.doctests import read as read_holes
from evaluate.line_tasks import read as read_lines
from model.decoder import Decoder
from tokenizer.byte_pairs import encoder, save

HERE = Path(__file__).parents[1]
TOTAL, SUFFIX, MOST = 700, 192, 64
"""Tokens of a prompt, of its suffix, and of what is written."""


class Asker:
    """Asks a decoder for the rest of a line. by: "layout" or "left-to-right"."""

    def __init__(self, decoder: Decoder, tokenizer: Tokenizer, encode: Encode, by: str):
        self.decoder, self.tokenizer, self.encode, self.by = decoder, tokenizer, encode, by
        special = {token for token in tokenizer.get_added_tokens_decoder()}
        self.healing = Healing([None if at in special else tokenizer.id_to_token(at) for at in range(tokenizer.get_vocab_size())])
        self.ends = {encode.ids["endOfMiddle"], encode.ids["endOfTurn"], tokenizer.token_to_id("<|endoftext|>")}

    def text(self, ids: list[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=True)

    def line(self, path: str, before: str, rest: str, suffix: str) -> tuple[str, bool]:
        """(text up to the end of a line with something on it, whether the model ended by itself)."""
        if self.by == "layout":
            sample = Sample(path, fit_end(suffix, SUFFIX, self.encode), "", rest[:120])
            room = TOTAL - len(prompt(sample, self.encode))
            ids, healing, healed = prompt(replace(sample, prefix=fit_start(before, room, self.encode)), self.encode), None, ""
        else:
            ids, healing = self.encode(fit_start(before, TOTAL, self.encode)), self.healing
            healed = self.text(ids[-1:]) if len(ids) > 1 else ""
        made = write(self.decoder, ids, MOST, self.ends, lambda made: "\n" in self.text(made)[len(healed) :].lstrip("\n"), healing)
        return self.cut(self.text(made)[len(healed) :]), len(made) < MOST

    @staticmethod
    def cut(text: str) -> str:
        """Without what stands behind the first line that has something on it."""
        blank = len(text) - len(text.lstrip("\n"))
        return text[:blank] + text[blank:].split("\n", 1)[0]


def score_lines(asker: Asker, cache: Path, count: int) -> dict[str, float]:
    """Share of frozen lines that are written exactly, and that end."""
    tasks = json.loads((HERE / "tasks" / "lines.json").read_text())
    chosen = random.Random(0).sample(tasks, min(count, len(tasks)))
    exact = ended = 0
    for task, cut in read_lines(chosen, cache):
        text, end = asker.line(task["path"], cut.before, cut.rest, cut.suffix)
        exact, ended = exact + (text.rstrip() == cut.middle.rstrip()), ended + end
    return {"lines": len(chosen), "exact": exact / len(chosen), "ended": ended / len(chosen)}


def score_doctests(asker: Asker, cache: Path, count: int) -> dict[str, float]:
    """Share of holes whose examples pass, at either place, and of lines that are the true ones."""
    tasks = json.loads((HERE / "tasks" / "doctests.json").read_text())
    chosen = random.Random(0).sample(tasks, min(count, len(tasks)))
    found: dict[str, float] = {"holes": len(chosen)}
    written: list[tuple[Hole, str, str]] = []
    for task, text in read_holes(chosen, cache):
        hole = Hole.of(task)
        start, _ = line_bounds(text, hole.start)
        suffix = text[hole.end + 1 :]
        for place, at in (("indentation given", hole.start), ("column 0", start)):
            line, _ = asker.line(task["path"], text[:at], "", suffix)
            found[f"{place}, exact"] = found.get(f"{place}, exact", 0) + (line.strip() == text[hole.start : hole.end].strip()) / len(chosen)
            written.append((replace(hole, start=at), place, line))
    for package in sorted({hole.package for hole, _, _ in written}):
        mine = [(hole, place, line) for hole, place, line in written if hole.package == package]
        for (_, place, _), passes in zip(mine, judged(cache, package, [(hole, line) for hole, _, line in mine])):
            found[f"{place}, passes"] = found.get(f"{place}, passes", 0) + passes / len(chosen)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("config", "gguf", "cache"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--by", choices=("layout", "left-to-right"), default="layout")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    config, tokenizer = json.loads(args.config.read_text()), read_tokenizer(args.gguf)
    with tempfile.TemporaryDirectory() as folder:
        save(tokenizer, Path(folder) / "tokenizer.json")
        encode = encoder(Path(folder) / "tokenizer.json", config["tokens"])
    asker = Asker(merged(args.gguf, args.adapter, config, encode.ids), tokenizer, encode, args.by)
    result = {"lines": score_lines(asker, args.cache, args.count), "doctests": score_doctests(asker, args.cache, args.count)}
    print(json.dumps(result, indent=1))
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
