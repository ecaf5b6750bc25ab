"""Train a decoder; resume after any interruption.

    python -m train.train_decoder configs/gpu.json CORPUS TOKENIZER.json RUN_FOLDER --minutes 70
    python -m train.train_decoder configs/cpu.json CORPUS TOKENIZER.json RUN_FOLDER
    python -m train.train_decoder configs/cpu.json CORPUS TOKENIZER.json BRANCH_FOLDER --branch RUN_FOLDER/last.pt --steps 800

CORPUS is a file of corpus/build.py or a folder of shards, which may grow during the run. With `--minutes` the schedule
follows the wall clock, so that the decay always ends when the time does. Without, the run goes on at its peak rate
until SIGTERM, and `--branch` makes a finished model of any of its checkpoints: a decay of its own, in a folder of its
own, beside the run or after it. RUN_FOLDER holds `last.pt` (everything needed to resume: give the same command again),
`before-decay.pt` (to go on another time), `final.pt` and `log.jsonl`.
"""

import argparse
import json
import os
import signal
import time
from pathlib import Path

import torch

from data.batches import Batch, Budget, Corpus, Mixer, batch
from data.loader import endless, mixed
from model.decoder import Decoder, Shape
from tokenizer.byte_pairs import encoder
from train.muon import optimizers, take_step
from train.schedule import Branch, Clock, Open
from train.step import Step
from train.threads import in_threads


def save(path: Path, decoder: Decoder, opts: list, config: dict, **progress) -> None:
    """Write a checkpoint so that a kill at any moment leaves the previous one whole."""
    stored = {"shape": decoder.shape.as_dict(), "body_bits": config["body_bits"], "model": decoder.state_dict(), **progress}
    if opts:
        stored["optimizers"] = [optimizer.state_dict() for optimizer in opts]
    partial = path.with_suffix(".partial")
    torch.save(stored, partial)
    os.replace(partial, path)


