"""Packed batches: exact size, reproducible, and no leak from one document into the next."""

import random

import numpy as np
import torch

from data.batches import MIX, Budget, Corpus, Mixer, batch, fit_end, fit_start, pack
from data.layout import Document, Encode
from model.decoder import Decoder, Shape, attend_documents
from model.flexible_attention import attend_flexible, document_mask

SHAPE = Shape(vocabulary=300, width=128, layers=2, heads=2, kv_heads=1, hidden=128, context=256)
CODE = "\n".join(f"def name_{index}(value):\n    return value * {index}\n" for index in range(40))


@Encode
def encode(text):
    return [10 + byte for byte in text.encode()]


def mixer(tmp_path):
    import json

    lines = [{"package": "p", "split": "train", "path": f"src/f{n}.py", "language": "python", "text": CODE[n:], "spans": [[0, 20]], "docs": [{"code": [[0, 40]], "sentence": "Says so."}]} for n in range(5)]
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Mixer(Corpus(path, "train", {"python": 1.0}), encode, Budget(256, 64, 64, 64))


def hidden(decoder, ids, positions, bounds, attend=attend_documents):
    with torch.no_grad():
        return decoder(torch.tensor(ids), torch.tensor(positions), bounds, attend)


def test_changing_one_document_leaves_the_next_identical():
    torch.manual_seed(0)
    decoder = Decoder(SHAPE)
    with torch.no_grad():
        for block in decoder.blocks:
            block.out.weight.normal_(std=0.1)
    first, second = [1, 2, 3, 4], [5, 6, 7]
    positions, bounds = [0, 1, 2, 3, 0, 1, 2], [0, 4, 7]
    one = hidden(decoder, first + second, positions, bounds)
    other = hidden(decoder, [9, 9, 9, 9] + second, positions, bounds)
    assert torch.equal(one[4:], other[4:]) and not torch.equal(one[:4], other[:4])
    alone = hidden(decoder, second, [0, 1, 2], [0, 3])
    assert torch.allclose(one[4:], alone, atol=1e-5)


def test_flexible_attention_equals_the_plain_one():
    torch.manual_seed(0)
    q, k, v = (torch.randn(256, heads, 64) for heads in (4, 2, 2))
    bounds = [0, 100, 101, 256]
    flexible = attend_flexible(q, k, v, document_mask(bounds, 256, torch.device("cpu")))
    assert torch.allclose(flexible, attend_documents(q, k, v, bounds), atol=1e-5)


def test_pack_shifts_targets_inside_documents_only():
    made = pack([Document([1, 2, 3], [0.0, 1.0, 1.0]), Document([4, 5], [0.0, 0.5])], 7)
    assert made.ids.tolist() == [1, 2, 3, 4, 5, 0, 0]
    assert made.targets.tolist()[:5] == [2, 3, 0, 5, 0]
    assert made.weights.tolist() == [1.0, 1.0, 0.0, 0.5, 0.0, 0.0, 0.0]
    assert made.positions.tolist() == [0, 1, 2, 0, 1, 0, 1]
    assert made.bounds == [0, 3, 5, 7]


def test_batches_are_full_and_reproducible(tmp_path):
    source = mixer(tmp_path)
    for phase in MIX:
        one, again, other = (batch(source, 1, step, phase, 1000) for step in (3, 3, 4))
        assert len(one.ids) == 1000 and one.bounds[-1] == 1000
        assert np.array_equal(one.ids, again.ids) and np.array_equal(one.weights, again.weights)
        assert not np.array_equal(one.ids, other.ids)


def test_documents_stay_inside_the_budget(tmp_path):
    source, choose = mixer(tmp_path), random.Random(0)
    for _ in range(300):
        document = source.document(MIX["train"], choose)
        assert 0 < len(document.ids) <= 256 and len(document.ids) == len(document.weights)


def test_fitting_keeps_whole_lines():
    begun = fit_end(CODE, 50, encode)
    assert begun and CODE.startswith(begun + "\n") and len(encode(begun)) <= 50
    kept = fit_start(CODE, 50, encode)
    assert CODE.endswith(kept) and CODE[-len(kept) - 1] == "\n" and len(encode(kept)) <= 50
    assert fit_start("x" * 500, 50, encode) == ""
