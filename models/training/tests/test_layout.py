"""The prompt layout, with a tokenizer of one id per character so that expectations can be read."""

from dataclasses import replace
from pathlib import Path

import pytest

from data import layout
from data.layout import IDS, Encode, Sample, completion, documentation, prompt
from evaluate.compare_layouts import plain, unmarked
from evaluate.leakage import returns
from tokenizer.byte_pairs import build, encoder, save, train

SHIPPED = Path(__file__).parents[2] / "decoder" / "tokenizer.json"


@Encode
def encode(text: str) -> list[int]:
    return [100 + ord(char) for char in text]


def test_special_ids_are_their_places():
    assert IDS["pad"] == 0 and list(IDS.values()) == list(range(10))


def test_the_middle_is_marked_without_a_rest_too():
    sample = Sample("p", "S", "P", "", "M")
    expected = [IDS["file"], *encode("p\n"), IDS["suffix"], *encode("S"), IDS["prefix"], *encode("P"), IDS["middle"]]
    assert prompt(sample, encode) == expected
    assert completion(sample, encode).ids == [*expected, *encode("M"), IDS["endOfMiddle"]]


def test_rest_stands_after_the_prefix():
    ids = completion(Sample("p", "", "P", ")", "M"), encode).ids
    assert ids == [IDS["file"], *encode("p\n"), IDS["suffix"], IDS["prefix"], *encode("P"), IDS["rest"], *encode(")"), IDS["middle"], *encode("M"), IDS["endOfMiddle"]]


def test_what_the_layout_is_compared_with():
    bare, closed = Sample("p", "S", "P", "", "M"), Sample("p", "S", "P", ")", "M")
    head = [IDS["file"], *encode("p\n"), IDS["suffix"]]
    assert unmarked(bare, encode).ids == [*head, *encode("S"), IDS["prefix"], *encode("PM"), IDS["endOfMiddle"]]
    assert unmarked(closed, encode) == completion(closed, encode)
    made = plain(closed, encode)
    assert made.ids == [*head, *encode(")\nS"), IDS["prefix"], *encode("P"), IDS["middle"], *encode("M"), IDS["endOfMiddle"]]
    assert made.ids[made.middle :] == [*encode("M"), IDS["endOfMiddle"]]


def test_context_comes_first():
    ids = prompt(Sample("p", "", "P", "", "", (("q", "T"),)), encode)
    assert ids[:4] == [IDS["file"], *encode("q\n"), *encode("T")]


def test_typing_only_extends_the_prompt():
    before, after = (prompt(Sample("p", "S", prefix, ""), encode)[:-1] for prefix in ("foo", "foo."))
    assert after[: len(before)] == before


def test_weights_follow_their_tokens():
    document = completion(Sample("p", "abcdef", "P", "", "M", (("q", "T"),)), encode, middle_weight=3.0)
    by_token = dict(zip(document.ids, document.weights))
    assert len(document.ids) == len(document.weights)
    assert by_token[encode("T")[0]] == 0.5
    assert [by_token[token] for token in encode("abcdef")] == [0, 0, 0, 0, 1, 1]
    assert by_token[encode("M")[0]] == by_token[IDS["endOfMiddle"]] == 3.0


def test_documentation_layout():
    document = documentation("p", "f", "D.", encode)
    assert document.ids == [IDS["file"], *encode("p\n"), *encode("f"), IDS["doc"], *encode("D."), IDS["endOfMiddle"]]


@pytest.mark.parametrize("text", list(layout.SPECIALS.values()))
def test_special_strings_in_text_are_plain_text(text):
    encode_shipped = encoder(SHIPPED)
    assert all(token >= len(IDS) for token in encode_shipped(f"a{text}b"))


def test_tokenizer_restores_any_text():
    from tokenizers import Tokenizer

    decoder = Tokenizer.from_file(str(SHIPPED))
    encode_shipped = encoder(SHIPPED)
    for text in ("a  b\n\n\tc", "héllo 🎉 \u0301x", "`${x}` !== 12345", "trailing  ", "\u00a0\u2028\x00"):
        assert decoder.decode(encode_shipped(text), skip_special_tokens=False) == text


def test_training_puts_specials_first(tmp_path):
    made = train(["let a = b;\n" * 50], 300)
    save(made, tmp_path / "tokenizer.json")
    assert [made.token_to_id(text) for text in layout.SPECIALS.values()] == list(range(10))
    assert encoder(tmp_path / "tokenizer.json")("let") == made.encode("let").ids


@pytest.mark.parametrize("text, pieces", [
    ("foo.bar", ["foo", ".", "bar"]), ("a\n    b", ["a", "\n    ", "b"]), ("x  y", ["x", " ", " y"]), ("12345", ["123", "45"]), ("a +b", ["a", " +", "b"]), ("e\u0301", ["e\u0301"]),
])
def test_pre_tokenizer_pieces(text, pieces):
    spans = [span for _, span in build().pre_tokenizer.pre_tokenize_str(text)]
    assert [text[start:end] for start, end in spans] == pieces


def test_context_that_holds_the_answer_is_noticed():
    answer = "return compute(alpha, beta, gamma, delta, epsilon, zeta, eta, theta)"
    sample = Sample("a.ts", "", "function f() {\n  ", "", answer, (("b.ts", f"function g() {{\n  {answer};\n}}\n"),))
    assert returns(sample, encode) is True
    assert returns(replace(sample, context=(("b.ts", "const other = 1;\n"),)), encode) is False
    assert returns(replace(sample, middle="x"), encode) is None
