"""Adapters: every branch of a tree is the prompt alone, gradients are the true ones, and a run learns, stops and goes on."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from gguf import GGUFWriter
from tokenizers import pre_tokenizers

from adapter import file
from adapter.base import read_decoder, read_tokenizer
from adapter.gaps import KINDS, find_gap
from adapter.generate import Healing, merged, write
from adapter.loss import FrozenReadOut
from adapter.lowrank import Adapted, Frozen
from adapter.mix import AdapterMixer
from adapter.network import Network
from adapter.products import EightBits, Plain
from adapter.trees import Row, Tree, pack
from data.batches import Budget, Corpus
from data.layout import Document, Encode, Sample, prompt
from export.check_decoder import greedy
from model.decoder import Decoder, Shape


TRAINING = Path(__file__).parents[1]
SHAPE = Shape(vocabulary=400, width=128, layers=2, heads=2, kv_heads=1, hidden=256, context=1024)
CONFIG = {**json.loads((TRAINING / "configs" / "adapter.json").read_text()), "rank": 4, "alpha": 8}
ROLES = list(CONFIG["tokens"])
SOURCES = {
    path.relative_to(TRAINING).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("data", "model", "tokenizer", "train", "export", "evaluate") for path in sorted((TRAINING / folder).glob("[!_]*.py"))
}
IDS = {role: at for at, role in enumerate(ROLES)}


@Encode
def letters(text):
    return [17 + byte for byte in text.encode()]


letters.ids = IDS


def pairs(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of a query or key matrix as llama.cpp's `permute` writes them."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def write_gguf(path: Path, decoder: Decoder) -> None:
    """A decoder as a GGUF file in float32, with a tokenizer of bytes."""
    shape, writer = decoder.shape, GGUFWriter(path, "llama")
    writer.add_block_count(shape.layers)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    tokens = [*CONFIG["tokens"].values(), *sorted(pre_tokenizers.ByteLevel.alphabet()), "ab"]
    tokens += [f"unused{at}" for at in range(shape.vocabulary - len(tokens))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * len(ROLES) + [1] * (len(tokens) - len(ROLES)))
    writer.add_token_merges(["a b"])
    add = lambda name, value: writer.add_tensor(name, np.ascontiguousarray(value.detach().numpy()))
    add("token_embd.weight", decoder.table)
    add("output_norm.weight", decoder.norm.weight)
    for layer, block in enumerate(decoder.blocks):
        q, k, v = block.qkv.weight.split(block.sections)
        gate, up = block.gate_up.weight.chunk(2)
        matrices = {
            "attn_norm": block.attention_norm.weight, "attn_q": pairs(q, shape.heads), "attn_k": pairs(k, shape.kv_heads), "attn_v": v,
            "attn_output": block.out.weight, "ffn_norm": block.mlp_norm.weight, "ffn_gate": gate, "ffn_up": up, "ffn_down": block.down.weight,
        }
        for name, value in matrices.items():
            add(f"blk.{layer}.{name}.weight", value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def random_decoder() -> Decoder:
    torch.manual_seed(0)
    decoder = Decoder(SHAPE)
    with torch.no_grad():
        decoder.table.normal_(std=0.3)
        for block in decoder.blocks:
            block.out.weight.normal_(std=0.1)
            block.down.weight.normal_(std=0.1)
            block.attention_norm.weight.uniform_(0.5, 1.5)
    return decoder


@pytest.fixture(scope="module")
def gguf(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("base") / "tiny.gguf"
    write_gguf(path, random_decoder())
    return path


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "corpus.jsonl"
    path.write_text("".join(
        json.dumps({"package": split, "split": split, "path": name, "language": "python", "text": text, "spans": [], "docs": [{"code": [[0, 300]], "sentence": "Says so."}]}) + "\n"
        for split in ("train", "validation") for name, text in SOURCES.items()
    ))
    return path


def network(gguf: Path) -> Network:
    torch.manual_seed(1)
    return Network(gguf, CONFIG, IDS, "float32")


def stirred(made: Network) -> Network:
    """The same with adapters that change something."""
    with torch.no_grad():
        for tensor in file.parameters(made.adapters, made.rows).values():
            tensor.add_(torch.randn_like(tensor) * 0.05)
        made.rows.write(made.table)
    return made


def scores(made: Network, row: Row) -> torch.Tensor:
    with torch.no_grad():
        return made.hidden(made.decoder, made.rows.embed(torch.from_numpy(row.ids), made.table), row) @ made.table.T


def test_a_file_gives_the_decoder_that_was_written(gguf):
    ids = torch.randint(0, 400, (60,), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.allclose(read_decoder(gguf).logits(ids), random_decoder().logits(ids), atol=1e-5)
    assert asdict(read_decoder(gguf).shape) == pytest.approx(asdict(SHAPE))


def test_the_real_base_is_the_one_that_transformers_reads():
    path = os.environ.get("GLASSBOX_BASE")
    if not path:
        pytest.skip("GLASSBOX_BASE names no GGUF file")
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(str(Path(path).parent), gguf_file=Path(path).name, dtype=torch.float32)
    text = SOURCES["model/decoder.py"][:1500]
    ids = torch.tensor(read_tokenizer(Path(path)).encode(text).ids)
    with torch.no_grad():
        assert (read_decoder(Path(path)).logits(ids) - theirs(ids[None]).logits[0]).abs().max() <= 1e-4


def test_an_adapter_begins_as_the_base(gguf):
    made = network(gguf)
    row = pack([Tree(Document(list(range(20, 80)), [1.0] * 60))], True)
    with torch.no_grad():
        plain = made.hidden(made.base, made.table[torch.from_numpy(row.ids)], row) @ made.table.T
    assert torch.allclose(scores(made, row), plain, atol=1e-6)
    assert not torch.allclose(scores(stirred(made), row), plain, atol=1e-2)


def test_every_branch_is_the_prompt_alone(gguf, corpus):
    made, choose = stirred(network(gguf)), random.Random(3)
    mixer = AdapterMixer(Corpus(corpus, "train", {"python": 1.0}), letters, Budget(768, 128, 128, 160))
    judged = 0
    while judged < 40:
        tree = mixer.places(mixer.corpus.file(choose), "train", choose, 768)
        if tree is None:
            continue
        row = pack([Tree(Document([30] * 9, [0.0] * 9)), tree], False)
        together, at = scores(made, row), 9 + len(tree.trunk.ids)
        for fork, branch in tree.branches:
            ids = tree.trunk.ids[:fork] + branch.ids
            with torch.no_grad():
                alone = scores(made, pack([Tree(Document(ids, [1.0] * len(ids)))], False))
            assert torch.allclose(alone[fork:], together[at : at + len(branch.ids)], atol=2e-4)
            at += len(branch.ids)
            judged += 1


def test_a_branch_is_what_the_editor_asks(corpus):
    """Trunk up to the fork and branch up to the middle are the prompt that data/layout.py writes for the same texts."""
    mixer = AdapterMixer(Corpus(corpus, "train", {"python": 1.0}), letters, Budget(768, 128, 128, 160))
    choose, kinds, judged = random.Random(5), set(), 0
    texts = list(SOURCES.values())
    while judged < 200:
        entry = mixer.corpus.file(choose)
        tree = mixer.places(entry, "train", choose, 768)
        for fork, branch in tree.branches if tree else ():
            ids = tree.trunk.ids[:fork] + branch.ids[: branch.middle]
            # A long middle may be cut inside a character.
            text = lambda some: bytes(one - 17 for one in some).decode(errors="ignore")
            after = len(ids) - 1 - ids[::-1].index(IDS["suffix"])
            begun = ids.index(IDS["prefix"], after)
            rest_at = ids.index(IDS["rest"]) if IDS["rest"] in ids[begun:] else len(ids) - 1
            prefix, suffix = text(ids[begun + 1 : rest_at]), text(ids[after + 1 : begun])
            rest = text(ids[rest_at + 1 : -1]) if rest_at < len(ids) - 1 else ""
            middle = text([one for one in branch.ids[branch.middle :] if one > 16])
            assert any(prefix + middle in whole for whole in texts)
            ended = branch.ids[-1] == IDS["endOfMiddle"]
            if ended and not rest and suffix:
                assert any(f"{prefix}{middle}\n{suffix}" in whole for whole in texts)
            context = ids[: after - len(entry["path"]) - 2]
            assert ids[len(context) :] == prompt(Sample(entry["path"], suffix, prefix, rest), letters)
            kinds |= {"column 0"} if prefix.endswith("\n") else {"in a line"}
            kinds |= {"rest"} if rest else set()
            kinds |= {"cut short"} if not ended else {"ended"}
            kinds |= {"end of file"} if not suffix else set()
            judged += 1
    assert kinds == {"column 0", "in a line", "rest", "cut short", "ended", "end of file"}


def test_gaps_of_every_kind_hold_their_cursors():
    choose, kinds = random.Random(0), set()
    for text in list(SOURCES.values()) * 20:
        gap = find_gap(text, choose, 5)
        if gap:
            kinds.add(gap.kind)
            assert (gap.start == 0 or text[gap.start - 1] == "\n") and (gap.end == len(text) or text[gap.end] == "\n")
            for cursor in gap.cursors:
                assert gap.start <= cursor.at <= cursor.end <= gap.end and "\n" not in cursor.rest
    assert kinds == set(KINDS)


def test_gradients_are_those_of_the_merged_matrix():
    torch.manual_seed(0)
    frozen = Frozen(torch.randn(96, 64), Plain)
    adapted = Adapted(frozen, (64, 32), 4, 2.0)
    with torch.no_grad():
        for b in adapted.b:
            b.normal_()
    x = torch.randn(10, 64, requires_grad=True)
    wanted = [x, *adapted.a, *adapted.b]
    plain = x @ (frozen.weight + 2.0 * torch.cat([b @ a for a, b in zip(adapted.a, adapted.b)])).T
    pull = torch.randn_like(plain)
    assert torch.allclose(adapted(x), plain, atol=1e-5) and torch.allclose(adapted.whole() @ x.T, plain.T, atol=1e-5)
    for ours, theirs in zip(torch.autograd.grad((adapted(x) * pull).sum(), wanted), torch.autograd.grad((plain * pull).sum(), wanted)):
        assert torch.allclose(ours, theirs, atol=1e-4)
    adapted.round(8, 32)
    for ours, theirs in zip(torch.autograd.grad((adapted(x) * pull).sum(), wanted[1:]), torch.autograd.grad((x @ adapted.whole().T * pull).sum(), wanted[1:], allow_unused=True)):
        assert theirs is None and torch.isfinite(ours).all()
    assert torch.allclose(adapted(x), plain, atol=0.5) and not torch.equal(adapted(x), plain)


def test_products_in_eight_bits_are_close_on_both_sides():
    torch.manual_seed(0)
    weight, x, gradient = torch.randn(96, 64), torch.randn(20, 64), torch.randn(20, 96)
    product = EightBits(weight)
    for ours, exact in ((product.forward(x), x @ weight.T), (product.backward(gradient), gradient @ weight)):
        assert (ours - exact).norm() / exact.norm() < 0.02


def test_losses_at_the_read_out_are_the_plain_ones():
    torch.manual_seed(0)
    table, base = torch.randn(50, 16), torch.randn(30, 16)
    ids = torch.tensor([3, 7])
    hidden, rows = torch.randn(30, 16, requires_grad=True), table[ids].clone().requires_grad_()
    targets, weights, pull = torch.randint(0, 50, (30,)), torch.rand(30), torch.rand(30)
    whole = table.index_put((ids,), rows)
    scores, own = (hidden @ whole.T).log_softmax(-1), (base @ table.T).log_softmax(-1)
    entropy = -(weights * scores.gather(-1, targets[:, None])[:, 0]).sum()
    distance = (pull * (own.exp() * (own - scores)).sum(-1)).sum()
    loss, *plain = FrozenReadOut.apply(hidden, rows, ids, table, targets, weights, base, pull)
    assert torch.allclose(plain[0], entropy, rtol=1e-5) and torch.allclose(plain[1], distance, rtol=1e-5) and torch.allclose(loss, entropy + distance, rtol=1e-5)
    for ours, theirs in zip(torch.autograd.grad(loss, (hidden, rows)), torch.autograd.grad(entropy + distance, (hidden, rows))):
        assert torch.allclose(ours, theirs, atol=1e-4)


def test_32_trees_are_learnt_by_heart(gguf):
    made, choose = network(gguf), random.Random(0)
    trees = []
    for number in range(32):
        middles = [[IDS["middle"], *(choose.randrange(40, 400) for _ in range(5)), IDS["endOfMiddle"]] for _ in range(2)]
        trunk = Document([IDS["prefix"], 40 + number, *(choose.randrange(40, 400) for _ in range(6))], [0.0] * 8)
        trees.append(Tree(trunk, [(fork, Document(ids, [0.0] + [1.0] * 6, 1)) for fork, ids in zip((4, 8), middles)]))
    row = pack(trees, False)
    tensors = list(file.parameters(made.adapters, made.rows).values())
    optimizer = torch.optim.AdamW(tensors, 0.01, weight_decay=0.0)
    for _ in range(150):
        loss, entropy, _, weight = made.losses(row, 0.0)
        for tensor, gradient in zip(tensors, torch.autograd.grad(loss / weight, tensors)):
            tensor.grad = gradient
        optimizer.step()
        made.rows.write(made.table)
    assert float(entropy / weight) < 0.05
    judged = made.judge(row, IDS["endOfMiddle"])
    assert judged["ends"] == 64 and judged["right ends"] == 64 and judged["middle tokens"] == 64 * 6


def test_a_file_keeps_an_adapter_and_refuses_another(gguf, tmp_path):
    made, path = stirred(network(gguf)), tmp_path / "adapter.safetensors"
    tensors = file.parameters(made.adapters, made.rows)
    file.write(path, tensors, made.rows, CONFIG, "0" * 64, 12)
    other = network(gguf)
    assert file.read(path, file.parameters(other.adapters, other.rows), other.rows, CONFIG) == 12
    row = pack([Tree(Document(list(range(20, 80)), [1.0] * 60))], True)
    other.rows.write(other.table)
    assert torch.allclose(scores(made, row), scores(other, row), atol=0.05)
    with pytest.raises(file.AdapterError):
        file.read(path, tensors, made.rows, {**CONFIG, "rank": 8})


def test_written_text_is_what_reading_anew_each_time_gives(gguf, tmp_path):
    made, path = stirred(network(gguf)), tmp_path / "adapter.safetensors"
    file.write(path, file.parameters(made.adapters, made.rows), made.rows, CONFIG, "0" * 64, 12)
    decoder, ids = merged(gguf, path, CONFIG, IDS), list(range(20, 60))
    row = pack([Tree(Document(ids, [1.0] * 40))], True)
    with torch.no_grad():
        assert torch.allclose(decoder.logits(torch.tensor(ids)), scores(made, row), atol=0.05)
    assert write(decoder, ids, 12, set(), lambda _: False) == greedy(decoder, ids, 12)
    assert len(write(decoder, ids, 12, set(), lambda made: len(made) == 3)) == 3
    # The prompt's last token "ab" is written anew: by itself, by a longer one, or by "a" and what begins with "b".
    texts = [None] * 30 + ["ab", "a", "b", "abc", "bc", "c"] * 61 + [None] * 4
    healing = Healing(texts)
    again = "".join(texts[token] for token in write(decoder, [40, 41, 30], 4, set(), lambda _: False, healing))
    assert again.startswith("ab")
    assert healing.allowed("ab").nonzero().squeeze(-1).tolist() == [at for at, text in enumerate(texts) if text in ("ab", "a", "abc")]


def start(folder: Path, corpus: Path, gguf: Path, *more: str) -> subprocess.Popen:
    config = folder / "config.json"
    quick = {"languages": {"python": 1.0}, "save_seconds": 0, "log_every": 1, "loader_workers": 1, "threads": 1, "validation_parts": 2, "validate_seconds": 0}
    config.write_text(json.dumps({**CONFIG, **quick}))
    command = [sys.executable, "-m", "adapter.train", str(config), str(corpus), str(gguf), str(folder / "run"), *more]
    return subprocess.Popen(command, cwd=TRAINING, env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True)


def entries(folder: Path) -> list[dict]:
    log = folder / "run" / "log.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def wait_for(folder: Path, steps: int) -> None:
    deadline = time.time() + 90
    while sum("places" in entry for entry in entries(folder)) < steps and time.time() < deadline:
        time.sleep(0.2)


def test_a_run_stops_when_asked_and_goes_on_when_killed(tmp_path, corpus, gguf):
    first = start(tmp_path, corpus, gguf)
    wait_for(tmp_path, 2)
    os.killpg(first.pid, signal.SIGTERM)
    assert first.wait(timeout=60) == 0
    stopped = entries(tmp_path)[-1]
    assert stopped["event"] == "stopped" and stopped["step"] >= 2
    second = start(tmp_path, corpus, gguf)
    wait_for(tmp_path, stopped["step"] + 2)
    os.killpg(second.pid, signal.SIGKILL)
    second.wait()
    began = [entry for entry in entries(tmp_path) if entry.get("event") == "began"]
    assert began[1]["step"] == stopped["step"] and began[1]["tokens"] == stopped["tokens"]
    branch = tmp_path / "branch"
    branch.mkdir()
    third = start(branch, corpus, gguf, "--branch", str(tmp_path / "run" / "last.pt"), "--steps", "4")
    assert third.wait(timeout=120) == 0
    assert entries(branch)[-1]["event"] == "finished" and (branch / "run" / "adapter.safetensors").exists()
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    fourth = start(fresh, corpus, gguf, "--adapter", str(branch / "run" / "adapter.safetensors"))
    wait_for(fresh, 1)
    os.killpg(fourth.pid, signal.SIGTERM)
    assert fourth.wait(timeout=60) == 0
    assert entries(fresh)[0]["tokens"] == entries(branch)[-1]["tokens"] and entries(fresh)[0]["step"] == 0
