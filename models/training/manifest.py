"""glassbox.json: what a model folder is and the checksum of every file in it (docs/model-folder.md)."""

import hashlib
import json
from pathlib import Path

FORMAT = 1


def file_entry(path: Path) -> dict:
    data = path.read_bytes()
    return {"path": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def write_manifest(folder: Path, fields: dict, files: list[str]) -> None:
    """Write `fields` and the entries of `files`, which lie in the folder already."""
    content = {"format": FORMAT, **fields, "files": [file_entry(folder / name) for name in files]}
    (folder / "glassbox.json").write_text(json.dumps(content, indent=2) + "\n")
