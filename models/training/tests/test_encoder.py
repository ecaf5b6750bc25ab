"""The encoder's adapter: what it is trained on, its gradients, runs that stop and go on, and the frozen questions."""

import json
import random
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from encoder import file, frozen
from encoder.batches import Batches, excluded, with_documentation
from encoder.bert import Base, Bert
from encoder.documented import documented
from encoder.neighbours import of_all
from encoder.pairs import Sample, defined, every_sample, held_out, read, unnamed
from encoder.prose import prose
from encoder.questions import ANEW, asked, imperative, keywords, spaced, told, unreturned
from encoder.ranking import reciprocal_ranks
from encoder.texts import parts, tokens
from encoder.train import Run
from search.contrast import contrast

FIXTURE = Path(__file__).parents[3] / "test/fixtures/families/bert-weights.tar.gz"
CONFIG = {
    "rank": 4, "widths": [48, 16], "longest": {"question": 16, "code": 40}, "shares": {"documentation": 0.7, "name": 0.3}, "pairs_per_step": 12,
    "tokens_per_part": 90, "temperature": 0.05, "rate": 0.01, "weight_decay": 0.0, "warmup_steps": 1, "mean_decay": 0.9, "threads": 2, "products": "float32",
    "save_seconds": 1e9, "validate_seconds": 1e9, "seed": 1,
}
VERBS = ["open", "close", "read", "write", "sort", "merge", "parse", "print"]
NOUNS = ["file", "list", "table", "socket", "token"]


