"""Train the encoder's adapter on questions and the code that answers them; resume after any interruption.

    python -m encoder.train configs/encoder-adapter.json PAIRS.jsonl NEIGHBOURS.npy BASE RUN_FOLDER [--adapter FILE] [--decay MINUTES]

BASE is the archive or folder of the published encoder. The loss is symmetric InfoNCE over all pairs of a batch, at several
widths of the vectors (Kusupati et al. 2022, "Matryoshka Representation Learning"). Where a batch is more than memory holds at once
(`tokens_at_once`), vectors are made without gradients, the loss is taken over all, and each part is made again with its share of the
gradient (Gao et al. 2021, "Scaling deep contrastive learning batch size under memory limited setup"): half as much work again.

The run goes on at its peak rate until SIGTERM; the same command goes on from RUN_FOLDER/last.pt, and with `--decay` it comes to
its end. Where there is no checkpoint, `--adapter` begins from an adapter's file with a fresh optimiser. What is written as
RUN_FOLDER/adapter.safetensors (file.py) is the mean of the last steps' weights. `log.jsonl`
says how it goes. Run it with `nice -n 19` and in a process group of its own (`setsid`).
"""

import argparse
import json
import math
import os
import signal
import time
from pathlib import Path

import numpy as np
import torch

from adapter.products import EightBits, Plain
from adapter.speed import fastest
from encoder import file
from encoder.batches import Batch, Batches
from encoder.bert import Base, Bert
from encoder.pairs import read
from encoder.ranking import validation
from encoder.texts import parts, tokens
from search.contrast import contrast
from train.threads import in_threads

PRODUCTS = {"int8": EightBits, "float32": Plain}


class Stopped(Exception):
    """SIGTERM arrived between two optimiser steps."""


