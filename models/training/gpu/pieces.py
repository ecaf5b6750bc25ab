"""Cut files into pieces small enough to travel, and join them again.

    python gpu/pieces.py cut  FOLDER FILE…     FOLDER/piece-000… and FOLDER/pieces.json
    python gpu/pieces.py join FOLDER OUT       the files whose pieces are all there again, every hash compared

Checkpoints are reduced to bfloat16 without optimiser state first: from them training goes on with a new warm-up.
"""

import argparse
import hashlib
import io
import json
from pathlib import Path

import torch

PIECE = 15 << 20


def reduced(path: Path) -> bytes:
    """A file's bytes; of a checkpoint only shape and weights, in bfloat16."""
    if path.suffix != ".pt":
        return path.read_bytes()
    stored = torch.load(path, map_location="cpu", weights_only=True)
    kept = {key: stored[key] for key in ("shape", "body_bits", "step", "tokens", "start", "end") if key in stored}
    buffer = io.BytesIO()
    torch.save({**kept, "model": {name: weight.bfloat16() for name, weight in stored["model"].items()}}, buffer)
    return buffer.getvalue()


def cut(folder: Path, files: list[Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    entries, number = [], 0
    for path in files:
        data = reduced(path)
        pieces = []
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            name = f"piece-{number:03}"
            (folder / name).write_bytes(piece)
            pieces.append({"name": name, "sha256": hashlib.sha256(piece).hexdigest()})
            number += 1
        entries.append({"file": path.name, "bytes": len(data), "pieces": pieces})
    (folder / "pieces.json").write_text(json.dumps(entries, indent=1) + "\n")
    print(number, "pieces of", len(files), "files")


def join(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for entry in json.loads((folder / "pieces.json").read_text()):
        if missing := [piece["name"] for piece in entry["pieces"] if not (folder / piece["name"]).exists()]:
            print(entry["file"], "still needs", *missing)
            continue
        parts = []
        for piece in entry["pieces"]:
            data = (folder / piece["name"]).read_bytes()
            if hashlib.sha256(data).hexdigest() != piece["sha256"]:
                raise ValueError(f"{piece['name']} of {entry['file']} arrived damaged; return it again")
            parts.append(data)
        (out / entry["file"]).write_bytes(b"".join(parts))
        print(entry["file"], entry["bytes"], "bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("cut", "join"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("paths", type=Path, nargs="+")
    args = parser.parse_args()
    if args.action == "cut":
        cut(args.folder, args.paths)
    else:
        join(args.folder, args.paths[0])


if __name__ == "__main__":
    main()
