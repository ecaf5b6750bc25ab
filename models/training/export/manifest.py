"""glassbox.json: what a model folder is and the checksum of every file in it (docs/model-folder.md)."""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import onnx

FORMAT = 1


def file_entry(path: Path) -> dict:
    data = path.read_bytes()
    return {"path": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def write_manifest(folder: Path, fields: dict, files: list[str]) -> None:
    """Write `fields` and the entries of `files`, which lie in the folder already."""
    content = {"format": FORMAT, **fields, "files": [file_entry(folder / name) for name in files]}
    (folder / "glassbox.json").write_text(json.dumps(content, indent=2) + "\n")


def write_model_folder(folder: Path, graph: onnx.ModelProto, tokenizer: Path, fields: dict) -> None:
    """Graph, tokenizer and manifest; `fields` is what the manifest says besides the names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(graph, folder / "model.onnx")
    if tokenizer.resolve() != (folder / "tokenizer.json").resolve():
        shutil.copyfile(tokenizer, folder / "tokenizer.json")
    write_manifest(folder, {**fields, "license": "MIT", "graph": "model.onnx", "tokenizer": "tokenizer.json"}, ["model.onnx", "tokenizer.json"])


def export_arguments(description: str) -> argparse.ArgumentParser:
    """Of a command that writes a model folder from a checkpoint."""
    parser = argparse.ArgumentParser(description=description)
    for name in ("checkpoint", "tokenizer", "folder"):
        parser.add_argument(name, type=Path)
    for name in ("--name", "--version"):
        parser.add_argument(name, required=True)
    return parser
