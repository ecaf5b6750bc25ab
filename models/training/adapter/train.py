"""Train an adapter of a base on places to complete; resume after any interruption.

    python -m adapter.train configs/adapter.json CORPUS BASE.gguf RUN_FOLDER
    python -m adapter.train configs/adapter.json CORPUS BASE.gguf RUN_FOLDER --adapter ADAPTER.safetensors
    python -m adapter.train configs/adapter.json CORPUS BASE.gguf BRANCH_FOLDER --branch RUN_FOLDER/last.pt --steps 300

The run goes on at its peak rate until SIGTERM; the same command goes on from RUN_FOLDER/last.pt, which holds the optimiser
too. Where there is none, `--adapter` begins from an adapter's file with a fresh optimiser. `--branch` makes a finished
adapter of any checkpoint: a decay to rate 0 of its own, whose last quarter sees the exporter's rounding of the merged
matrices. RUN_FOLDER/adapter.safetensors (file.py) is written beside every checkpoint; `log.jsonl` says how it goes.
`--talk FILE`: conversations of the base (talk.py). Run it with `nice -n 19` and in a process group of its own (`setsid`).
"""

import argparse
import hashlib
import json
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import torch

from adapter import file
from adapter.base import read_tokenizer
from adapter.mix import AdapterMixer
from adapter.network import Network
from adapter.speed import fastest
from data.batches import Budget, Corpus
from data.loader import Batches, endless
from tokenizer.byte_pairs import encoder, save
from train.schedule import Branch, Clock, Open
from train.threads import in_threads


class Stopped(Exception):
    """SIGTERM arrived between two optimiser steps."""