def sample(**changes) -> Sample:
    return replace(Sample("documentation", "train", "p", "python", "Adds one.", "def add(x):\n    return x + 1\n", "add", 0), **changes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("bert")
    with tarfile.open(FIXTURE) as archive:
        archive.extractall(made, filter="data")
    return made


@pytest.fixture
def data(tmp_path) -> tuple[Path, Path]:
    """Pairs whose code can be told by its words, and their neighbours."""
    made = [
        sample(kind=kind, package=f"p{at % 2}", question=f"{verb} the {noun}", code=f"{verb} {noun} {verb} now", name=f"{verb}{noun}", body=at, split=split)
        for at, (verb, noun) in enumerate((verb, noun) for verb in VERBS for noun in NOUNS)
        for kind, split in (("documentation", "train"), ("name", "train"), ("documentation", "validation"))
    ]
    pairs, near = tmp_path / "pairs.jsonl", tmp_path / "near.npy"
    pairs.write_text("".join(json.dumps(one.__dict__) + "\n" for one in made))
    np.save(near, of_all(read(pairs, "train")))
    return pairs, near


@pytest.mark.parametrize("verb, plain", [
    ("Returns", "return"), ("parses", "parse"), ("copies", "copy"), ("matches", "match"), ("passes", "pass"), ("Creating", "create"), ("running", "run"),
    ("adding", "add"), ("handling", "handle"), ("status", "status"), ("has", "has"), ("calling", "call"),
])
def test_imperatives(verb, plain):
    assert imperative(verb) == plain


def test_ways_to_ask():
    sentence = "Returns the median of an array."
    assert unreturned(sentence) == "median of an array" and told(sentence) == "return the median of an array" and keywords(sentence) == "median array"
    assert told("HTTPServer options.") == "HTTPServer options" and keywords("Of the.") == "Of the."
    assert spaced("parseHTTPHeader_v2") == "parse http header v 2" and spaced("_") == "_"
    found = {asked(sentence, "python", random.Random(seed)) for seed in range(200)}
    assert {sentence, "median of an array", "median array", "python median array", "how to return the median of an array in python"} <= found
    assert not any("python" in asked(sentence, "", random.Random(seed)) for seed in range(200))


def test_documentation_stands_where_its_language_has_it():
    assert with_documentation("def f():\n    return 1", "One.", "python") == 'def f():\n    """One."""\n    return 1'
    assert with_documentation("f() {}", "One.", "java") == "/** One. */\nf() {}"
    sentence = "Returns the median of an array."
    assert all(asked(sentence, "python", random.Random(seed), least=ANEW) != sentence for seed in range(200))


DOCUMENTED = {
    "go": "// Add adds\n// two numbers.\nfunc Add(a, b int) int {\n\treturn a + b + 0 + 0 + 0\n}\n\nfunc bare() {\n}\n",
    "rust": "impl X {\n    /// Adds two numbers.\n    #[inline]\n    pub fn add(a: i32, b: i32) -> i32 {\n        a + b\n    }\n}\n",
    "c": "/**\n * Adds two numbers.\n */\nint add(int a,\n        int b)\n{\n\treturn a + b + 0 + 0;\n}\n",
    "cpp": "/** Adds two numbers. */\ntemplate <typename T>\nT Adder<T>::add(T a, T b) {\n  return a + b;\n}\n",
    "csharp": "    /// <summary>\n    /// Adds two numbers.\n    /// </summary>\n    [Pure]\n    public static int Add(int a, int b)\n    {\n        return a + b;\n    }\n",
}


@pytest.mark.parametrize("language", DOCUMENTED)
def test_documentation_of_other_languages(language):
    [(sentence, code)] = documented(DOCUMENTED[language], language)
    name = defined(code, language)
    assert name.lower() == "add" and unnamed(sentence, name) == "Adds two numbers."
    assert code.rstrip().endswith("}") and "numbers" not in code


@pytest.mark.parametrize("text, language", [
    ("// Adds two numbers for all.\nfunc Add(a, b int) int {\n\treturn a + b\n", "go"), ("int add(int a, int b) {\n  return a + b + 0 + 0 + 0 + 0;\n}\n", "c"),
    ("/**\n * Adds two numbers.\n */\nint add(int a, int b);\n", "c"), ("/// Adds two numbers.\nfn add() { 1; 2; 3; 4; 5; 6; 7; 8; 9; 10; 11 }\n", "python"),
])
def test_what_is_not_whole_or_not_documented_is_left_out(text, language):
    assert list(documented(text, language)) == []


def test_names():
    assert defined("@Override\n@Named(value)\npublic <T> List<T> all(int x) {", "java") == "all" and defined("public class Foo<T> {", "java") == "Foo"
    assert defined("const char *name(void)\n{", "c") == "name" and defined("def f(x):", "python") == "f"
    assert unnamed("Add is pure.", "Add") == "Add is pure." and unnamed("Addition of all.", "Add") == "Addition of all."


def test_prose_of_a_document():
    paragraph = "The server listens on a port that you choose. It answers every request in turn. Nothing else is kept in memory at all."
    text = f"# How it *works*\n\n{paragraph}\n\n{paragraph}\n\n```sh\n{paragraph}\n```\n\n- {paragraph}\n"
    first, rest = paragraph.split(". ", 1)
    assert list(prose(text)) == [("How it *works*", paragraph), (first + ".", rest)]


def test_packages_that_search_is_measured_on_are_refused(tmp_path):
    measured = {package["name"] for package in json.loads((frozen.DATA / "packages.json").read_text()) if "search" in package["uses"]}
    assert len(measured) > 20 and {name.lower() for name in measured} <= held_out()
    entry = {"package": "eslint", "split": "train", "path": "a.js", "language": "javascript", "text": "", "docs": []}
    (tmp_path / "corpus.jsonl").write_text(json.dumps(entry) + "\n")
    with pytest.raises(ValueError, match="eslint, which search is measured on"):
        list(every_sample([tmp_path / "corpus.jsonl"]))


def test_neighbours_share_words_and_are_no_answers():
    samples = [
        sample(question="Open file", code="open file read", name="a", body=1), sample(question="x", code="file open again", name="b", body=2),
        sample(question="y", code="close the socket", name="c", body=3), sample(question="z", code="open file now", name="a", body=4),
        sample(question="Open it", code="open file read", name="d", body=1, package="q"),
    ]
    found = of_all(samples)
    assert [near for near in found[0] if near >= 0][0] == 1 and 3 not in found[0] and 4 not in found[0] and (found[4] == -1).all()


def test_batches_repeat_and_hold_neighbours(data):
    samples = read(data[0], "train")
    batches = Batches(samples, np.load(data[1]), CONFIG["shares"], 12, seed=1)
    assert batches.batch(3).questions == batches.batch(3).questions != batches.batch(4).questions
    chosen = batches.indices(random.Random(1))
    assert len(set(chosen)) == 12 and set(batches.neighbours[chosen[0]]) & set(chosen)


def test_other_answers_are_no_negatives():
    made = [sample(), sample(body=1, question="b"), sample(name="", body=2, question="Adds  one"), sample(name="", body=3, question="c"), sample(name="d", body=3, question="d")]
    assert excluded(made).nonzero().tolist() == [[0, 1], [0, 2], [1, 0], [2, 0], [3, 4], [4, 3]]


def test_parts_hold_every_text_once(folder):
    made = tokens(Base(folder).tokenizer, ["a b c " * count for count in range(30)], 24)
    assert max(map(len, made)) == 24 and len({ids[-1] for ids in made}) == 1
    found = parts(made, 100)
    assert sorted(torch.cat([part.places for part in found]).tolist()) == list(range(30)) and all(part.ids.numel() <= 100 for part in found)
    for part in found:
        assert all(ids[:length].tolist() == made[place] for place, ids, length in zip(part.places, part.ids, part.lengths))


def test_vectors_are_those_of_transformers(folder):
    transformers = pytest.importorskip("transformers")
    base = Base(folder)
    bert, model = Bert(base, 4), transformers.BertModel.from_pretrained(folder).eval()
    [part] = parts(tokens(base.tokenizer, ["one text", "another, longer text of several words", "x"], 40), 1000)
    present = (torch.arange(part.ids.shape[1]) < part.lengths[:, None]).long()
    with torch.no_grad():
        states = model(input_ids=part.ids, attention_mask=present).last_hidden_state
        expected = torch.nn.functional.normalize((states * present[..., None]).sum(1) / part.lengths[:, None], dim=-1)
        assert (bert(part.ids, part.lengths) - expected).abs().max() < 1e-5


@pytest.mark.parametrize("at_once", [0, 10_000])
def test_gradients_in_parts_are_those_of_the_whole(at_once, folder, data, tmp_path):
    run = Run({**CONFIG, "tokens_at_once": at_once}, *data, folder, tmp_path / "run")
    with torch.no_grad():
        for tensor in run.adapters.values():
            tensor.normal_(std=0.1)
    batch = run.batches.batch(0)
    found, loss = run.gradients(batch)
    made = tokens(run.base.tokenizer, batch.questions, 16) + tokens(run.base.tokenizer, batch.codes, 40)
    [part] = parts(made, 10_000)
    vectors = run.bert(part.ids, part.lengths)[part.places.argsort()]
    losses = [contrast(vectors[:12, :width], vectors[12:, :width], torch.tensor(20.0), batch.excluded) for width in CONFIG["widths"]]
    expected = torch.autograd.grad(sum(losses) / 2, list(run.adapters.values()))
    assert len(parts(made, CONFIG["tokens_per_part"])) > 2 and abs(loss - float(losses[0].detach())) < 1e-4
    for one, other in zip(found, expected):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def test_a_run_learns_and_goes_on_where_it_stopped(folder, data, tmp_path):
    whole, halves = Run(CONFIG, *data, folder, tmp_path / "whole"), Run(CONFIG, *data, folder, tmp_path / "halves")
    whole.go(steps=30)
    halves.go(steps=11)
    again = Run(CONFIG, *data, folder, tmp_path / "halves")
    assert again.step == 11
    again.go(steps=30)
    for name, tensor in whole.adapters.items():
        torch.testing.assert_close(tensor, again.adapters[name], rtol=1e-2, atol=1e-3)
    entries = [json.loads(line) for line in (tmp_path / "whole/log.jsonl").read_text().splitlines()]
    losses = [entry["loss"] for entry in entries if "loss" in entry]
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])
    bert = Bert(Base(folder), file.rank_of(tmp_path / "whole/adapter.safetensors"))
    assert file.read(tmp_path / "whole/adapter.safetensors", bert.adapters()) == 30 * 12
    for name, tensor in bert.adapters().items():
        torch.testing.assert_close(tensor, whole.mean[name], rtol=1e-3, atol=1e-4)


