"""Cut a corpus into compressed shards of whole packages with the same mix of languages, for a machine without network.

    python -m corpus.shards CORPUS.jsonl OUT --shards 3

Writes OUT/shard-N.jsonl.xz, OUT/shards.json (for each shard its SHA-256, size, packages and languages) and OUT/shards.bin,
the hashes of all files without white space, by which a test proves that no held-out file is among them.
"""

import argparse
import hashlib
import json
import lzma
from collections import Counter, defaultdict
from pathlib import Path

from corpus.hashes import file_hash, packed
from corpus.languages import family

XZ = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0, "dict_size": 1 << 27}]
"""Code repeats itself far apart and by the byte: a large window, four literal context bits, no alignment."""


def assign(sizes: dict[str, Counter], count: int) -> dict[str, int]:
    """Package → shard: largest first, each to the shard that has least of the package's main language."""
    filled: list[Counter] = [Counter() for _ in range(count)]
    chosen = {}
    for package, languages in sorted(sizes.items(), key=lambda item: (-item[1].total(), item[0])):
        main = languages.most_common(1)[0][0]
        shard = min(range(count), key=lambda index: (filled[index][main], filled[index].total()))
        filled[shard] += languages
        chosen[package] = shard
    return chosen


def measure(corpus: Path) -> dict[str, Counter]:
    """Characters of each training package by language family; validation packages travel with every shard."""
    sizes: dict[str, Counter] = defaultdict(Counter)
    with corpus.open(encoding="utf-8") as stream:
        for entry in map(json.loads, stream):
            if entry["split"] == "train":
                sizes[entry["package"]][family(entry["language"])] += len(entry["text"])
    return sizes


def write(corpus: Path, out: Path, count: int) -> tuple[list[dict], bytes]:
    """Compress the shards; returns their manifest entries and the packed hashes of their files."""
    sizes = measure(corpus)
    shard_of = assign(sizes, count)
    out.mkdir(parents=True, exist_ok=True)
    entries, hashes = [], set()
    for shard in range(count):
        path, languages = out / f"shard-{shard}.jsonl.xz", Counter()
        with lzma.open(path, "wt", format=lzma.FORMAT_XZ, filters=XZ, encoding="utf-8") as compressed, corpus.open(encoding="utf-8") as stream:
            for line in stream:
                entry = json.loads(line)
                # The first shard carries the validation files: it is the one every run begins with.
                if shard_of.get(entry["package"], 0) == shard:
                    compressed.write(line)
                    hashes.add(file_hash(entry["text"]))
                    languages[family(entry["language"])] += len(entry["text"])
        data = path.read_bytes()
        entries.append({
            "path": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "characters": dict(languages),
            "packages": sorted(package for package, number in shard_of.items() if number == shard),
        })
        print(path.name, len(data), "bytes", dict(languages), flush=True)
    return entries, packed(hashes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shards", type=int, default=3)
    args = parser.parse_args()
    entries, files = write(args.corpus, args.out, args.shards)
    (args.out / "shards.json").write_text(json.dumps(entries, indent=1) + "\n")
    (args.out / "shards.bin").write_bytes(files)


if __name__ == "__main__":
    main()
