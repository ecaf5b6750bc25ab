"""Train the encoder until a moment in time: first to fill in hidden tokens, then to bring questions and their code together.

    python -m search.train_encoder configs/encoder.json CORPUS TOKENIZER.json RUN_FOLDER --minutes 7.5

The second part compares thousands of pairs in one step, which no memory holds at once: the vectors are made in parts without
gradients, the loss is taken over all of them, and each part is then made again and given its share of the gradient (Gao et
al. 2021, "Scaling deep contrastive learning batch size under memory limited setup"). RUN_FOLDER holds `last.pt`, with which a killed
run goes on, `final.pt` and `log.jsonl`.
"""

import argparse
import json
import os
import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
import torch.nn.functional as F

from data.layout import IDS
from model.decoder import Shape
from search.contrast import contrast, false_negatives, reciprocal_rank
from search.encoder import MASK, Encoder, padded
from search.pairs import Batches, Pair, read
from tokenizer.byte_pairs import text_only
from train.loss import read_out
from train.muon import optimizers, take_step
from train.schedule import Clock
from train.threads import in_threads

HIDDEN_SHARE = 0.3
PREFIX = {"question": IDS["query"], "code": IDS["document"]}


masked = cache(Pair.masked)


@dataclass(frozen=True)
class Prepared:
    """Questions and codes in parts of (ids, present), and which pairs must not count as each other's negatives."""

    sides: list[list[tuple[torch.Tensor, torch.Tensor]]]
    excluded: torch.Tensor


