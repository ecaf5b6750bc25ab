"""How well an encoder finds code, in PyTorch: the frozen questions of search, or the validation pairs of a run.

    python -m encoder.score BASE PACKAGES [--adapter FILE] [--shown] [--most 1000]
    python -m encoder.score ../search PACKAGES

BASE is the archive or folder of the published encoder; ../search the static table, for comparison. PACKAGES is the folder where
the bench unpacked its packages (`.cache/bench/packages`). Prints MRR@10 a package and its mean over packages, names hidden
unless `--shown`: vectors alone, without words, as the rows `encoder` and `static` of `npm run bench -- quality --only search`,
which is what counts in the end. Ties lose. `--most` leaves out packages with more functions: those that are left take a
tenth of the time.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from encoder import file, frozen
from encoder.bert import Base, Bert
from encoder.ranking import embed, reciprocal_ranks
from search.words import words
from train.threads import in_threads


class Table:
    """The static table of a model folder (docs/model-folder.md): a text's vector is the sum of its tokens' vectors."""

    def __init__(self, folder: Path):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        scales = torch.from_numpy(np.fromfile(folder / "scales.bin", np.float32))
        self.vectors = torch.from_numpy(np.fromfile(folder / "table.bin", np.int8)).view(len(scales), -1) * scales[:, None]

    def embed(self, texts: list[str]) -> torch.Tensor:
        """[texts, dimension], each of length 1, or 0 where a text has no words."""
        found = self.tokenizer.encode_batch([" ".join(words(text)) for text in texts])
        return F.normalize(torch.stack([self.vectors[made.ids].sum(0) for made in found]), dim=-1)


def embedder(model: Path, adapter: Path | None, longest: int, threads: int):
    """list of texts → [texts, width], of an encoder or of the static table."""
    if (model / "table.bin").exists():
        return Table(model).embed
    base = Base(model)
    bert = Bert(base, file.rank_of(adapter) if adapter else 1)
    if adapter:
        file.read(adapter, bert.adapters())
    mapped = in_threads(threads)
    return lambda texts: embed(bert, base.tokenizer, texts, longest, mapped)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("packages", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--shown", action="store_true", help="names are not hidden")
    parser.add_argument("--most", type=int, default=1_000_000, help="functions of a package that is asked")
    parser.add_argument("--longest", type=int, default=256, help="tokens of a function that are read")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    embed_all, means, asked = embedder(args.model, args.adapter, args.longest, args.threads), [], 0
    for package in frozen.packages(args.packages, not args.shown):
        if len(package.documents) > args.most:
            continue
        found = float(reciprocal_ranks(embed_all(package.questions), embed_all(package.documents), torch.tensor(package.wanted)).mean())
        print(json.dumps({"package": package.package, "questions": len(package.questions), "functions": len(package.documents), "mrr": round(found, 4)}), flush=True)
        means.append(found)
        asked += len(package.questions)
    print(json.dumps({"packages": len(means), "questions": asked, "mean": round(sum(means) / len(means), 4)}))


if __name__ == "__main__":
    main()
