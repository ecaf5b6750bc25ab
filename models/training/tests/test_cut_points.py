"""Cuts are what an editor would show, and putting the parts together gives the file back."""

import random

from data.cut_points import closing_place, cut, cut_characters, cut_lines, cut_node, rest_of_block, span, typed_line, unclosed

TEXT = 'import a from "b";\n\nfunction f(x) {\n  if (x) {\n    return g(x, [1]);\n  }\n  return 0;\n}\n'


def joined(made):
    return made.before + made.middle + made.rest + ("\n" + made.suffix if made.suffix else "")


def test_unclosed_brackets_and_quotes():
    assert unclosed("foo(bar[") == "])"
    assert unclosed("foo('a") == "')"
    assert unclosed("foo('a(')") == ""
    assert unclosed("f(x) # (") == ""
    assert unclosed(r"'it\'s (") == "'"


def test_closing_place_skips_inner_pairs_and_strings():
    assert closing_place("a, (b)), c)", ")") == 6
    assert closing_place("')' )", ")") == 4
    assert closing_place("no end", ")") is None
    assert closing_place("x';", "'") == 1


def test_typing_leaves_automatic_closers_behind_the_cursor():
    made = typed_line(TEXT, TEXT.index("x, [1]"), unwritten_block=False)
    assert (made.middle, made.rest) == ("x, [1]", ")")
    made = typed_line(TEXT, TEXT.index('b";'), unwritten_block=False)
    assert (made.middle, made.rest) == ("b", '"')


def test_unwritten_block_is_absent_from_the_suffix():
    cursor = TEXT.index("return g")
    assert typed_line(TEXT, cursor, unwritten_block=True).suffix == "  }\n  return 0;\n}\n"
    assert rest_of_block("    a\n\n  b\n", 4) == "  b\n"
    assert rest_of_block("    a", 4) == ""


def test_span_keeps_everything():
    for start in range(len(TEXT)):
        for end in range(start, min(len(TEXT), start + 30)):
            assert joined(span(TEXT, start, end)).rstrip("\n") == TEXT.rstrip("\n")


def test_every_kind_gives_a_consistent_cut():
    choose = random.Random(1)
    for make in (cut_lines, cut_characters, lambda text, choose: cut_node(text, [[0, 10]], choose)):
        for _ in range(200):
            made = make(TEXT, choose)
            assert joined(made).rstrip("\n") == TEXT.rstrip("\n")
            assert "\n" not in made.rest


def test_cut_never_fails_on_odd_files():
    choose = random.Random(2)
    shares = {"line": 1, "node": 1, "lines": 1, "characters": 1}
    for text in ("x", "\n\n\na", "    ", '"', "(((((", "a" * 3000):
        for _ in range(100):
            made = cut({"text": text, "spans": []}, shares, choose)
            assert text.startswith(made.before)
