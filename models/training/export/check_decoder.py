"""Compare an exported folder with PyTorch: logits, chunked prefill in a static cache, greedy text.

    python -m export.check_decoder CHECKPOINT.pt FOLDER
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from export import graph
from export.export_decoder import load
from model.decoder import Decoder


class Runner:
    """The exported graph as the editor runs it: static cache buffers, new rows written at `length`."""

    def __init__(self, model: Path | bytes, shape, capacity: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self.session = onnxruntime.InferenceSession(model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"])
        self.names = [f"{layer}.{side}" for layer in range(shape.layers) for side in ("key", "value")]
        # NaN shows at once if a row beyond the valid ones were ever read.
        self.cache = {name: np.full((1, shape.kv_heads, capacity, shape.head_size), np.nan, np.float32) for name in self.names}
        self.length = 0

    def step(self, ids: list[int], keep: int = 1) -> np.ndarray:
        """Append ids to the cache; logits [keep, vocabulary] of the last `keep` of them."""
        feeds = {"input_ids": np.array([ids], np.int64), "past_length": np.array([self.length], np.int64), "num_logits_to_keep": np.array([keep], np.int64)}
        feeds |= {f"past_key_values.{name}": self.cache[name] for name in self.names}
        logits, *rows = self.session.run(["logits", *(f"present.{name}" for name in self.names)], feeds)
        for name, new in zip(self.names, rows):
            self.cache[name][:, :, self.length : self.length + len(ids)] = new
        self.length += len(ids)
        return logits[0]

    def chunks(self, ids: list[int], size: int) -> np.ndarray:
        """All logits [len(ids), vocabulary], `size` tokens at a time."""
        return np.concatenate([self.step(ids[at : at + size], len(ids[at : at + size])) for at in range(0, len(ids), size)])

    def greedy(self, ids: list[int], count: int) -> list[int]:
        self.length = 0
        chosen = [int(self.step(ids)[-1].argmax())]
        while len(chosen) < count:
            chosen.append(int(self.step(chosen[-1:])[-1].argmax()))
        return chosen


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