def test_a_run_comes_to_its_end(folder, data, tmp_path):
    run = Run(CONFIG, *data, folder, tmp_path / "run", decay=0.01)
    assert run.share_of_rate() == 1
    run.go()
    assert run.share_of_rate() == 0 and json.loads((tmp_path / "run/log.jsonl").read_text().splitlines()[-1])["event"] == "finished"


def test_a_run_begins_from_an_adapter(folder, data, tmp_path):
    first = Run(CONFIG, *data, folder, tmp_path / "first")
    first.go(steps=2)
    second = Run(CONFIG, *data, folder, tmp_path / "second", tmp_path / "first/adapter.safetensors")
    assert second.step == 0 and second.trained == 24
    for name, tensor in second.adapters.items():
        torch.testing.assert_close(tensor, first.mean[name], rtol=1e-3, atol=1e-4)


def test_an_adapter_of_another_encoder_is_refused(folder, tmp_path):
    bert, path = Bert(Base(folder), 4), tmp_path / "adapter.safetensors"
    tensors = bert.adapters()
    file.write(path, dict(list(tensors.items())[2:]), "0", 0)
    with pytest.raises(file.AdapterError, match="other matrices"):
        file.read(path, tensors)
    file.write(path, Bert(Base(folder), 3).adapters(), "0", 0)
    with pytest.raises(file.AdapterError, match=r"instead of \[4, 48\]"):
        file.read(path, tensors)


def test_frozen_functions_are_cut_by_utf16_units():
    text = frozen.Text('# 𝛼𝛽\ndef add(x):\n    """Adds one. And more."""\n    return x\n')
    start = len("# 𝛼𝛽\n".encode("utf-16-le")) // 2
    [function] = frozen.functions([[start, 54, 4, 3, 16, 25]], text)
    assert function.named() == "add" and frozen.first_sentence(function.documentation()) == "Adds one"
    assert function.body() == "def add(x):\n    return x" and frozen.masked("add(#add, $add, address)", "add") == "fn(fn, $add, address)"


def test_ties_lose():
    questions, documents = torch.eye(3), torch.cat([torch.eye(3), torch.eye(3)[:1]])
    assert reciprocal_ranks(questions, documents, torch.tensor([0, 1, 2])).tolist() == [0.5, 1, 1]
