"""Write a base's tokenizer.json; print its sizes and special tokens.

    python -m adapter.describe_base SmolLM2-135M-Instruct.Q4_1.gguf OUT      OUT/tokenizer.json
"""

import argparse
from pathlib import Path

from gguf import GGUFReader

from adapter.base import CONTROL, fields, read_tokenizer, shape_of
from tokenizer.byte_pairs import save


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gguf", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    save(read_tokenizer(args.gguf), args.out / "tokenizer.json")
    metadata = fields(GGUFReader(args.gguf))
    print(shape_of(metadata))
    print({at: token for at, token in enumerate(metadata["tokenizer.ggml.tokens"]) if metadata["tokenizer.ggml.token_type"][at] == CONTROL})


if __name__ == "__main__":
    main()