class Run:
    """A training run in a folder."""

    def __init__(self, config: dict, corpus: Path, tokenizer: Path, folder: Path, schedule: argparse.Namespace):
        """`schedule`: `minutes`, `weights`, `branch` and `steps` of the command line."""
        self.config, self.folder = config, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(config["seed"])
        encode, budget = encoder(tokenizer), Budget(**config["budget"])
        self.parts = config["tokens_per_step"] // config["tokens_per_part"]
        self.batches = mixed(Mixer(Corpus(corpus, "train", config["languages"]), encode, budget), config["seed"], self.parts, config["tokens_per_part"])
        held = Mixer(Corpus(corpus, "validation", config["languages"]), encode, budget)
        self.held = [batch(held, 1_000_003, index, "train", config["tokens_per_part"]) for index in range(config["validation_parts"])]
        self.decoder = Decoder(Shape(**config["shape"])).to(self.device)
        self.work = Step(self.decoder, self.device)
        self.parameters = list(self.decoder.parameters())
        self.in_threads = in_threads(config["threads"])
        self.opts = optimizers(self.decoder, config["matrix_lr"], config["table_lr"], config["weight_decay"], self.in_threads)
        self.step, self.tokens, self.first = 0, 0, 0
        start, end = time.time(), time.time() + (schedule.minutes or float("inf")) * 60
        if (folder / "last.pt").exists():
            start, end = self.restore(folder / "last.pt")
        elif schedule.branch:
            self.restore(schedule.branch)
            self.first = self.step
        elif schedule.weights:
            self.decoder.load_state_dict(torch.load(schedule.weights, map_location=self.device, weights_only=True)["model"])
        if schedule.branch:
            self.clock: Clock = Branch(start, config, self.first, schedule.steps, lambda: self.step)
        else:
            self.clock = Clock(start, end, config) if schedule.minutes else Open(start, config)
        if self.step:
            self.log(event="resumed" if self.step > self.first else "branched", step=self.step)

    def restore(self, checkpoint: Path) -> tuple[float, float]:
        """Weights, optimisers and counters of a checkpoint; returns when its run began and was to end."""
        stored = torch.load(checkpoint, map_location=self.device, weights_only=True)
        self.decoder.load_state_dict(stored["model"])
        for optimizer, state in zip(self.opts, stored["optimizers"]):
            optimizer.load_state_dict(state)
        self.step, self.tokens, self.first = stored["step"], stored["tokens"], stored["first"]
        return stored["start"], stored["end"]

    def log(self, **entry) -> None:
        with (self.folder / "log.jsonl").open("a") as stream:
            stream.write(json.dumps({"minutes": round((time.time() - self.clock.start) / 60, 2), **entry}) + "\n")

    def checkpoint(self, name: str, with_optimizers: bool = True) -> None:
        opts = self.opts if with_optimizers else []
        save(self.folder / name, self.decoder, opts, self.config, step=self.step, tokens=self.tokens, first=self.first, start=self.clock.start, end=self.clock.end)

    def validate(self, **more) -> None:
        self.log(step=self.step, tokens=self.tokens, validation=round(self.work.validate(self.held), 4), ends=round(self.work.ends(self.held), 3), **more)

    def cost_of_rounding(self) -> dict[str, float]:
        """The validation loss of the weights as they are, beside which the loss of the rounded ones stands in the log."""
        bits = self.config["body_bits"]
        self.decoder.quantized(None, None)
        plain = self.work.validate(self.held)
        self.decoder.quantized(bits, 8)
        return {"validation_float": round(plain, 4)}

    def work_per_token(self) -> float:
        """Teraflop of a token forward and backward: every weight is used once, the table as read-out; attention is not counted."""
        return 6e-12 * sum(parameter.numel() for parameter in self.parameters)

    def gradients(self, made: Batch):
        """(gradients of the parameters, plain cross-entropy, weight) of one part."""
        loss, plain, weight = self.work.losses(made)
        return torch.autograd.grad(loss / self.config["tokens_per_step"], self.parameters), plain.detach(), weight

    def update(self, stream) -> tuple[float, float]:
        """One optimiser step; returns (mean cross-entropy, seconds waited for data)."""
        began = time.time()
        parts = [next(stream) for _ in range(self.parts)]
        waited, plain_sum, weight_sum = time.time() - began, 0.0, 0.0
        for gradients, plain, weight in self.in_threads(self.gradients, parts):
            for parameter, gradient in zip(self.parameters, gradients):
                parameter.grad = gradient if parameter.grad is None else parameter.grad.add_(gradient)
            plain_sum, weight_sum = plain_sum + plain, weight_sum + weight
        take_step(self.opts, self.parameters, self.clock.rate(self.step))
        self.step += 1
        self.tokens += self.config["tokens_per_step"]
        return float(plain_sum / weight_sum), waited

    def go(self) -> None:
        """Train until the clock says so, or until SIGTERM asks for a last checkpoint."""
        stop = False

        def ask(*_):
            nonlocal stop
            stop = True

        signal.signal(signal.SIGTERM, ask)
        stream = endless(self.batches, self.step, self.clock.phase, self.config["loader_workers"])
        logged, saved, validated = time.time(), time.time(), 0.0
        entropies, waits = [], 0.0
        while self.clock.progress() < 1 and not stop:
            if self.clock.decaying() and not (self.folder / "before-decay.pt").exists():
                self.checkpoint("before-decay.pt")
            if self.clock.rounding() and self.decoder.table_bits is None:
                self.decoder.quantized(self.config["body_bits"], 8)
                self.log(event="rounding on", step=self.step)
            entropy, waited = self.update(stream)
            entropies.append(entropy)
            waits += waited
            if len(entropies) == self.config["log_every"]:
                spent = time.time() - logged
                speed = len(entropies) * self.config["tokens_per_step"] / spent
                self.log(
                    step=self.step, tokens=self.tokens, loss=round(sum(entropies) / len(entropies), 4), rate=round(self.clock.rate(self.step), 3),
                    phase=self.clock.phase(), tokens_per_second=round(speed), waiting=round(waits / spent, 3), utilisation=round(speed * self.work_per_token() / self.config["peak_teraflops"], 3),
                )
                logged, entropies, waits = time.time(), [], 0.0
            if time.time() - validated > self.config["validate_seconds"]:
                self.validate()
                validated = time.time()
            if time.time() - saved > self.config["save_seconds"]:
                self.checkpoint("last.pt")
                saved = time.time()
        self.checkpoint("last.pt")
        if not stop:
            self.validate(**self.cost_of_rounding())
            self.checkpoint("final.pt", with_optimizers=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("config", "corpus", "tokenizer", "folder"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--minutes", type=float, help="end then, with the decay behind; without, go on at the peak rate until SIGTERM")
    parser.add_argument("--weights", type=Path, help="begin from another run's weights, with a new schedule")
    parser.add_argument("--branch", type=Path, help="decay from another run's checkpoint, in --steps steps")
    parser.add_argument("--steps", type=int)
    args = parser.parse_args()
    if (args.branch is None) != (args.steps is None) or (args.branch and (args.minutes or args.weights)):
        parser.error("--branch and --steps go together, and without --minutes and --weights")
    config = json.loads(args.config.read_text())
    Run(config, args.corpus, args.tokenizer, args.folder, args).go()


if __name__ == "__main__":
    main()
