"""What the corpus lets in and keeps out, on made-up packages."""

import json
import lzma
from collections import Counter
from pathlib import Path

import pytest

from corpus import filters, hashes, licenses, shards, spans
from corpus.build import HeldOut, build
from corpus.fetch import FetchError, fetch
from corpus.hashes import file_hash
from corpus.licenses import permissive

TRAINING = Path(__file__).parents[1]


def program(seed: int, lines: int = 60) -> str:
    return "\n".join(f"export function work{seed}_{n}(left, right) {{ return left.part{n * seed} + right.{'abcdefgh'[n % 8]}{seed}; }}" for n in range(lines)) + "\n"


@pytest.fixture
def cache(tmp_path):
    def add(name: str, path: str, text: str) -> None:
        file = tmp_path / "unpacked" / "npm" / name / "package" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return tmp_path, add


@pytest.mark.parametrize("expression, good", [
    ("MIT", True), ("Apache-2.0 OR GPL-3.0", True), ("MIT AND GPL-3.0", False), ("(MIT OR Apache-2.0)", True), ("GPL-3.0-only", False), ("", False), ("SEE LICENSE IN x", False),
])
def test_licences(expression, good):
    assert permissive(expression) is good


def test_an_unpinned_package_is_refused(tmp_path):
    with pytest.raises(FetchError, match="not pinned"):
        fetch({"registry": "npm", "name": "x"}, tmp_path, pin=False)


def test_every_listed_package_is_pinned_permissive_and_not_held_out():
    listed, held = (json.loads((TRAINING / "corpus" / name).read_text()) for name in ("packages.json", "heldout.json"))
    names = {package["name"] for package in held}
    for package in listed:
        assert package["version"] and len(package["sha256"]) == 64 and permissive(package["license"]), package
        assert package["name"] not in names


def test_language_and_folders():
    assert [filters.language_of(name) for name in ("a.ts", "a.d.ts", "a.min.js", "a.tsx", "a.py", "a.go", "a.txt")] == ["typescript", None, None, "tsx", "python", "go", None]
    assert filters.folder_refusal("x/dist/a.js") == "built" and filters.folder_refusal("x/vendor/a.js") == "vendored" and filters.folder_refusal("src/a.js") is None


def test_licence_headers_go_and_other_comments_stay():
    assert filters.clean("/* Copyright X */\ncode\n") == "code\n"
    assert filters.clean("# Licensed under Y\n# more\ncode\n") == "code\n"
    assert filters.clean("/* What it does. */\ncode\r\n") == "/* What it does. */\ncode\n"


def broken_lines(text: str) -> str:
    """Code as people write it: not a whole function on one line."""
    return text.replace("{ return", "{\n return")


@pytest.mark.parametrize("text, reason", [
    ("x", "size"), ("a" * 500 + ";" * 500, "minified"), (program(1), "minified"), ("// @generated\n" + broken_lines(program(1)), "generated"),
    (broken_lines(program(1)) + "//# sourceMappingURL=x", "compiled"), (broken_lines(program(1)) + "k = 'AKIA" + "ABCDEFGH" * 2 + "'", "secret"),
    ("0x12, 0x34,\n" * 100, "data"), (broken_lines(program(1)), None),
])
def test_text_refusals(text, reason):
    assert filters.text_refusal(text) == reason


def test_prose_may_have_long_lines():
    assert filters.text_refusal("A paragraph of words. " * 40, "markdown") is None


def test_licence_by_wording(tmp_path):
    (tmp_path / "LICENSE").write_text("Permission is hereby granted, free of charge, to any person")
    assert licenses.by_wording(tmp_path) == "MIT"
    (tmp_path / "COPYING").write_text("GNU GENERAL PUBLIC LICENSE")
    assert licenses.by_wording(tmp_path) == ""


def test_compiled_twins_of_typed_sources_go():
    assert filters.without_compiled_twins(["src/a.ts", "lib/a.js", "lib/b.js"]) == ["src/a.ts"]
    assert filters.without_compiled_twins(["lib/a.js", "src/a.js"]) == ["src/a.js"]
    assert filters.without_compiled_twins(["lib/a.js"]) == ["lib/a.js"]


def test_near_duplicates_are_found_and_others_kept():
    seen = hashes.NearDuplicates()
    assert not seen.seen(hashes.signature(hashes.words(program(1))))
    assert seen.seen(hashes.signature(hashes.words(program(1).replace("work1_3", "other"))))
    assert not seen.seen(hashes.signature(hashes.words(program(2))))


