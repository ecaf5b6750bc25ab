"""Write the fixtures that Python and TypeScript share (test/fixtures/model/).

    python -m export.write_fixtures layout TOKENIZER.json OUT.json SOURCE…       prompts and their ids
    python -m export.write_fixtures places TOKENIZER.json OUT.json SOURCE…       hashes of the ids of many more
    python -m export.write_fixtures logits CHECKPOINT.pt FOLDER OUT.json SOURCE… logits and greedy text of the exported model
    python -m export.write_fixtures attention FOLDER OUT.json SOURCE…            attention weights of the shipped model
    python -m export.write_fixtures values FOLDER OUT.json ATTENTION.json        how large its values are behind attention, for the same prompt

Sources are this project's own files: their text is stored in the fixture, so it stays valid when they change.
"""

import argparse
import base64
import hashlib
import json
import math
import random
from pathlib import Path

import numpy as np
import torch

from data.batches import MIX, Budget, excerpt, fit_end, fit_start
from data.cut_points import cut
from data.layout import Encode, Sample, completion, documentation, prompt
from export.checkpoint import load
from export.runner import Runner
from export.shared_prompts import places_fixture
from export.shipped_weights import shipped
from tokenizer.byte_pairs import encoder

BUDGET = Budget(total=200, suffix=40, context=40, middle=60)
CASES, PLACES, PROMPTS, GREEDY, TOP = 220, 10_000, 12, 32, 20
ATTENTION_BYTES = 215_000
"""Of the weights of all heads together: larger models get a shorter prompt, and their fixture stays below 300 KB."""
HARD_TEXTS = [
    "", " ", "  ", "\t", "\n", "\n\n", "\n    ", "    ", "a ", "a  b", "a\tb", "x=1", "1234567", "3.14159", "0xFF_FF", "snake_case_name", "camelCaseName",
    "$jquery._private", "__init__", "a.b.c()", "foo(bar(baz", "});", "`${x}`", "'it''s'", "=>", "!==", "...rest", "@decorator", "#private", "// comment", "# comment",
    "<|eom|>", "a<|file|>b", "<|suffix|><|prefix|>", "<|pad|", "|>", "héllo wörld", "naïve café", "e\u0301", "\u0301alone", "日本語の識別子", "变量 = 值", "привет мир",
    "مرحبا", "हिन्दी", "🎉", "👩‍👩‍👧‍👦 family", "🇩🇪", "x = '🎉'", "\u00a0nbsp", "\u200bzero", "\u2028line", "\ufeffbom", "①②③", "½", "٣٤٥", "ⅷ", "_", "$", "_1", "1_", "a1b2", "²",
    "\x00", "\x07", "end \n", "\t\tif x:\n\t\t\tpass", "a\n\n\n  b", "—dash–", "“quotes”", "ﬁ", "Ǆ", "ß", "İ", "\U0001d49c", "a\u00adb",
]


def write(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size, "bytes")


def samples(sources: list[Path], encode: Encode, count: int, budget: Budget) -> list[Sample]:
    """Completion places in the sources, drawn as in training, within a small budget."""
    choose = random.Random(0)
    texts = {path.name: path.read_text(encoding="utf-8") for path in sources}
    made = []
    while len(made) < count:
        path, text = choose.choice(list(texts.items()))
        place = cut({"text": text, "spans": []}, MIX["decay"]["cuts"], choose)
        other = choose.choice(list(texts))
        context = ((other, excerpt(texts[other], budget.context, encode, choose)),) if choose.random() < 0.3 and other != path else ()
        if len(encode(place.middle)) <= budget.middle:
            suffix = "" if choose.random() < 0.15 else fit_end(place.suffix, budget.suffix, encode)
            made.append(Sample("src/" + path, suffix, fit_start(place.before, budget.total - 100, encode), place.rest, place.middle, context))
    return made


def as_case(sample: Sample, encode: Encode) -> dict:
    document = completion(sample, encode)
    return {
        "path": sample.path, "context": [list(entry) for entry in sample.context], "suffix": sample.suffix, "prefix": sample.prefix,
        "rest": sample.rest, "middle": sample.middle, "prompt": document.ids[: document.middle], "completion": document.ids[document.middle :],
    }


def layout_fixture(tokenizer: Path, sources: list[Path]) -> dict:
    """Every text of HARD_TEXTS on its own and inside a prompt, and CASES places from the sources."""
    encode = encoder(tokenizer)
    hard = [Sample("a b/ü.py", text, text, "", text) for text in HARD_TEXTS] + [Sample("x.ts", "", text, text.replace("\n", ""), "m") for text in HARD_TEXTS]
    function = "def add(a, b):\n    return a + b\n"
    return {
        "tokenizer": hashlib.sha256(tokenizer.read_bytes()).hexdigest(),
        "texts": [{"text": text, "ids": encode(text)} for text in HARD_TEXTS],
        # Raw text as it may stand in an editor, and what must reach the tokenizer.
        "lineEnds": [{"raw": text.replace("\n", "\r\n"), "ids": encode(text)} for text in HARD_TEXTS if "\n" in text],
        "cases": [as_case(sample, encode) for sample in hard + samples(sources, encode, CASES, BUDGET)],
        "documentation": {"path": "a.py", "function": function, "sentence": "Add.", "ids": documentation("a.py", function, "Add.", encode).ids},
    }


