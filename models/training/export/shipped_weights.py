"""The weights of an exported folder, back in PyTorch: what fixtures are made from and larger decoders grow from."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from model.decoder import Decoder, Shape


def shipped(folder: Path) -> Decoder:
    """The decoder with the weights that its graph ships: codes times scales."""
    model = onnx.load(folder / "model.onnx")
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    attributes = {a.name: a for node in model.graph.node if node.op_type == "GroupQueryAttention" for a in node.attribute}
    heads, kv_heads = attributes["num_heads"].i, attributes["kv_num_heads"].i

    def matrix(name: str, bits: int) -> torch.Tensor:
        codes, scales = constants[name + ".codes"], constants[name + ".scales"]
        rows = codes.shape[0]
        if bits == 4:
            codes = np.stack((codes & 15, codes >> 4), -1)
        values = codes.reshape(rows, -1).astype(np.float32) - 2 ** (bits - 1)
        return torch.from_numpy(values * np.repeat(scales.reshape(rows, -1), values.size // scales.size, 1))

    bits = {node.name.removesuffix(".product"): a.i for node in model.graph.node if node.op_type == "MatMulNBits" for a in node.attribute if a.name == "bits"}
    table = matrix("table", bits["table"])
    layers = sum(name.endswith(".qkv.codes") for name in constants)
    hidden = matrix("layers.0.gate_up", bits["layers.0.gate_up"]).shape[0] // 2
    context = int(constants["limit"])
    decoder = Decoder(Shape(table.shape[0], table.shape[1], layers, heads, kv_heads, hidden, context)).eval()
    with torch.no_grad():
        decoder.table.copy_(table)
        decoder.norm.weight.copy_(torch.tensor(constants["final.norm.gain"]))
        for layer, block in enumerate(decoder.blocks):
            for name in ("qkv", "out", "gate_up", "down"):
                getattr(block, name).weight.copy_(matrix(f"layers.{layer}.{name}", bits[f"layers.{layer}.{name}"]))
            for name in ("attention_norm", "mlp_norm"):
                getattr(block, name).weight.copy_(torch.tensor(constants[f"layers.{layer}.{name}.gain"]))
    return decoder