class Run:
    """A run in a folder. adapter: the file to begin from where the folder has no checkpoint, or None; decay: minutes."""

    def __init__(self, config: dict, pairs: Path, neighbours: Path, base: Path, folder: Path, adapter: Path | None = None, decay: float = 0):
        self.decay, self.decay_from = decay, math.inf
        folder.mkdir(parents=True, exist_ok=True)
        self.config, self.folder = config, folder
        torch.manual_seed(config["seed"])
        self.base = Base(base)
        self.sha256 = self.base.sha256
        self.batches = Batches(read(pairs, "train"), np.load(neighbours), config["shares"], config["pairs_per_step"], config["seed"])
        self.held = read(pairs, "validation")
        self.in_threads = in_threads(config["threads"])
        kind = config.get("products") or ("int8" if fastest() == "int8" else "float32")
        self.bert = Bert(self.base, config["rank"], PRODUCTS[kind])
        self.adapters = self.bert.adapters()
        self.trained = 0
        if adapter and not (folder / "last.pt").exists():
            self.trained = file.read(adapter, self.adapters)
        self.mean = {name: tensor.detach().clone() for name, tensor in self.adapters.items()}
        self.optimizer = torch.optim.AdamW(self.adapters.values(), config["rate"], betas=(0.9, 0.98), weight_decay=config["weight_decay"])
        self.step, self.stepping, self.stop, self.began = 0, False, False, time.time()
        if (folder / "last.pt").exists():
            self.restore()
        self.log(event="began", step=self.step, products=kind)

    def restore(self) -> None:
        stored = torch.load(self.folder / "last.pt", map_location="cpu", weights_only=True)
        with torch.no_grad():
            for name, tensor in self.adapters.items():
                tensor.copy_(stored["adapter"][name])
                self.mean[name].copy_(stored["mean"][name])
        self.optimizer.load_state_dict(stored["optimizer"])
        self.step, self.trained, self.began = stored["step"], stored["trained"], stored["began"]

    def log(self, **entry) -> None:
        with (self.folder / "log.jsonl").open("a") as stream:
            stream.write(json.dumps({"minutes": round((time.time() - self.began) / 60, 1), **entry}) + "\n")

    def checkpoint(self) -> None:
        """Write everything to resume, and the adapter's file; a kill at any moment leaves the previous ones whole."""
        partial = self.folder / "last.partial"
        adapter = {name: tensor.detach() for name, tensor in self.adapters.items()}
        torch.save({"adapter": adapter, "mean": self.mean, "optimizer": self.optimizer.state_dict(), "step": self.step, "trained": self.trained, "began": self.began}, partial)
        os.replace(partial, self.folder / "last.pt")
        file.write(self.folder / "adapter.safetensors", self.mean, self.sha256, self.trained)

    def validate(self) -> None:
        """The mean adapter on the pairs of packages that are held back (ranking.py)."""
        now = {name: tensor.detach().clone() for name, tensor in self.adapters.items()}
        self.put(self.mean)
        scores = validation(self.bert, self.base.tokenizer, self.held, self.config, self.in_threads)
        self.put(now)
        self.log(step=self.step, validation={name: round(value, 4) for name, value in scores.items()})

    @torch.no_grad()
    def put(self, values: dict[str, torch.Tensor]) -> None:
        for name, tensor in self.adapters.items():
            tensor.copy_(values[name])

    def gradients(self, batch: Batch) -> tuple[list[torch.Tensor], float]:
        """(gradient of each adapter's matrix, loss at full width) of a batch."""
        longest = self.config["longest"]
        texts = tokens(self.base.tokenizer, batch.questions, longest["question"]) + tokens(self.base.tokenizer, batch.codes, longest["code"])
        made = parts(texts, self.config["tokens_per_part"])
        kept = sum(part.ids.numel() for part in made) <= self.config.get("tokens_at_once", 0)

        def embed(part):
            with torch.set_grad_enabled(kept):
                return self.bert(part.ids, part.lengths)

        found = list(self.in_threads(embed, made))
        vectors = torch.empty(len(texts), self.bert.width)
        for part, some in zip(made, found):
            vectors[part.places] = some.detach()
        vectors.requires_grad_()
        loss, first = self.loss(vectors, batch)
        loss.backward()

        def backward(part, some):
            again = some if kept else self.bert(part.ids, part.lengths)
            return torch.autograd.grad(again, list(self.adapters.values()), vectors.grad[part.places])

        total: list[torch.Tensor] = []
        for gradients in self.in_threads(backward, made, found):
            total = [one.add_(other) for one, other in zip(total, gradients)] if total else list(gradients)
        return total, first

    def loss(self, vectors: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, float]:
        """(mean of the losses at all widths, loss at full width) of the vectors [2 n, width]: questions, then code."""
        count = len(batch.questions)
        scale = torch.tensor(1 / self.config["temperature"])
        losses = [contrast(vectors[:count, :width], vectors[count:, :width], scale, batch.excluded) for width in self.config["widths"]]
        return sum(losses) / len(losses), float(losses[0].detach())

    def share_of_rate(self) -> float:
        """What is left of the rate: 1, or from 1 to 0 over the minutes in which a run is brought to its end."""
        return min(1.0, max(0.0, 1 - (time.time() - self.decay_from) / 60 / self.decay)) if self.decay else 1.0

    def update(self) -> tuple[float, float]:
        """One optimiser step; returns (loss, norm of the gradient)."""
        gradients, loss = self.gradients(self.batches.batch(self.step))
        self.stepping = True
        for parameter, gradient in zip(self.adapters.values(), gradients):
            parameter.grad = gradient
        norm = torch.nn.utils.clip_grad_norm_(self.adapters.values(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = self.config["rate"] * min(1.0, (self.step + 1) / self.config["warmup_steps"]) * self.share_of_rate()
        self.optimizer.step()
        self.step, self.trained = self.step + 1, self.trained + self.config["pairs_per_step"]
        # Young runs have a short memory, so that the mean is none of what the first steps had.
        keep = min(self.config["mean_decay"], (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            for name, tensor in self.adapters.items():
                self.mean[name].lerp_(tensor, 1 - keep)
        self.stepping = False
        return loss, float(norm)

    def ask_to_stop(self, *_) -> None:
        """SIGTERM: a step that is being computed is given up, one that is being applied is finished."""
        self.stop = True
        if not self.stepping:
            raise Stopped

    def go(self, steps: float = math.inf) -> None:
        """Train up to step `steps`, or until SIGTERM asks for a last checkpoint."""
        signal.signal(signal.SIGTERM, self.ask_to_stop)
        self.decay_from = time.time()
        try:
            self.train(steps)
        except Stopped:
            pass
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.checkpoint()
        self.log(event="stopped" if self.stop else "finished", step=self.step)

    def train(self, steps: float) -> None:
        saved = validated = time.time()
        if self.step == 0:
            self.validate()
        while self.step < steps and not self.stop and self.share_of_rate() > 0:
            began = time.time()
            loss, norm = self.update()
            self.log(step=self.step, loss=round(loss, 4), norm=round(norm, 3), pairs_per_second=round(self.config["pairs_per_step"] / (time.time() - began), 1))
            if time.time() - saved > self.config["save_seconds"]:
                self.checkpoint()
                saved = time.time()
            if time.time() - validated > self.config["validate_seconds"]:
                self.validate()
                validated = time.time()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("config", "pairs", "neighbours", "base", "folder"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--adapter", type=Path, help="begin from this file, where the folder has no checkpoint")
    parser.add_argument("--decay", type=float, default=0, help="minutes over which the rate falls to nothing, which ends the run; 0: it goes on")
    args = parser.parse_args()
    Run(json.loads(args.config.read_text()), args.pairs, args.neighbours, args.base, args.folder, args.adapter, args.decay).go()
    # Threads that compute a step nobody wants any more would hold the process back.
    os._exit(0)


if __name__ == "__main__":
    main()