def greedy_with_margins(decoder, ids: list[int]) -> tuple[list[int], list[float]]:
    """The reference continuation and, per token, how far ahead of the second-best it was."""
    ids, margins = list(ids), []
    with torch.no_grad():
        for _ in range(GREEDY):
            best = decoder.logits(torch.tensor(ids))[-1].topk(2)
            margins.append(round(float(best.values[0] - best.values[1]), 4))
            ids.append(int(best.indices[0]))
    return ids[-GREEDY:], margins


def logits_fixture(checkpoint: Path, folder: Path, sources: list[Path]) -> dict:
    """Top logits and greedy text from PyTorch, with the largest difference seen in the exported graph on this machine."""
    decoder, encode = load(checkpoint), encoder(folder / "tokenizer.json")
    cases, worst = [], 0.0
    for sample in samples(sources, encode, PROMPTS, Budget(300, 80, 80, 60)):
        ids = prompt(sample, encode)
        with torch.no_grad():
            logits = decoder.logits(torch.tensor(ids))[-1]
        exported = Runner(folder / "model.onnx", decoder.shape, decoder.shape.context).step(ids)[-1]
        worst = max(worst, float(np.abs(exported - logits.numpy()).max()))
        top = logits.topk(TOP)
        tokens, margins = greedy_with_margins(decoder, ids)
        cases.append({"ids": ids, "top": [[int(i), round(float(v), 4)] for i, v in zip(top.indices, top.values)], "greedy": tokens, "margins": margins})
    model = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    return {"model": model, "note": "PyTorch, rounded weights, float32 activations; the graph rounds activations to int8", "largestDifference": round(worst, 4), "cases": cases}


def attention_fixture(folder: Path, sources: list[Path]) -> dict:
    """Weights of every head of one prompt, as bytes round(255·√w): [layers, heads, T, T] in base64; and what follows each token."""
    decoder, encode = shipped(folder), encoder(folder / "tokenizer.json")
    ids = max((prompt(sample, encode) for sample in samples(sources, encode, PROMPTS, Budget(160, 30, 0, 60))), key=len)
    ids = ids[: math.isqrt(ATTENTION_BYTES // (decoder.shape.layers * decoder.shape.heads))]
    layers = []

    def attend(q, k, v, bounds):
        scores = torch.einsum("ihd,jhd->hij", q, k.repeat_interleave(q.shape[1] // k.shape[1], 1)) * q.shape[2] ** -0.5
        weights = scores.masked_fill(torch.ones(len(ids), len(ids), dtype=torch.bool).triu(1), -torch.inf).softmax(-1)
        layers.append(weights)
        return torch.einsum("hij,jhd->ihd", weights, v.repeat_interleave(q.shape[1] // v.shape[1], 1))

    with torch.no_grad():
        hidden = decoder(torch.tensor(ids), torch.arange(len(ids)), [0, len(ids)], attend)
        scores = (hidden @ decoder.table.T).log_softmax(-1)
    weights = torch.stack(layers).numpy()
    data = np.rint(255 * np.sqrt(weights)).astype(np.uint8)
    return {
        "model": hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest(), "ids": ids, "shape": list(data.shape),
        "weights": base64.b64encode(data.tobytes()).decode(),
        "logprobs": [round(float(scores[at, token]), 5) for at, token in enumerate(ids[1:])],
    }


def values_fixture(folder: Path, ids: list[int]) -> dict:
    """‖v_j·W_O‖ of every head: [layers, heads, T] as little-endian float32 in base64."""
    decoder, norms = shipped(folder), []

    def attend(q, k, v, bounds):
        heads, size = q.shape[1:]
        out = decoder.blocks[len(norms)].out.weight.view(-1, heads, size)
        norms.append(torch.einsum("thd,whd->htw", v.repeat_interleave(heads // v.shape[1], 1), out).norm(dim=-1))
        return torch.nn.functional.scaled_dot_product_attention(*(x.transpose(0, 1) for x in (q, k, v)), is_causal=True, enable_gqa=True).transpose(0, 1)

    with torch.no_grad():
        decoder(torch.tensor(ids), torch.arange(len(ids)), [0, len(ids)], attend)
    return {"shape": list(torch.stack(norms).shape), "norms": base64.b64encode(torch.stack(norms).numpy().astype("<f4").tobytes()).decode()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    layout, places = kinds.add_parser("layout"), kinds.add_parser("places")
    for kind in (layout, places):
        kind.add_argument("tokenizer", type=Path)
    logits = kinds.add_parser("logits")
    logits.add_argument("checkpoint", type=Path)
    logits.add_argument("folder", type=Path)
    attention = kinds.add_parser("attention")
    attention.add_argument("folder", type=Path)
    values = kinds.add_parser("values")
    values.add_argument("folder", type=Path)
    for kind in (layout, places, logits, attention, values):
        kind.add_argument("out", type=Path)
        kind.add_argument("sources", type=Path, nargs="+")
    args = parser.parse_args()
    made = {
        "layout": lambda: layout_fixture(args.tokenizer, args.sources),
        "places": lambda: places_fixture(
            {path.name: path.read_text(encoding="utf-8") for path in args.sources} | {"hard ü.txt": "\n".join(HARD_TEXTS)}, PLACES, encoder(args.tokenizer),
        ),
        "logits": lambda: logits_fixture(args.checkpoint, args.folder, args.sources),
        "attention": lambda: attention_fixture(args.folder, args.sources),
        "values": lambda: values_fixture(args.folder, json.loads(args.sources[0].read_text())["ids"]),
    }
    write(args.out, made[args.kind]())


if __name__ == "__main__":
    main()