class EncoderRun:
    """A training run in a folder."""

    def __init__(self, config: dict, corpus: Path, tokenizer: Path, folder: Path, minutes: float, after: Path | None = None):
        self.config, self.folder = config, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
        torch.manual_seed(config["seed"])
        in_threads(config["threads"])
        self.tokenizer = text_only(tokenizer)
        self.pairs, self.held = read(corpus, "train"), read(corpus, "validation")
        while after and not after.exists():
            time.sleep(1)
        self.batches = Batches(self.pairs, config["pairs_per_step"], config["seed"])
        self.choose = random.Random(config["seed"])
        self.encoder = Encoder(Shape(**config["shape"])).to(self.device)
        self.scale = torch.nn.Parameter(torch.tensor(1 / 0.05, device=self.device).log())
        self.opts = optimizers(self.encoder.stack, config["matrix_lr"], config["table_lr"], config["weight_decay"])
        self.opts[1].add_param_group({"params": [self.scale], "lr": 0.01, "peak": 0.01})
        compiled = self.device.type == "cuda" and not os.environ.get("GLASSBOX_EAGER")
        self.forward = torch.compile(self.encoder, dynamic=False) if compiled else self.encoder
        self.step = 0
        # Texts are cut into tokens while the device works on the step before.
        self.ahead = ThreadPoolExecutor(1)
        self.prepared: Future | None = None
        self.clock = Clock(time.time(), time.time() + minutes * 60, config)
        if (folder / "last.pt").exists():
            self.resume()

    def resume(self) -> None:
        stored = torch.load(self.folder / "last.pt", map_location=self.device, weights_only=True)
        self.encoder.load_state_dict(stored["model"])
        self.scale.data.copy_(stored["scale"])
        for optimizer, state in zip(self.opts, stored["optimizers"]):
            optimizer.load_state_dict(state)
        self.step = stored["step"]
        self.batches.choose.seed(self.step)
        self.clock = Clock(stored["start"], stored["end"], self.config)
        self.log(event="resumed", step=self.step)

    def log(self, **entry) -> None:
        with (self.folder / "log.jsonl").open("a") as stream:
            stream.write(json.dumps({"minutes": round((time.time() - self.clock.start) / 60, 2), **entry}) + "\n")

    def checkpoint(self, name: str, whole: bool) -> None:
        stored = {"shape": self.encoder.shape.as_dict(), "body_bits": self.config["body_bits"], "model": self.encoder.state_dict()}
        if whole:
            stored |= {"scale": self.scale.data, "optimizers": [optimizer.state_dict() for optimizer in self.opts], "step": self.step, "start": self.clock.start, "end": self.clock.end}
        partial = self.folder / (name + ".partial")
        torch.save(stored, partial)
        os.replace(partial, self.folder / name)

    def tokens(self, texts: list[str], kind: str) -> tuple[torch.Tensor, torch.Tensor]:
        """(ids, present) of texts behind the mark of their kind, all of that kind's length: static shapes compile once."""
        length = self.config["longest"][kind]
        encoded = self.tokenizer.encode_batch_fast([text[: 8 * length] for text in texts], add_special_tokens=False)
        return padded([[PREFIX[kind], *made.ids][:length] for made in encoded], length)

    def prepare(self) -> Prepared:
        """The next pairs, half of their documentation without the name."""
        pairs = [self.pairs[index] for index in next(self.batches)]
        pairs = [masked(pair) if pair.name and pair.kind == "documentation" and self.choose.random() < 0.5 else pair for pair in pairs]
        sides = [self.tokens([pair.question for pair in pairs], "question"), self.tokens([pair.code for pair in pairs], "code")]
        size = self.config["texts_per_part"]
        return Prepared([list(zip(ids.split(size), present.split(size))) for ids, present in sides], false_negatives(pairs))

    def optimise(self) -> None:
        take_step(self.opts, [*self.encoder.parameters(), self.scale], self.clock.rate(self.step))
        self.step += 1

    def fill_in(self) -> float:
        """One step of masked modelling; returns the mean cross-entropy in nats."""
        chosen = self.choose.sample(self.pairs, self.config["masked_texts_per_step"])
        total, count = 0.0, 0
        for at in range(0, len(chosen), self.config["texts_per_part"]):
            ids, present = (x.to(self.device) for x in self.tokens([pair.code for pair in chosen[at : at + self.config["texts_per_part"]]], "code"))
            hidden = (torch.rand(ids.shape, device=self.device) < HIDDEN_SHARE) & present
            hidden[:, 0] = False
            kept = torch.rand(ids.shape, device=self.device) < 0.1
            shown = torch.where(hidden & ~kept, torch.full_like(ids, MASK), ids)
            states = self.encoder.states(shown, present, self.dtype)
            loss, plain = read_out(states.flatten(0, 1), self.encoder.stack.effective_table(), ids.flatten(), hidden.flatten().float(), self.dtype)
            (loss / (len(chosen) * ids.shape[1] * HIDDEN_SHARE)).backward()
            total, count = total + float(plain), count + int(hidden.sum())
        self.scale.grad = torch.zeros_like(self.scale)
        self.optimise()
        return total / max(1, count)

    def bring_together(self) -> float:
        """One contrastive step over thousands of pairs; returns the loss at full width."""
        prepared = (self.prepared or self.ahead.submit(self.prepare)).result()
        self.prepared = self.ahead.submit(self.prepare)
        parts = [[(ids.to(self.device), present.to(self.device)) for ids, present in side] for side in prepared.sides]
        with torch.no_grad():
            vectors = [torch.cat([self.forward(*part, self.dtype) for part in side]).float() for side in parts]
        vectors = [side.requires_grad_() for side in vectors]
        excluded = prepared.excluded.to(self.device)
        losses = [contrast(*(side[:, :width] for side in vectors), self.scale.exp(), excluded) for width in self.config["widths"]]
        sum(losses).backward()
        for side, made in zip(parts, vectors):
            for part, gradient in zip(side, made.grad.split(self.config["texts_per_part"])):
                self.forward(*part, self.dtype).backward(gradient.to(torch.float32))
        self.optimise()
        return float(losses[0].detach())

    @torch.no_grad()
    def embed(self, texts: list[str], kind: str) -> torch.Tensor:
        parts = [self.tokens(texts[at : at + 256], kind) for at in range(0, len(texts), 256)]
        return F.normalize(torch.cat([self.encoder(ids.to(self.device), present.to(self.device)) for ids, present in parts]), dim=-1).cpu()

    def scores(self, pairs: list[Pair]) -> dict[str, float]:
        return {name: round(reciprocal_rank(self.embed, pairs, masked), 4) for name, masked in (("raw", False), ("masked", True))}

    def go(self) -> None:
        logged, saved = time.time(), time.time()
        losses: list[float] = []
        filling = True
        while self.clock.progress() < 1:
            if filling and self.clock.progress() >= self.config["masked_share"]:
                filling, losses = False, []
                self.log(event="contrastive", step=self.step, mrr=self.scores(self.held))
            if self.clock.progress() >= 1 - self.config["rounding_share"] and self.encoder.stack.table_bits is None:
                self.encoder.stack.quantized(self.config["body_bits"], 8)
                self.log(event="rounding on", step=self.step)
            losses.append(self.fill_in() if filling else self.bring_together())
            if len(losses) == self.config["log_every"]:
                self.log(step=self.step, part="masked" if filling else "contrastive", loss=round(sum(losses) / len(losses), 4), rate=round(self.clock.rate(self.step), 3), seconds_per_step=round((time.time() - logged) / len(losses), 3))
                logged, losses = time.time(), []
            if time.time() - saved > self.config["save_seconds"]:
                self.checkpoint("last.pt", whole=True)
                saved = time.time()
        self.encoder.stack.quantized(self.config["body_bits"], 8)
        self.checkpoint("final.pt", whole=False)
        self.log(event="done", step=self.step, pairs=len(self.pairs), mrr=self.scores(self.held))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("config", "corpus", "tokenizer", "folder"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--after", type=Path, help="read the corpus now, but begin when this file is there and the device is free")
    args = parser.parse_args()
    EncoderRun(json.loads(args.config.read_text()), args.corpus, args.tokenizer, args.folder, args.minutes, args.after).go()


if __name__ == "__main__":
    main()
