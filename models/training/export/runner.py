"""Runs an exported decoder as the editor does: used by comparisons, fixtures and measurements."""

from pathlib import Path

import numpy as np
import onnxruntime


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
