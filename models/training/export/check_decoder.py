"""Compare an exported folder with PyTorch: logits, chunked prefill in a static cache, greedy text.

    python -m export.check_decoder CHECKPOINT.pt FOLDER
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch

from export import graph
from export.checkpoint import load
from export.runner import Runner
from model.decoder import Decoder


def greedy(decoder: Decoder, ids: list[int], count: int) -> list[int]:
    """The reference continuation, recomputed from the start for each token."""
    ids = list(ids)
    with torch.no_grad():
        for _ in range(count):
            ids.append(int(decoder.logits(torch.tensor(ids))[-1].argmax()))
    return ids[-count:]


def compare(decoder: Decoder, model: Path | bytes, ids: list[int]) -> dict[str, float]:
    """Largest absolute differences of logits between PyTorch and the graph, one-shot and in chunks."""
    shape = decoder.shape
    with torch.no_grad():
        reference = decoder.logits(torch.tensor(ids)).numpy()
    whole = Runner(model, shape, shape.context).chunks(ids, len(ids))
    chunked = Runner(model, shape, shape.context + 37).chunks(ids, 48)
    single = Runner(model, shape, len(ids)).chunks(ids, 1)
    assert not np.isnan(whole).any() and not np.isnan(chunked).any() and not np.isnan(single).any()
    positions = [at for at in (0, 63, 64, len(ids) - 1) if at < len(ids)]
    return {
        "logits": float(np.abs(reference - whole).max()),
        "logits at " + "/".join(map(str, positions)): float(np.abs(reference - whole)[positions].max()),
        "chunks of 48": float(np.abs(whole - chunked).max()),
        "single steps": float(np.abs(whole - single).max()),
        "same top token": float((reference.argmax(-1) == whole.argmax(-1)).mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    decoder = load(args.checkpoint)
    shape = decoder.shape
    ids = torch.randint(10, shape.vocabulary, (shape.context - 33,), generator=torch.Generator().manual_seed(0)).tolist()
    shipped = compare(decoder, args.folder / "model.onnx", ids)
    with tempfile.TemporaryDirectory() as folder:
        # float32 activations isolate the export's correctness from the kernels' int8 rounding.
        exact_path = Path(folder) / "exact.onnx"
        onnx.save(graph.build(decoder, decoder.blocks[0].qkv.bits, accuracy_level=0), exact_path)
        exact = compare(decoder, exact_path, ids)
        assert exact["logits"] < 1e-3, exact
        text = Runner(exact_path, shape, shape.context).greedy(ids[:200], 32) == greedy(decoder, ids[:200], 32)
    print("float32 activations:", exact, "same greedy text:", text)
    print("shipped (accuracy level 4):", shipped)
    assert text


if __name__ == "__main__":
    main()
