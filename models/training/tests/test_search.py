"""Words, pairs, the encoder and its export."""

import random

import pytest
import torch

from model.decoder import Shape
from search.contrast import contrast, false_negatives, reciprocal_rank
from search.encoder import Encoder, padded
from search.export_encoder import check, write_folder
from search.pairs import Batches, Pair, name_of, of_entry
from search.words import words
from tokenizer.byte_pairs import save, train

SHAPE = Shape(vocabulary=512, width=128, layers=2, heads=2, kv_heads=2, hidden=128, context=64)


@pytest.mark.parametrize("text, expected", [
    ("parseHTTPHeader(req)", ["parse", "http", "header", "req"]), ("snake_case_2x", ["snake", "case", "2", "x"]), ("$jq.__init__", ["jq", "init"]),
    ("naïveCafé", ["naïve", "café"]), ("x" * 65, []), ("", []),
])
def test_words(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize("code, name", [
    ("async def fetch_all(self):", "fetch_all"), ("export const useThing = () => {", "useThing"), ("  private static load<T>(a) {", "load"),
    ("class Foo extends Bar {", "Foo"), ("func (s *Server) Start() error {", "Start"), ("{ nothing }", ""),
])
def test_names(code, name):
    assert name_of(code) == name


def test_masking_hides_the_name_everywhere():
    masked = Pair("documentation", "p", "python", "Run loader now.", "def loader(x):\n    return loader(x - 1), preloader\n", "loader").masked()
    assert masked.question == "Run fn now." and masked.code == "def fn(x):\n    return fn(x - 1), preloader\n"


def test_pairs_of_a_file():
    text = 'def add_all(a):\n    """Add."""\n    # First collect every number there is\n    x = 1\n    y = 2\n    z = 3\n'
    made = of_entry({"package": "p", "language": "python", "text": text, "docs": [{"code": [[0, 16], [31, len(text)]], "sentence": "Add."}]}, random.Random(0))
    assert {pair.kind for pair in made} == {"documentation", "name", "comment"}
    assert "add_all" not in next(pair.code for pair in made if pair.kind == "name")
    assert next(pair for pair in made if pair.kind == "comment").code == "    x = 1\n    y = 2\n    z = 3\n"


def test_batches_hold_neighbours_and_no_pair_twice():
    pairs = [Pair("name", f"package {index // 200}", "python", str(index), str(index)) for index in range(2000)]
    chosen = next(Batches(pairs, 256, seed=1))
    counts = [sum(pairs[index].package == f"package {number}" for index in chosen) for number in range(10)]
    assert len(set(chosen)) == 256 and max(counts) > 256 / 10 * 1.5


def test_the_same_code_is_no_negative():
    pairs = [Pair("name", "p", "python", question, code, name) for question, code, name in (("a", "x", "one"), ("b", "x", "two"), ("c", "y", "two"), ("d", "z", ""))]
    assert false_negatives(pairs).nonzero().tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]


def test_contrast_is_least_where_each_finds_its_own():
    vectors, none = torch.eye(4), torch.zeros(4, 4, dtype=torch.bool)
    assert contrast(vectors, vectors, torch.tensor(20.0), none) < contrast(vectors, vectors.roll(1, 0), torch.tensor(20.0), none)


def test_ties_lose():
    pairs = [Pair("documentation", "p", "python", str(index), str(index)) for index in range(30)]
    assert reciprocal_rank(lambda texts, kind: torch.ones(len(texts), 2), pairs, masked=False) == 0
    assert reciprocal_rank(lambda texts, kind: torch.eye(30), pairs, masked=False) == 1


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(0)
    made = Encoder(SHAPE)
    for block in made.stack.blocks:
        for matrix in (block.out, block.down):
            torch.nn.init.normal_(matrix.weight, std=0.05)
    return made.eval()


def test_padding_changes_nothing(encoder):
    ids, present = padded([[20, 30, 40]])
    wide, wide_present = padded([[20, 30, 40]], 12)
    with torch.no_grad():
        torch.testing.assert_close(encoder(ids, present), encoder(wide, wide_present), atol=1e-5, rtol=1e-5)


def test_later_tokens_are_seen(encoder):
    with torch.no_grad():
        first, second = (encoder.states(*padded([[20, 30, last]]))[0, 0] for last in (40, 50))
    assert not torch.allclose(first, second)


def test_export_is_what_was_trained(encoder, tmp_path):
    save(train(["let a = b;\n" * 50], 300), tmp_path / "tokenizer.json")
    encoder.stack.quantized(8, 8)
    write_folder(encoder, tmp_path / "tokenizer.json", tmp_path / "encoder", "test", "0.0.1")
    assert check(encoder, tmp_path / "encoder")["as shipped"] < 1e-3
