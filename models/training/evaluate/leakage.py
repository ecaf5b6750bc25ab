"""Whether repository context gives the answers away: files that overlap, and what the context is worth.

    python -m evaluate.leakage CHECKPOINT.pt CORPUS TOKENIZER.json configs/small.json

For completions of the validation packages with context: the share of middles of which a run of 13 tokens stands in the
context, and the loss of the middle with that context, with another completion's, and with none, and how many of the
middles would be written exactly. A context that is worth much more than a few hundredths of a nat, long runs that return,
or exact middles which only their own context brings, mean twins of a file in its own context.
"""

import argparse
import json
import random
from dataclasses import replace
from pathlib import Path

import torch

from data.batches import Budget, Corpus, Mixer
from data.cut_points import cut
from data.layout import Encode, Sample, completion
from export.checkpoint import load
from model.decoder import Decoder
from tokenizer.byte_pairs import encoder

RUN = 13


def runs(ids: list[int]) -> set[tuple[int, ...]]:
    """Every run of 13 tokens."""
    return set(zip(*(ids[at:] for at in range(RUN))))


def returns(sample: Sample, encode: Encode) -> bool | None:
    """Whether a run of the middle stands in the context; None where the middle is too short to have one."""
    middle = runs(encode(sample.middle))
    return bool(middle & set().union(*(runs(encode(text)) for _, text in sample.context))) if middle else None


def with_context(mixer: Mixer, count: int, shares: dict[str, float]) -> list[Sample]:
    """Completions that have repository context, drawn as in training."""
    choose, found = random.Random(0), []
    while len(found) < count:
        entry = mixer.corpus.file(choose)
        sample = mixer.sample(entry, cut(entry, shares, choose), choose)
        if sample and sample.context and sample.middle:
            found.append(sample)
    return found


@torch.no_grad()
def judge(decoder: Decoder, samples: list[Sample], encode: Encode) -> tuple[float, float]:
    """Nats per token of the middles and their ends; and the share that greedy decoding writes token by token, end included."""
    nats = tokens = exact = 0.0
    for sample in samples:
        document = completion(sample, encode)
        ids, begin = torch.tensor(document.ids), document.middle
        # Another's context may be longer than what the sample was made for: its beginning is left out.
        over = max(0, len(ids) - decoder.shape.context)
        scores = decoder.logits(ids[over:])[begin - over - 1 : -1].log_softmax(-1)
        nats -= float(scores.gather(-1, ids[begin:, None]).sum())
        tokens += len(ids) - begin
        # Where the likeliest token is the true one all the way, greedy decoding sees at each step what stands here.
        exact += bool((scores.argmax(-1) == ids[begin:]).all())
    return nats / tokens, exact / len(samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("checkpoint", "corpus", "tokenizer", "config"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--samples", type=int, default=300)
    args = parser.parse_args()
    config, encode, decoder = json.loads(args.config.read_text()), encoder(args.tokenizer), load(args.checkpoint)
    mixer = Mixer(Corpus(args.corpus, "validation", config["languages"]), encode, Budget(**config["budget"]))
    samples = with_context(mixer, args.samples, {"line": 0.6, "lines": 0.4})
    judged = [found for found in (returns(sample, encode) for sample in samples) if found is not None]
    print(f"{sum(judged)} of {len(judged)} middles have a run of {RUN} tokens in their context")
    others = [replace(sample, context=other.context) for sample, other in zip(samples, samples[1:] + samples[:1])]
    for name, variant in {"its own context": samples, "another's": others, "none": [replace(sample, context=()) for sample in samples]}.items():
        nats, exact = judge(decoder, variant, encode)
        print(f"{name}: {nats:.4f} nats a token, {exact:.1%} exact")


if __name__ == "__main__":
    main()
