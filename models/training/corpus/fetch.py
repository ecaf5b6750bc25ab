"""Download the pinned packages with the registries' own clients and unpack them.

    python -m corpus.fetch packages.json CACHE          verify against the pinned hashes
    python -m corpus.fetch packages.json CACHE --pin    resolve what has no version or hash yet, and write it back

A list is `[{registry, name, version, license, sha256, split}]`; registries are those of corpus/clients.py.
"""

import argparse
import hashlib
import json
import re
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from corpus.clients import CLIENTS, ClientError
from corpus.licenses import IDENTITY, permissive
from corpus.packages import folder_of

PARALLEL = 6


class FetchError(Exception):
    """A package that cannot be had, does not match its pin, or is not under a permissive licence."""


def download(package: dict, into: Path) -> Path:
    """The archive of one package at its pinned version (or the newest one while pinning)."""
    into.mkdir(parents=True, exist_ok=True)
    if not any(into.iterdir()):
        CLIENTS[package["registry"]](package["name"], package.get("version"), into)
    return next(into.iterdir())


def unpack(archive: Path, folder: Path) -> None:
    """Extract regular files only; tarfile's filter and zipfile refuse paths that leave the folder."""
    if folder.exists():
        return
    partial = folder.parent / (folder.name + ".partial")
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(partial)
    else:
        with tarfile.open(archive) as tarball:
            tarball.extractall(partial, filter="data", members=[member for member in tarball if member.isfile()])
    partial.rename(folder)


def fetch(package: dict, cache: Path, pin: bool) -> dict:
    """Download, verify and unpack one package; returns its entry (completed when pinning)."""
    if not pin and not (package.get("version") and package.get("sha256")):
        raise FetchError("not pinned")
    archive = download(package, cache / "archives" / package["registry"] / package["name"].replace("/", "__"))
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    if package.get("sha256", sha256) != sha256:
        raise FetchError(f"SHA-256 {sha256} is not the pinned {package['sha256']}")
    folder = folder_of(package, cache)
    unpack(archive, folder)
    version, license = IDENTITY[package["registry"]](folder)
    if found := re.search(r"_(.+)\.orig\.tar\.\w+$", archive.name):
        version = found.group(1)
    if package.get("split") != "heldout" and not permissive(license):
        raise FetchError(f"licence {license!r} is not on the permissive list")
    return {**package, "version": package.get("version") or version, "license": license, "sha256": sha256}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("list", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--pin", action="store_true")
    args = parser.parse_args()
    packages = json.loads(args.list.read_text())

    def attempt(package: dict) -> dict | str:
        try:
            return fetch(package, args.cache, args.pin)
        except (FetchError, ClientError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
            return f"{package['name']}: {error}"
        except StopIteration:
            return f"{package['name']}: the package does not state its version and licence where its registry's packages do"

    with ThreadPoolExecutor(PARALLEL) as pool:
        results = list(pool.map(attempt, packages))
    failures = [result for result in results if isinstance(result, str)]
    print(f"{len(results) - len(failures)} packages, {len(failures)} failed", *failures, sep="\n  ")
    if args.pin:
        lines = ",\n".join(json.dumps(result) for result in results if isinstance(result, dict))
        args.list.write_text(f"[\n{lines}\n]\n")
    elif failures:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
