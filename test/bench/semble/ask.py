"""Asks semble (PyPI) with our table of token vectors in the form of model2vec; started by main.ts.

Reads {"table", "made", "samples", "folders": [{"folder", "questions"}]} from standard input, with the folder of our table, one for the
same vectors in model2vec's layout, and what is asked; writes {"vectors", "packages": [...]} to standard output: the vectors of
the samples, which main.ts compares with ours, seconds until all is indexed, and hits with the time that each question took.
"""

import json
import os
import sys
import time
from pathlib import Path


def make_model(table: Path, made: Path) -> None:
    """Writes a model2vec folder that gives the vectors that `src/modelFolder/table/staticTable.ts` gives."""
    import numpy as np
    from safetensors.numpy import save_file

    manifest = json.loads((table / "glassbox.json").read_text())
    rows = np.fromfile(table / "table.bin", np.int8).reshape(-1, manifest["dimension"]).astype(np.float32)
    scales = np.fromfile(table / "scales.bin", "<f4")
    tokenizer = json.loads((table / "tokenizer.json").read_text())
    # A space between the words of a name, as `src/common/text/words.ts` splits them, before letters become small.
    lower, upper, mark, number = r"\p{Ll}", r"\p{Lu}", r"\p{M}", r"\p{N}"
    boundaries = [
        rf"(?<=[{lower}{mark}{number}])(?={upper})",
        rf"(?<={upper})(?={upper}{lower})",
        rf"(?<=[\p{{L}}{mark}])(?={number})",
        rf"(?<={number})(?=\p{{L}})",
    ]
    tokenizer["normalizer"] = {
        "type": "Sequence",
        "normalizers": [
            {"type": "Replace", "pattern": {"Regex": "|".join(boundaries)}, "content": " "},
            {"type": "Replace", "pattern": {"Regex": rf"[^\p{{L}}{mark}{number}]+"}, "content": " "},
            {"type": "Lowercase"},
        ],
    }
    made.mkdir(parents=True, exist_ok=True)
    (made / "tokenizer.json").write_text(json.dumps(tokenizer))
    (made / "config.json").write_text(json.dumps({"model_type": "model2vec", "normalize": True}))
    save_file({"embeddings": rows * scales[:, None]}, made / "model.safetensors")


def main() -> None:
    task = json.load(sys.stdin)
    made = Path(task["made"])
    make_model(Path(task["table"]), made)
    os.environ.update(SEMBLE_MODEL_NAME=str(made), HF_HUB_OFFLINE="1", XDG_CACHE_HOME=str(made), HOME=str(made))
    from semble import SembleIndex
    from semble.index.dense import load_model

    model, _ = load_model()
    vectors = model.encode(task["samples"], max_length=None)
    packages = []
    for package in task["folders"]:
        start = time.perf_counter()
        index = SembleIndex.from_path(package["folder"])
        seconds = time.perf_counter() - start
        answers = []
        for question in package["questions"]:
            start = time.perf_counter()
            results = index.search(question, top_k=10)
            milliseconds = (time.perf_counter() - start) * 1000
            hits = [
                {"path": r.chunk.file_path.replace(os.sep, "/"), "from": r.chunk.start_line, "to": r.chunk.end_line}
                for r in results
            ]
            answers.append({"milliseconds": milliseconds, "hits": hits})
        packages.append({"seconds": seconds, "chunks": len(index.chunks), "answers": answers})
    json.dump({"vectors": vectors.tolist(), "packages": packages}, sys.stdout)


main()