class Run:
    """A run in a folder. `schedule`: `adapter`, `branch`, `steps` and `talk` of the command line."""

    def __init__(self, config: dict, corpus: Path, gguf: Path, folder: Path, schedule: argparse.Namespace):
        folder.mkdir(parents=True, exist_ok=True)
        self.config, self.folder = config, folder
        self.sha256 = hashlib.sha256(gguf.read_bytes()).hexdigest()
        torch.manual_seed(config["seed"])
        tokenizer = folder / "tokenizer.json"
        if not tokenizer.exists():
            save(read_tokenizer(gguf), tokenizer)
        self.encode, budget = encoder(tokenizer, config["tokens"]), Budget(**config["budget"])
        talk = json.loads(schedule.talk.read_text()) if schedule.talk else []
        mixers = {split: AdapterMixer(Corpus(corpus, split, config["languages"]), self.encode, budget, talk) for split in ("train", "validation")}
        kinds = config["parts"]
        self.batches = Batches(mixers["train"].corpus, lambda number, phase: mixers["train"].row(config["seed"], number, phase, kinds[number % len(kinds)]), len(kinds))
        self.held = [mixers["validation"].row(1_000_003, number, "train", kinds[number % len(kinds)]) for number in range(config["validation_parts"])]
        self.in_threads = in_threads(config["threads"])
        kind = fastest()
        self.network = Network(gguf, config, self.encode.ids, kind)
        self.tensors = file.parameters(self.network.adapters, self.network.rows)
        self.parameters = list(self.tensors.values())
        self.optimizer = torch.optim.AdamW(self.parameters, config["rate"], betas=(0.9, 0.98), weight_decay=0.0)
        self.step, self.tokens, self.first, self.stepping, self.stop = 0, 0, 0, False, False
        began = time.time()
        if (folder / "last.pt").exists():
            began = self.restore(folder / "last.pt")
        elif schedule.branch:
            self.restore(schedule.branch)
            self.first = self.step
        elif schedule.adapter:
            self.tokens = file.read(schedule.adapter, self.tensors, self.network.rows, config)
        self.network.rows.write(self.network.table)
        self.clock: Clock = Branch(began, config, self.first, schedule.steps, lambda: self.step) if schedule.branch else Open(began, config)
        self.log(event="began", step=self.step, tokens=self.tokens, products=kind)

    def restore(self, checkpoint: Path) -> float:
        """The state of a checkpoint; returns when its run began."""
        stored = torch.load(checkpoint, map_location="cpu", weights_only=True)
        with torch.no_grad():
            for name, tensor in self.tensors.items():
                tensor.copy_(stored["adapter"][name])
        self.optimizer.load_state_dict(stored["optimizer"])
        self.step, self.tokens, self.first = stored["step"], stored["tokens"], stored["first"]
        return stored["began"]

    def log(self, **entry) -> None:
        with (self.folder / "log.jsonl").open("a") as stream:
            stream.write(json.dumps({"minutes": round((time.time() - self.clock.start) / 60, 1), **entry}) + "\n")

    def checkpoint(self) -> None:
        """Write everything to resume, and the adapter's file; a kill at any moment leaves the previous ones whole."""
        partial = self.folder / "last.partial"
        tensors = {name: tensor.detach() for name, tensor in self.tensors.items()}
        torch.save({"adapter": tensors, "optimizer": self.optimizer.state_dict(), "step": self.step, "tokens": self.tokens, "first": self.first, "began": self.clock.start}, partial)
        os.replace(partial, self.folder / "last.pt")
        file.write(self.folder / "adapter.safetensors", self.tensors, self.network.rows, self.config, self.sha256, self.tokens)

    def validate(self) -> None:
        """Nats a token of middles and of plain text of the validation packages; ends and tokens of middles that come first."""
        sums: Counter = Counter()
        for found in self.in_threads(lambda row: self.network.judge(row, self.encode.ids["endOfMiddle"]), self.held):
            sums.update(found)
        scores = {"middle": sums["middle nats"] / max(1, sums["middle tokens"]), "plain": sums["plain nats"] / max(1, sums["plain tokens"])}
        scores |= {"ends": sums["right ends"] / max(1, sums["ends"]), "right": sums["right"] / max(1, sums["middle tokens"])}
        self.log(step=self.step, tokens=self.tokens, validation={name: round(value, 4) for name, value in scores.items()})

    def gradients(self, row):
        """(gradients of the adapter, cross-entropy, distance, weight) of a row; every second plain row is held to the base."""
        pull = self.config["distance_weight"] if self.step % 2 else 0.0
        loss, entropy, distance, weight = self.network.losses(row, pull)
        return torch.autograd.grad(loss, self.parameters), float(entropy), float(distance), float(weight), row.plain

    def update(self, stream) -> Counter:
        """One optimiser step; returns what to log of it."""
        rows, sums = [next(stream) for _ in self.config["parts"]], Counter()
        total: list[torch.Tensor] = []
        for made, entropy, distance, weight, plain in self.in_threads(self.gradients, rows):
            kind = "plain" if plain else "places"
            sums.update({f"{kind} nats": entropy, f"{kind} weight": weight, "distance": distance})
            total = [one.add_(other) for one, other in zip(total, made)] if total else list(made)
        weight = sums["plain weight"] + sums["places weight"]
        for parameter, gradient in zip(self.parameters, total):
            parameter.grad = gradient / weight
        self.stepping = True
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = self.config["rate"] * self.clock.rate(self.step)
        # A broken row must not break the adapter: such a step is skipped and shows in the log as a nan.
        if torch.isfinite(norm):
            self.optimizer.step()
        self.network.rows.write(self.network.table)
        self.step += 1
        tokens = sum(len(row.ids) for row in rows)
        self.tokens += tokens
        self.stepping = False
        sums.update({"norm": float(norm), "tokens": tokens})
        return sums

    def ask_to_stop(self, *_) -> None:
        """SIGTERM: a step that is being computed is given up, one that is being applied is finished."""
        self.stop = True
        with suppress(PermissionError):
            # At the lowest priority a checkpoint may take minutes.
            os.setpriority(os.PRIO_PROCESS, 0, 0)
        if not self.stepping:
            raise Stopped

    def go(self) -> None:
        """Train until the schedule ends or SIGTERM asks for a last checkpoint."""
        signal.signal(signal.SIGTERM, self.ask_to_stop)
        try:
            self.train()
        except Stopped:
            pass
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.checkpoint()
        self.log(event="stopped" if self.stop else "finished", step=self.step, tokens=self.tokens)

    def train(self) -> None:
        stream = endless(self.batches, self.step, self.clock.phase, self.config["loader_workers"])
        logged, saved, validated, sums, begun = time.time(), time.time(), time.time(), Counter(), self.step
        if self.step == 0:
            self.validate()
        while self.clock.progress() < 1 and not self.stop:
            if self.clock.rounding():
                for _, adapted in self.network.adapters:
                    adapted.round(self.config["body_bits"], self.config["block"])
            sums.update(self.update(stream))
            count = self.step - begun
            if count == self.config["log_every"]:
                speed = sums["tokens"] / (time.time() - logged)
                self.log(
                    step=self.step, tokens=self.tokens, places=round(sums["places nats"] / max(1, sums["places weight"]), 4),
                    plain=round(sums["plain nats"] / max(1, sums["plain weight"]), 4), distance=round(sums["distance"] / max(1, sums["plain weight"]), 5),
                    norm=round(sums["norm"] / count, 3), tokens_per_second=round(speed, 1),
                )
                logged, sums, begun = time.time(), Counter(), self.step
            if time.time() - saved > self.config["save_seconds"]:
                self.checkpoint()
                saved = time.time()
            if time.time() - validated > self.config["validate_seconds"]:
                self.validate()
                validated = time.time()
        if not self.stop:
            self.validate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("config", "corpus", "gguf", "folder"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--adapter", type=Path, help="begin from this file, where the folder has no checkpoint")
    parser.add_argument("--talk", type=Path, help="conversations of the base")
    parser.add_argument("--branch", type=Path, help="decay from another run's checkpoint, in --steps steps")
    parser.add_argument("--steps", type=int)
    args = parser.parse_args()
    if (args.branch is None) != (args.steps is None):
        parser.error("--branch and --steps go together")
    Run(json.loads(args.config.read_text()), args.corpus, args.gguf, args.folder, args).go()
    # Threads that compute a step nobody wants any more would hold the process back.
    os._exit(0)


if __name__ == "__main__":
    main()
