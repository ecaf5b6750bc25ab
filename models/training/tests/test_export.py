"""An exported folder against PyTorch, with a small random model."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from export import graph
from export.check_decoder import compare, greedy
from export.export_decoder import write_folder
from export.runner import Runner
from model.decoder import Decoder, Shape

SHAPE = Shape(vocabulary=384, width=128, layers=3, heads=2, kv_heads=1, hidden=256, context=256)


@pytest.fixture(scope="module")
def decoder():
    torch.manual_seed(0)
    made = Decoder(SHAPE)
    with torch.no_grad():
        made.table.normal_(std=0.5)
        for block in made.blocks:
            block.out.weight.normal_(std=0.1)
            block.down.weight.normal_(std=0.1)
    return made.eval().quantized(4, 8)


@pytest.fixture(scope="module")
def exact(decoder, tmp_path_factory):
    path = tmp_path_factory.mktemp("exact") / "model.onnx"
    onnx.save(graph.build(decoder, accuracy_level=0), path)
    return path


IDS = torch.randint(10, SHAPE.vocabulary, (200,), generator=torch.Generator().manual_seed(1)).tolist()


def test_logits_equal_pytorch_one_shot_chunked_and_single(decoder, exact):
    differences = compare(decoder, exact, IDS)
    assert differences["logits"] < 1e-3 and differences["chunks of 48"] < 1e-3 and differences["single steps"] < 1e-3
    assert differences["same top token"] == 1.0


def test_greedy_text_equals_pytorch(decoder, exact):
    assert Runner(exact, SHAPE, SHAPE.context).greedy(IDS[:100], 32) == greedy(decoder, IDS[:100], 32)


def test_cutting_the_cache_is_only_a_length(decoder, exact):
    runner = Runner(exact, SHAPE, SHAPE.context)
    runner.step(IDS[:100])
    runner.length = 40
    cut = runner.step(IDS[100:120])
    fresh = Runner(exact, SHAPE, SHAPE.context).step(IDS[:40] + IDS[100:120])
    assert np.allclose(cut, fresh, atol=1e-4)


def test_manifest_names_what_it_ships(decoder, tmp_path):
    tokenizer = tmp_path / "in.json"
    tokenizer.write_text("{}")
    write_folder(decoder, tokenizer, tmp_path / "out", "n", "0.0.1")
    manifest = json.loads((tmp_path / "out" / "glassbox.json").read_text())
    assert manifest["cache"] == {"layers": 3, "heads": 1, "headSize": 64}
    assert {entry["path"] for entry in manifest["files"]} == {"model.onnx", "tokenizer.json"}
    assert all(Path(tmp_path / "out" / entry["path"]).stat().st_size == entry["bytes"] for entry in manifest["files"])
