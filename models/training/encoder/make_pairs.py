"""Write the pairs that the encoder's adapter is trained on (pairs.py).

    python -m encoder.make_pairs CORPUS.jsonl … PAIRS.jsonl
"""

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from encoder.pairs import every_sample


def main() -> None:
    *corpora, target = map(Path, sys.argv[1:])
    counts: Counter = Counter()
    with target.open("w") as stream:
        for sample in every_sample(corpora):
            stream.write(json.dumps(asdict(sample)) + "\n")
            counts[f"{sample.split} {sample.kind} {sample.language}"] += 1
    for kind, count in sorted(counts.items()):
        print(count, kind)
    print(sum(counts.values()), "pairs")


if __name__ == "__main__":
    main()