def test_held_out_copies_are_found_by_file_and_by_window(cache):
    root, add = cache
    add("held", "index.js", program(7))
    held = HeldOut([root / "unpacked" / "npm" / "held"])
    reformatted = program(7).replace("\n", "\n\n")
    inside = program(8) + program(7, 40).replace("    ", "\t") + program(9)
    assert held.shares(reformatted, hashes.words(reformatted))
    assert held.shares(inside, hashes.words(inside))
    assert not held.shares(program(8), hashes.words(program(8)))


def test_build_reports_what_it_drops(cache, tmp_path):
    root, add = cache
    add("held", "index.js", program(7))
    for name, seed in (("one", 1), ("two", 1), ("copy", 7)):
        add(name, "src/a.js", broken_lines(program(seed)))
    packages = [{"registry": "npm", "name": name, "split": "train"} for name in ("one", "two", "copy")]
    report = build(packages, {"javascript"}, root, HeldOut([root / "unpacked" / "npm" / "held"]), tmp_path / "out.jsonl")
    assert report["packages"]["npm one"]["files"] == 1
    assert report["packages"]["npm two"]["dropped: near-duplicate"] == 1
    assert report["packages"]["npm copy"]["dropped: held-out text"] == 1


def with_map(text: str, name: str = "webpack://held/../../src/a.ts") -> str:
    return json.dumps({"version": 3, "sources": [name], "sourcesContent": [text], "mappings": ""})


def test_sources_in_maps_are_held_out_too(cache):
    root, add = cache
    add("held", "dist/index.js.map", with_map(program(7)))
    assert HeldOut([root / "unpacked" / "npm" / "held"]).shares(program(7), hashes.words(program(7)))


def test_sources_in_maps_are_part_of_the_package(cache, tmp_path):
    root, add = cache
    for number, name in enumerate(("../src/a.ts", "../node_modules/other/b.ts", "c.ts")):
        add("one", f"dist/{number}.js.map", with_map(broken_lines(program(number + 1)), name))
    add("one", "dist/broken.js.map", "{")
    out = tmp_path / "out.jsonl"
    build([{"registry": "npm", "name": "one", "split": "train"}], {"typescript"}, root, HeldOut([]), out)
    assert sorted(json.loads(line)["path"] for line in out.read_text().splitlines()) == ["c.ts", "src/a.ts"]


def test_documentation_pairs():
    script = "/** Adds two numbers. */\nexport function add(left: number, right: number) {\n  return left + right;\n}\n"
    found = spans.annotate(script, "typescript", 1)["docs"]
    assert [(entry["sentence"], script[slice(*entry["code"][0])].split("(")[0]) for entry in found] == [("Adds two numbers.", "export function add")]
    python = 'def add(left, right):\n    """Add two numbers together."""\n    total = left + right\n    return total\n'
    found = spans.annotate(python, "python", 1)["docs"]
    assert "".join(python[start:end] for start, end in found[0]["code"]) == "def add(left, right):\n    total = left + right\n    return total\n"


def test_spans_are_character_offsets():
    text = "const ü = '🎉🎉🎉🎉🎉🎉🎉🎉';\n" * 5 + "call(argument, other);\n" * 10
    for start, end in spans.annotate(text, "javascript", 3)["spans"]:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()


def test_shards_balance_languages_and_keep_packages_whole(tmp_path):
    sizes = {f"p{n}": Counter({"python" if n % 2 else "javascript": 100 + n}) for n in range(20)}
    chosen = shards.assign(sizes, 2)
    filled = [sum((sizes[name] for name, shard in chosen.items() if shard == wanted), Counter()) for wanted in (0, 1)]
    assert abs(filled[0]["python"] - filled[1]["python"]) < 150
    corpus = tmp_path / "c.jsonl"
    corpus.write_text("".join(json.dumps({"package": f"p{n}", "split": "train", "language": "python", "text": f"x = {n}\n" * 9}) + "\n" for n in range(4)))
    entries, files = shards.write(corpus, tmp_path / "out", 2)
    texts = [json.loads(line)["text"] for entry in entries for line in lzma.open(tmp_path / "out" / entry["path"], "rt")]
    assert len(texts) == 4 and {name for entry in entries for name in entry["packages"]} == {"p0", "p1", "p2", "p3"}
    assert files == b"".join(sorted(file_hash(text)[:5] for text in texts))
