"""Write the decoder's ONNX graph: MatMulNBits for matrices, GroupQueryAttention with rotation inside.

Inputs and outputs are those of docs/model-folder.md. The graph is written node by node because it must return
only the new cache rows and the last logits, and must use one 8-bit table for both embedding and read-out.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model.decoder import Decoder, Shape
from model.quantize import BLOCK, codes_of, scales_of

CONTRIB = "com.microsoft"


def packed(codes: np.ndarray, bits: int, block: int = BLOCK) -> np.ndarray:
    """[out, in] codes → MatMulNBits' [out, in / block, block · bits / 8] bytes, the lower code in the lower half."""
    blocks = codes.reshape(codes.shape[0], -1, block)
    return blocks if bits == 8 else blocks[..., 0::2] | (blocks[..., 1::2] << 4)


class Writer:
    """Collects nodes and constants; every method returns the name of what it adds."""

    def __init__(self, accuracy_level: int):
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.accuracy_level = accuracy_level

    def constant(self, name: str, value: np.ndarray) -> str:
        if all(existing.name != name for existing in self.constants):
            self.constants.append(numpy_helper.from_array(np.require(value, requirements="C"), name))
        return name

    def integers(self, *values: int) -> str:
        return self.constant("int64_" + "_".join(map(str, values)), np.array(values, np.int64))

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", outputs: list[str] | None = None, **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, outputs or [output], name=output, domain=domain, **attributes))
        return output

    def matrix(self, x: str, name: str, weight, bits: int) -> str:
        """x @ weight.T with the weight stored in `bits` bits."""
        rows, columns = weight.shape
        scales = scales_of(weight, bits)
        codes = codes_of(weight, scales, bits).numpy()
        inputs = [x, self.constant(name + ".codes", packed(codes, bits)), self.constant(name + ".scales", scales.numpy())]
        return self.node(
            "MatMulNBits", inputs, name + ".product", CONTRIB,
            K=columns, N=rows, bits=bits, block_size=BLOCK, accuracy_level=self.accuracy_level,
        )


def write_lengths(w: Writer) -> None:
    """From past_length and the number of ids: what attention and the cache slices need."""
    w.node("Shape", ["input_ids"], "new_length", start=1, end=2)
    w.node("Add", ["past_length", "new_length"], "total_length")
    w.node("Sub", ["total_length", w.integers(1)], "last_position")
    w.node("Cast", ["last_position"], "seqlens_k", to=TensorProto.INT32)
    w.node("Squeeze", ["total_length"], "total_scalar")
    w.node("Cast", ["total_scalar"], "total_sequence_length", to=TensorProto.INT32)
    w.node("Neg", ["num_logits_to_keep"], "first_kept")


def write_rotation(w: Writer, shape: Shape) -> None:
    """Cosines and sines from a range: folded to constants at load, not shipped."""
    half = np.arange(0, shape.head_size, 2, dtype=np.float32) / shape.head_size
    frequencies = w.constant("frequencies", (1.0 / shape.rope_base**half).astype(np.float32)[None])
    positions = w.node("Range", [w.constant("zero", np.float32(0)), w.constant("limit", np.float32(shape.context)), w.constant("one", np.float32(1))], "positions")
    w.node("Mul", [w.node("Unsqueeze", [positions, w.integers(1)], "position_column"), frequencies], "angles")
    w.node("Cos", ["angles"], "cosines")
    w.node("Sin", ["angles"], "sines")


def write_embedding(w: Writer, decoder: Decoder) -> str:
    """Rows of the 8-bit table, expanded: the same constants as the read-out's."""
    table = decoder.table.detach()
    scales = scales_of(table, 8)
    codes = w.constant("table.codes", packed(codes_of(table, scales, 8).numpy(), 8))
    rows = w.node("Gather", [codes, "input_ids"], "table.rows")
    centred = w.node("Sub", [w.node("Cast", [rows], "table.floats", to=TensorProto.FLOAT), w.constant("centre", np.float32(128))], "table.centred")
    row_scales = w.node("Gather", [w.constant("table.scales", scales.numpy()), "input_ids"], "table.row_scales")
    scaled = w.node("Mul", [centred, w.node("Unsqueeze", [row_scales, w.integers(-1)], "table.row_scale_column")], "table.scaled")
    return w.node("Reshape", [scaled, w.integers(0, 0, decoder.shape.width)], "embedded")


def write_norm(w: Writer, x: str, name: str, gain, epsilon: float) -> str:
    return w.node("SimplifiedLayerNormalization", [x, w.constant(name + ".gain", gain.detach().numpy())], name, epsilon=epsilon, axis=-1)


