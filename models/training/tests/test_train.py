"""The trainer learns, and survives being killed."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from data.batches import pack
from data.layout import Document
from model.decoder import Decoder, Shape
from train.grow_decoder import Pieces, grown
from train.loss import read_out
from train.muon import optimizers, orthogonal
from train.schedule import Branch, Clock, Open
from train.step import Step

TRAINING = Path(__file__).parents[1]
SHIPPED = TRAINING.parent / "decoder" / "tokenizer.json"


def test_chunked_loss_equals_the_plain_one():
    torch.manual_seed(0)
    hidden, table = torch.randn(50, 16, requires_grad=True), torch.randn(40, 16, requires_grad=True)
    targets, weights = torch.randint(0, 40, (50,)), torch.rand(50)
    weights[::5] = 0
    loss, plain = read_out(hidden, table, targets, weights, torch.float32)
    logits = hidden @ table.T
    expected = (weights * torch.nn.functional.cross_entropy(logits, targets, reduction="none")).sum()
    with_z = expected + 1e-4 * (weights * logits.logsumexp(-1).square()).sum()
    assert torch.allclose(plain, expected, rtol=1e-5) and torch.allclose(loss, with_z, rtol=1e-5)
    for ours, theirs in zip(torch.autograd.grad(loss, (hidden, table)), torch.autograd.grad(with_z, (hidden, table))):
        assert torch.allclose(ours, theirs, atol=1e-4)


def test_orthogonal_updates_have_even_singular_values():
    values = torch.linalg.svdvals(orthogonal(torch.randn(2, 64, 32, generator=torch.Generator().manual_seed(0))))
    assert values.min() > 0.5 and values.max() < 1.3


def test_32_documents_are_learnt_by_heart():
    torch.manual_seed(0)
    choose = torch.Generator().manual_seed(1)
    documents = [Document([20 + n, *torch.randint(60, 128, (15,), generator=choose).tolist()], [1.0] * 16) for n in range(32)]
    decoder = Decoder(Shape(vocabulary=128, width=128, layers=2, heads=2, kv_heads=1, hidden=128, context=64))
    work, made = Step(decoder, torch.device("cpu")), pack(documents, 512)
    opts = optimizers(decoder, 0.02, 0.01, 0.0)
    for _ in range(150):
        loss, plain, weight = work.losses(made)
        (loss / 512).backward()
        for optimizer in opts:
            optimizer.step()
            optimizer.zero_grad()
    assert float(plain / weight) < 0.05


def test_the_rate_follows_steps_then_the_clock():
    config = {"warmup_steps": 10, "decay_share": 0.4}
    now = time.time()
    assert Clock(now, now + 1000, config).rate(4) == pytest.approx(0.5, abs=1e-3)
    assert Clock(now - 300, now + 700, config).rate(100) == 1.0
    assert Clock(now - 800, now + 200, config).rate(100) == pytest.approx(0.5, abs=1e-2)
    assert Clock(now - 800, now + 200, config).phase() == "decay"


def test_an_open_run_never_decays_and_a_branch_does_nothing_else():
    config = {"warmup_steps": 10, "decay_share": 0.4, "rounding_share": 0.2}
    open_run = Open(time.time() - 1e6, config)
    assert open_run.rate(4) == 0.5 and open_run.rate(10**6) == 1.0 and open_run.phase() == "train" and not open_run.rounding()
    step = 700
    branch = Branch(time.time() - 1e6, config, 700, 200, lambda: step)
    assert branch.phase() == "decay" and branch.rate(step) == pytest.approx(1.0) and not branch.rounding()
    step = 801
    assert branch.rate(step) == pytest.approx(0.495) and branch.rounding() and branch.progress() < 1
    step = 900
    assert branch.progress() == 1 and branch.rate(step) == 0


def test_a_grown_decoder_computes_what_the_small_one_does(tmp_path):
    torch.manual_seed(0)
    stored = json.loads(SHIPPED.read_text(encoding="utf-8"))
    words = list(stored["model"]["vocab"])
    shape = Shape(vocabulary=len(words), width=128, layers=2, heads=2, kv_heads=1, hidden=128, context=64)
    small = Decoder(shape)
    with torch.no_grad():
        for block in small.blocks:
            block.out.weight.normal_(std=0.1)
            block.down.weight.normal_(std=0.1)
    # The same entries in another order, and a token that the small one has in two pieces.
    order = words[:10] + words[10:][::-1]
    stored["model"]["vocab"] = {token: at for at, token in enumerate([*order, "retur" + "nĠ"])}
    other = tmp_path / "tokenizer.json"
    other.write_text(json.dumps(stored), encoding="utf-8")
    large = grown(small, SHIPPED, other, replace(shape, vocabulary=len(words) + 1, layers=3, hidden=256))
    ids = torch.randint(0, len(words), (40,), generator=torch.Generator().manual_seed(1))
    new = torch.tensor([order.index(words[at]) for at in ids])
    with torch.no_grad():
        assert torch.allclose(large.logits(new)[:, torch.tensor([order.index(word) for word in words])], small.logits(ids), atol=1e-4)
    pieces = Pieces(SHIPPED).of("returnĠ")
    assert len(pieces) == 2 and torch.allclose(large.table[len(words)], small.table[pieces].mean(0))


def start(folder: Path, corpus: Path) -> subprocess.Popen:
    config = folder / "config.json"
    rehearsal = json.loads((TRAINING / "configs" / "rehearsal.json").read_text())
    vocabulary = len(json.loads(SHIPPED.read_text(encoding="utf-8"))["model"]["vocab"])
    config.write_text(json.dumps({
        **rehearsal, "shape": {**rehearsal["shape"], "vocabulary": vocabulary}, "tokens_per_step": 512, "tokens_per_part": 512, "save_seconds": 0, "log_every": 1, "loader_workers": 0, "threads": 1,
    }))
    command = [sys.executable, "-m", "train.train_decoder", str(config), str(corpus), str(SHIPPED), str(folder / "run"), "--minutes", "0.6"]
    return subprocess.Popen(command, cwd=TRAINING, env={**os.environ, "OMP_NUM_THREADS": "1"})


def steps(folder: Path) -> list[dict]:
    log = folder / "run" / "log.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_a_killed_run_goes_on_where_it_was(tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    texts = {path.name: path.read_text() for folder in ("data", "model", "train", "export", "evaluate") for path in (TRAINING / folder).glob("[!_]*.py")}
    corpus.write_text("".join(
        json.dumps({"package": split, "split": split, "path": name, "language": "python", "text": text, "spans": [], "docs": []}) + "\n"
        for split in ("train", "validation") for name, text in texts.items()
    ))
    first = start(tmp_path, corpus)
    deadline = time.time() + 60
    while sum("loss" in entry for entry in steps(tmp_path)) < 3 and time.time() < deadline:
        time.sleep(0.2)
    first.send_signal(signal.SIGKILL)
    first.wait()
    before = max(entry["step"] for entry in steps(tmp_path) if "loss" in entry)
    assert start(tmp_path, corpus).wait(timeout=120) == 0
    log = steps(tmp_path)
    resumed = next(entry for entry in log if entry.get("event") == "resumed")
    assert before - 1 <= resumed["step"] <= before + 1
    assert (tmp_path / "run" / "final.pt").exists() and (tmp_path / "run" / "before-decay.pt").exists()
    assert [entry for entry in log if entry.get("event") == "rounding on"]
