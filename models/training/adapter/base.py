"""A decoder of the LLaMA family and its tokenizer, read from the GGUF file in which a package brings them.

`read_decoder` gives the weights as they are stored (a quantised matrix as the float32 values that its codes stand for) in
the modules of model/decoder.py. The adapter's training stands on it; the product reads the same file by itself (src/modelFolder/gguf).
"""

from pathlib import Path

import numpy as np
import torch
from gguf import GGUFReader
from gguf.quants import dequantize
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from model.decoder import Decoder, Shape, rotary

CONTROL = 3
"""The type of a token that stands for no text (GGUF specification, `tokenizer.ggml.token_type`)."""


def fields(reader: GGUFReader) -> dict:
    """The file's metadata by name."""
    return {name: field.contents() for name, field in reader.fields.items()}


def shape_of(metadata: dict) -> Shape:
    """Sizes of a decoder. `context` is the file's: rotation angles are kept for as many positions."""
    sizes = {name.removeprefix("llama."): value for name, value in metadata.items() if name.startswith("llama.")}
    heads, width = sizes["attention.head_count"], sizes["embedding_length"]
    return Shape(
        vocabulary=len(metadata["tokenizer.ggml.tokens"]), width=width, layers=sizes["block_count"], heads=heads,
        kv_heads=sizes["attention.head_count_kv"], hidden=sizes["feed_forward_length"], context=sizes["context_length"],
        head_size=width // heads, rope_base=sizes["rope.freq_base"], norm_epsilon=sizes["attention.layer_norm_rms_epsilon"],
    )


def halves(rows: torch.Tensor, head_size: int) -> torch.Tensor:
    """Rows [heads · head_size, in] of a query or key matrix in the order of `model.rotate`, which turns halves of a head.

    A GGUF file of this family has them for rotation in pairs: row 2i of a head beside row 2i + 1 (llama.cpp,
    convert_hf_to_gguf.py, `permute`).
    """
    return rows.unflatten(0, (-1, head_size // 2, 2)).transpose(1, 2).flatten(0, 2)


def read_decoder(path: Path) -> Decoder:
    """The decoder of a GGUF file with a tied table, float32, in evaluation mode."""
    reader = GGUFReader(path)
    shape = shape_of(fields(reader))
    stored = {tensor.name: torch.from_numpy(np.array(dequantize(tensor.data, tensor.tensor_type), np.float32)) for tensor in reader.tensors}
    with torch.device("meta"):
        decoder = Decoder(shape)
    state = {"table": stored["token_embd.weight"], "norm.weight": stored["output_norm.weight"]}
    for layer in range(shape.layers):
        part = {name.removeprefix(f"blk.{layer}.").removesuffix(".weight"): values for name, values in stored.items() if name.startswith(f"blk.{layer}.")}
        queries, keys = (halves(part[name], shape.head_size) for name in ("attn_q", "attn_k"))
        state |= {
            f"blocks.{layer}.attention_norm.weight": part["attn_norm"],
            f"blocks.{layer}.qkv.weight": torch.cat((queries, keys, part["attn_v"])),
            f"blocks.{layer}.out.weight": part["attn_output"],
            f"blocks.{layer}.mlp_norm.weight": part["ffn_norm"],
            f"blocks.{layer}.gate_up.weight": torch.cat((part["ffn_gate"], part["ffn_up"])),
            f"blocks.{layer}.down.weight": part["ffn_down"],
        }
    decoder.load_state_dict(state, assign=True)
    decoder.cos, decoder.sin = rotary(shape, shape.context)
    return decoder.eval()


def read_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer of a GGUF file whose text is cut as SmolLM's: each digit alone, then as GPT-2 does."""
    metadata = fields(GGUFReader(path))
    if metadata["tokenizer.ggml.pre"] != "smollm":
        raise ValueError(f"{path.name} has the pre-tokenizer {metadata['tokenizer.ggml.pre']}; only smollm is known here")
    tokens = metadata["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in metadata["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab={token: at for at, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    control = [token for token, kind in zip(tokens, metadata["tokenizer.ggml.token_type"]) if kind == CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    return tokenizer