def write_added_norm(w: Writer, x: str, update: str, name: str, gain, epsilon: float) -> tuple[str, str]:
    """(normalised sum, sum) of the stream and an update, in one node."""
    total = name + ".stream"
    w.node(
        "SkipSimplifiedLayerNormalization", [x, update, w.constant(name + ".gain", gain.detach().numpy())],
        name, CONTRIB, outputs=[name, "", "", total], epsilon=epsilon,
    )
    return name, total


def write_attention(w: Writer, shape: Shape, layer: int, normalised: str, block, bits: int) -> str:
    """Grouped attention over cache and new tokens; `present` keeps only the new rows."""
    name = f"layers.{layer}"
    qkv = w.matrix(normalised, f"{name}.qkv", block.qkv.weight.detach(), bits)
    sides = {side: f"{name}.cache.{side}" for side in ("key", "value")}
    w.node(
        "GroupQueryAttention",
        [qkv, "", "", f"past_key_values.{layer}.key", f"past_key_values.{layer}.value", "seqlens_k", "total_sequence_length", "cosines", "sines"],
        f"{name}.mixed", CONTRIB, outputs=[f"{name}.mixed", *sides.values()],
        num_heads=shape.heads, kv_num_heads=shape.kv_heads, do_rotary=1, rotary_interleaved=0, scale=shape.head_size**-0.5,
    )
    for side, whole in sides.items():
        w.node("Slice", [whole, "past_length", "total_length", w.integers(2)], f"present.{layer}.{side}")
    return w.matrix(f"{name}.mixed", f"{name}.out", block.out.weight.detach(), bits)


def write_mlp(w: Writer, layer: int, normalised: str, block, bits: int) -> str:
    name = f"layers.{layer}"
    both = w.matrix(normalised, f"{name}.gate_up", block.gate_up.weight.detach(), bits)
    gate, up = f"{name}.gate", f"{name}.up"
    w.node("Split", [both], f"{name}.halves", outputs=[gate, up], axis=-1, num_outputs=2)
    activated = w.node("Mul", [gate, w.node("Sigmoid", [gate], f"{name}.sigmoid")], f"{name}.silu")
    return w.matrix(w.node("Mul", [activated, up], f"{name}.gated"), f"{name}.down", block.down.weight.detach(), bits)


def interface(shape: Shape) -> tuple[list, list]:
    """The graph's typed inputs and outputs."""
    info = helper.make_tensor_value_info
    inputs = [info("input_ids", TensorProto.INT64, [1, "S"]), info("past_length", TensorProto.INT64, [1]), info("num_logits_to_keep", TensorProto.INT64, [1])]
    outputs = [info("logits", TensorProto.FLOAT, [1, "K", shape.vocabulary])]
    for layer in range(shape.layers):
        for side in ("key", "value"):
            inputs.append(info(f"past_key_values.{layer}.{side}", TensorProto.FLOAT, [1, shape.kv_heads, "C", shape.head_size]))
            outputs.append(info(f"present.{layer}.{side}", TensorProto.FLOAT, [1, shape.kv_heads, "S", shape.head_size]))
    return inputs, outputs


def build(decoder: Decoder, body_bits: int = 4, accuracy_level: int = 4) -> onnx.ModelProto:
    """The whole graph. Accuracy level 4 rounds activations to int8 inside the kernels; 0 keeps them float32."""
    shape, w = decoder.shape, Writer(accuracy_level)
    write_lengths(w)
    write_rotation(w, shape)
    stream = write_embedding(w, decoder)
    normalised = write_norm(w, stream, "layers.0.attention_norm", decoder.blocks[0].attention_norm.weight, shape.norm_epsilon)
    following = [block.attention_norm.weight for block in decoder.blocks[1:]]
    for layer, block in enumerate(decoder.blocks):
        update = write_attention(w, shape, layer, normalised, block, body_bits)
        normalised, stream = write_added_norm(w, stream, update, f"layers.{layer}.mlp_norm", block.mlp_norm.weight, shape.norm_epsilon)
        update = write_mlp(w, layer, normalised, block, body_bits)
        if layer < len(following):
            normalised, stream = write_added_norm(w, stream, update, f"layers.{layer + 1}.attention_norm", following[layer], shape.norm_epsilon)
    stream = w.node("Add", [stream, update], "final.stream")
    end = w.integers(np.iinfo(np.int64).max)
    kept = w.node("Slice", [stream, "first_kept", end, w.integers(1)], "final.kept")
    final = write_norm(w, kept, "final.norm", decoder.norm.weight, shape.norm_epsilon)
    w.node("Identity", [w.matrix(final, "table", decoder.table.detach(), 8)], "logits")
    inputs, outputs = interface(shape)
    graph = helper.make_graph(w.nodes, "glassbox-decoder", inputs, outputs, w.constants)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="glassbox")
