"""Write the encoder's model folder from a checkpoint and compare it with PyTorch.

    python -m search.export_encoder CHECKPOINT.pt TOKENIZER.json ../encoder --name glassbox-encoder-v1 --version 1.0.0

The graph takes padded texts (input_ids, attention_mask: [B, S] int64) and gives `last_hidden_state` [B, S, width]; pooling
(mean) and the tokens in front of a text stand in glassbox.json. Matrices have 8 bits, the table too.
"""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper

from data.layout import SPECIALS
from export.graph import CONTRIB, Writer, write_added_norm, write_embedding, write_mlp, write_norm, write_rotation
from export.manifest import export_arguments, write_model_folder
from model.decoder import Shape
from search.encoder import Encoder, padded

FARTHEST = 1e-3
"""Largest cosine distance between the exported graph's vectors and PyTorch's."""


def load(checkpoint: Path) -> Encoder:
    stored = torch.load(checkpoint, map_location="cpu", weights_only=True)
    encoder = Encoder(Shape(**stored["shape"]))
    encoder.load_state_dict(stored["model"])
    encoder.stack.quantized(stored["body_bits"], 8)
    return encoder.float().eval()


def write_attention(w: Writer, shape: Shape, layer: int, normalised: str, block, bits: int) -> str:
    """Attention in both directions; padding is told by the mask."""
    name = f"layers.{layer}"
    qkv = w.matrix(normalised, f"{name}.qkv", block.qkv.weight.detach(), bits)
    q, k, v = (f"{name}.{part}" for part in "qkv")
    w.node("Split", [qkv], f"{name}.parts", outputs=[q, k, v], axis=-1, num_outputs=3)
    rotated = [
        w.node("RotaryEmbedding", [part, "first_position", "cosines", "sines"], part + ".rotated", CONTRIB, num_heads=shape.heads, rotary_embedding_dim=0, interleaved=0)
        for part in (q, k)
    ]
    mixed = w.node(
        "MultiHeadAttention", [*rotated, v, "", "mask"], f"{name}.mixed", CONTRIB, num_heads=shape.heads, scale=shape.head_size**-0.5,
    )
    return w.matrix(mixed, f"{name}.out", block.out.weight.detach(), bits)


def build(encoder: Encoder, bits: int = 8, accuracy_level: int = 4) -> onnx.ModelProto:
    """The whole graph. Accuracy level 4 rounds activations to int8 inside the kernels; 0 keeps them float32."""
    shape, stack, w = encoder.shape, encoder.stack, Writer(accuracy_level)
    w.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    w.constant("first_position", np.zeros(1, np.int64))
    write_rotation(w, shape)
    stream = write_embedding(w, stack)
    normalised = write_norm(w, stream, "layers.0.attention_norm", stack.blocks[0].attention_norm.weight, shape.norm_epsilon)
    following = [*(block.attention_norm.weight for block in stack.blocks[1:]), stack.norm.weight]
    names = [*(f"layers.{layer}.attention_norm" for layer in range(1, shape.layers)), "final.norm"]
    for layer, block in enumerate(stack.blocks):
        update = write_attention(w, shape, layer, normalised, block, bits)
        normalised, stream = write_added_norm(w, stream, update, f"layers.{layer}.mlp_norm", block.mlp_norm.weight, shape.norm_epsilon)
        update = write_mlp(w, layer, normalised, block, bits)
        normalised, stream = write_added_norm(w, stream, update, names[layer], following[layer], shape.norm_epsilon)
    w.node("Identity", [normalised], "last_hidden_state")
    info = helper.make_tensor_value_info
    inputs = [info(name, TensorProto.INT64, ["B", "S"]) for name in ("input_ids", "attention_mask")]
    outputs = [info("last_hidden_state", TensorProto.FLOAT, ["B", "S", shape.width])]
    graph = helper.make_graph(w.nodes, "glassbox-encoder", inputs, outputs, w.constants)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="glassbox")


def distances(encoder: Encoder, model: Path, texts: list[list[int]]) -> float:
    """Largest cosine distance between the graph's mean states and PyTorch's over texts of different lengths."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    ids, present = padded(texts)
    with torch.no_grad():
        reference = F.normalize(encoder(ids, present), dim=-1)
    states = torch.from_numpy(session.run(["last_hidden_state"], {"input_ids": ids.numpy(), "attention_mask": present.long().numpy()})[0])
    vectors = F.normalize((states * present[..., None]).sum(1) / present.sum(1, keepdim=True), dim=-1)
    return float((1 - (reference * vectors).sum(-1)).max())


def check(encoder: Encoder, folder: Path) -> dict[str, float]:
    draw = torch.Generator().manual_seed(0)
    texts = [torch.randint(10, encoder.shape.vocabulary, (length,), generator=draw).tolist() for length in (1, 2, 17, encoder.shape.context // 2, encoder.shape.context)]
    with tempfile.TemporaryDirectory() as scratch:
        exact = Path(scratch) / "exact.onnx"
        onnx.save(build(encoder, accuracy_level=0), exact)
        found = {"float32 activations": distances(encoder, exact, texts), "as shipped": distances(encoder, folder / "model.onnx", texts)}
    assert found["float32 activations"] < 1e-5 and found["as shipped"] < FARTHEST, found
    return found


def write_folder(encoder: Encoder, tokenizer: Path, folder: Path, name: str, version: str) -> None:
    shape = encoder.shape
    write_model_folder(folder, build(encoder), tokenizer, {
        "name": name, "version": version, "role": "encoder", "contextLength": shape.context, "vocabularySize": shape.vocabulary,
        "dimension": shape.width, "pooling": "mean", "tokens": {role: SPECIALS[role] for role in ("query", "document", "pad")},
    })


def main() -> None:
    args = export_arguments(__doc__.splitlines()[0]).parse_args()
    encoder = load(args.checkpoint)
    write_folder(encoder, args.tokenizer, args.folder, args.name, args.version)
    print(sum(path.stat().st_size for path in args.folder.iterdir()), "bytes in", args.folder, check(encoder, args.folder))


if __name__ == "__main__":
    main()
