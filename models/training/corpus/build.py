"""Filter, de-duplicate and annotate the fetched packages into one JSON-lines corpus, with a report.

    python -m corpus.build CACHE OUT.jsonl --config configs/cpu.json --report corpus/report.json

Each line: {package, split, path, language, text, spans, docs}. Held-out packages and the running Python's standard
library are hashed first; any file sharing a file hash or a 50-word window with them is dropped.
"""

import argparse
import json
import random
import sysconfig
from collections import Counter
from collections.abc import Container
from itertools import chain
from pathlib import Path

import numpy as np

from corpus import filters, hashes, spans
from corpus.languages import family
from corpus.packages import folder_of, originals, sources

HERE = Path(__file__).parent
PER_PACKAGE = 6_000_000
"""Characters of one package at most, so that no package's habits dominate."""


class HeldOut:
    """File and window hashes of everything that is only for measuring."""

    def __init__(self, folders: list[Path]):
        self.files: set[bytes] = set()
        parts = []
        for folder in folders:
            for _, text in chain(sources(folder), originals(folder)):
                text = filters.clean(text)
                self.files.add(hashes.file_hash(text))
                parts.append(hashes.sampled_windows(hashes.words(text)))
        self.windows = np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)

    def shares(self, text: str, words: np.ndarray) -> bool:
        """Whether a file, or any sampled 50-word window of it, is also in a held-out package."""
        if hashes.file_hash(text) in self.files:
            return True
        if not len(self.windows):
            return False
        mine = hashes.sampled_windows(words)
        places = np.searchsorted(self.windows, mine).clip(max=len(self.windows) - 1)
        return bool((self.windows[places] == mine).any())


def package_files(folder: Path, languages: Container[str], report: Counter) -> list[tuple[str, str]]:
    """A package's files in the wanted languages that pass the filters, in random order, up to the size limit."""
    # Files come last: where a map names one of them too, the file counts.
    found = {path: text for path, text in chain(originals(folder), sources(folder)) if family(filters.language_of(path)) in languages}
    kept = []
    for path in filters.without_compiled_twins([path for path in found if not filters.folder_refusal(path)]):
        text = filters.clean(found[path])
        if reason := filters.text_refusal(text, filters.language_of(path)):
            report["dropped: " + reason] += 1
        else:
            kept.append((path, text))
    random.Random(folder.name).shuffle(kept)
    total, chosen = 0, []
    for path, text in kept:
        total += len(text)
        if total > PER_PACKAGE:
            break
        chosen.append((path, text))
    return chosen


def build(packages: list[dict], languages: Container[str], cache: Path, held_out: HeldOut, out: Path) -> dict:
    """Write the corpus; returns the report."""
    duplicates, per_package, characters = hashes.NearDuplicates(), {}, Counter()
    # Validation packages go first: a training file that repeats one of theirs is the one dropped.
    ordered = sorted(packages, key=lambda package: package["split"] != "validation")
    with out.open("w", encoding="utf-8") as stream:
        for package in ordered:
            report: Counter = Counter()
            for path, text in package_files(folder_of(package, cache), languages, report):
                words = hashes.words(text)
                if held_out.shares(text, words):
                    report["dropped: held-out text"] += 1
                elif duplicates.seen(hashes.signature(words)):
                    report["dropped: near-duplicate"] += 1
                else:
                    language = filters.language_of(path)
                    entry = {"package": package["name"], "split": package["split"], "path": path, "language": language, "text": text}
                    entry |= spans.annotate(text, language, seed=len(text))
                    stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
                    report["files"] += 1
                    report["characters"] += len(text)
                    characters[f"{package['split']} {language}"] += len(text)
            per_package[f"{package['registry']} {package['name']}"] = dict(sorted(report.items()))
            print(package["name"], dict(report), flush=True)
    return {"characters": dict(sorted(characters.items())), "packages": dict(sorted(per_package.items()))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cache", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--config", type=Path, required=True, help="its languages are kept")
    parser.add_argument("--packages", type=Path, nargs="+", default=[HERE / "packages.json"])
    parser.add_argument("--report", type=Path, default=HERE / "report.json")
    parser.add_argument("--held-out", type=Path, default=HERE / "heldout.bin", help="where the hashes of held-out files go")
    args = parser.parse_args()
    packages = [package for path in args.packages for package in json.loads(path.read_text())]
    held = json.loads((HERE / "heldout.json").read_text())
    languages = json.loads(args.config.read_text())["languages"]
    held_out = HeldOut([Path(sysconfig.get_path("stdlib")), *(folder_of(package, args.cache) for package in held)])
    print(len(held_out.windows), "held-out windows", flush=True)
    args.held_out.write_bytes(hashes.packed(held_out.files))
    args.report.write_text(json.dumps(build(packages, languages, args.cache, held_out, args.out), indent=1) + "\n")


if __name__ == "__main__":
    main()
