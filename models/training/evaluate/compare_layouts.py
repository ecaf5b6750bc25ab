"""Compare ways to write a completion prompt by training one small decoder with each, on the same cuts.

    python -m evaluate.compare_layouts configs/rehearsal.json CORPUS TOKENIZER.json --steps 1500 --json OUT.json

The decoders see the same number of tokens from the same seed. They are compared on the same cuts of the validation
packages, where a person at an editor that closes brackets pauses: the loss of the middle (its tokens are the same in
every layout), whether the model ends after the true middle, whether its own greedy middle is the true one, and whether
that ends within 64 tokens.
"""

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path

import torch

from data.batches import Budget, Corpus, Mixer
from data.cut_points import cut
from data.layout import IDS, WEIGHT, Document, Encode, Sample, beginning, completion, with_middle
from data.loader import endless, mixed
from model.decoder import Decoder, Shape
from tokenizer.byte_pairs import encoder
from train.muon import optimizers, take_step
from train.step import Step

Write = Callable[..., Document]
DECAY_SHARE = 0.4
MAX_NEW = 64


def unmarked(sample: Sample, encode: Encode, middle_weight: float = 1.0) -> Document:
    """`suffix-first-next-line`: the middle is marked only where a rest of the line stands before it."""
    document = completion(sample, encode, middle_weight)
    if not sample.rest:
        at = document.middle - 1
        del document.ids[at], document.weights[at]
        document.middle = at
    return document


def plain(sample: Sample, encode: Encode, middle_weight: float = 1.0) -> Document:
    """Plain suffix-first: the suffix begins right behind the cursor, so that each bracket the editor closes changes its beginning."""
    document = beginning(sample, encode)
    document.special("suffix", encode)
    document.add(encode(sample.rest + "\n" + sample.suffix), WEIGHT["body"])
    document.special("prefix", encode)
    document.add(encode(sample.prefix), WEIGHT["body"])
    return with_middle(document, sample, encode, middle_weight)


LAYOUTS: dict[str, Write] = {"suffix-first-marked": completion, "suffix-first-next-line": unmarked, "plain suffix-first": plain}


def train(config: dict, mixer: Mixer, steps: int) -> Decoder:
    """A decoder after `steps` steps: warm-up, flat, then linear to 0 over the last 40 %."""
    torch.manual_seed(config["seed"])
    decoder = Decoder(Shape(**config["shape"]))
    work, parameters = Step(decoder, torch.device("cpu")), list(decoder.parameters())
    opts = optimizers(decoder, config["matrix_lr"], config["table_lr"], config["weight_decay"])
    parts, left = config["tokens_per_step"] // config["tokens_per_part"], steps

    def progress() -> float:
        return 1 - left / steps

    stream = endless(
        mixed(mixer, config["seed"], parts, config["tokens_per_part"]), 0,
        lambda: "decay" if progress() >= 1 - DECAY_SHARE else "train", config["loader_workers"],
    )
    while left:
        entropy = weight = 0.0
        for _ in range(parts):
            loss, part_entropy, part_weight = work.losses(next(stream))
            (loss / config["tokens_per_step"]).backward()
            entropy, weight = entropy + float(part_entropy), weight + float(part_weight)
        take_step(opts, parameters, min(1.0, (steps - left + 1) / config["warmup_steps"], left / steps / DECAY_SHARE))
        left -= 1
        if left % 100 == 0:
            print(f"  step {steps - left}: {entropy / weight:.3f} nats a token", flush=True)
    return decoder


def samples(mixer: Mixer, count: int, seed: int) -> list[Sample]:
    """Cuts of the rest of a line, one line long, as the editor leaves them behind a key press."""
    choose, found = random.Random(seed), []
    while len(found) < count:
        entry = mixer.corpus.file(choose)
        made = mixer.sample(entry, cut(entry, {"line": 1.0}, choose), choose)
        if made and made.middle.strip() and "\n" not in made.middle:
            found.append(made)
    return found


@torch.no_grad()
def measure(decoder: Decoder, write: Write, encode: Encode, held: list[Sample]) -> dict[str, float]:
    """Means over `held`: nats per token of the middle and its end; shares of the rest."""
    nats = tokens = ends = exact = ended = 0.0
    for sample in held:
        document = write(sample, encode)
        ids, begin = torch.tensor(document.ids), document.middle
        scores = decoder.logits(ids)[begin - 1 : -1].log_softmax(-1)
        nats -= float(scores.gather(-1, ids[begin:, None]).sum())
        tokens += len(ids) - begin
        ends += float(scores[-1].argmax() == IDS["endOfMiddle"])
        made = document.ids[:begin]
        while len(made) < min(begin + MAX_NEW, decoder.shape.context) and made[-1] != IDS["endOfMiddle"]:
            made.append(int(decoder.logits(torch.tensor(made))[-1].argmax()))
        ended += float(made[-1] == IDS["endOfMiddle"])
        exact += float(made == document.ids)
    count = len(held)
    return {"nats a token of the middle": nats / tokens, "ends after the true middle": ends / count, "exact": exact / count, "ends within 64 tokens": ended / count}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("config", "corpus", "tokenizer"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--tasks", type=int, default=400)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    config = json.loads(args.config.read_text())
    torch.set_num_threads(config["threads"])
    encode, budget = encoder(args.tokenizer), Budget(**config["budget"])
    corpora = {split: Corpus(args.corpus, split, config["languages"]) for split in ("train", "validation")}
    held = samples(Mixer(corpora["validation"], encode, budget), args.tasks, config["seed"])
    result = {}
    for name, write in LAYOUTS.items():
        print(name, flush=True)
        decoder = train(config, Mixer(corpora["train"], encode, budget, write), args.steps)
        result[name] = {
            part: {"cuts": len(some), **{key: round(value, 4) for key, value in measure(decoder, write, encode, some).items()}}
            for part, some in (("nothing behind the cursor", [one for one in held if not one.rest]), ("a rest behind it", [one for one in held if one.rest]))
        }
        print(json.dumps(result[name], indent=1), flush=True)
        if args.json:
            args.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
