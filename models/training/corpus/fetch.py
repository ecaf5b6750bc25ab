"""Download the pinned packages with the registries' own clients and unpack them.

    python -m corpus.fetch packages.json CACHE          verify against the pinned hashes
    python -m corpus.fetch packages.json CACHE --pin    resolve what has no version or hash yet, and write it back

A list is `[{registry, name, version, license, sha256, split}]`. Nothing of a package is executed:
npm packages come from `npm pack --ignore-scripts`, Python ones as wheels (never source
distributions, whose metadata step would run their code).
"""

import argparse
import hashlib
import json
import re
import subprocess
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PERMISSIVE = {
    "MIT", "MIT-0", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "PSF-2.0", "Python-2.0", "Zlib", "Unlicense",
}
CLASSIFIERS = {
    "MIT License": "MIT", "Apache Software License": "Apache-2.0", "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC", "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense", "zlib/libpng License": "Zlib",
}
SPELLINGS = {"MIT License": "MIT", "BSD": "BSD-3-Clause", "Apache 2.0": "Apache-2.0", "Apache License 2.0": "Apache-2.0"}


class FetchError(Exception):
    """A package that cannot be had, does not match its pin, or is not under a permissive licence."""


def folder_of(package: dict, cache: Path) -> Path:
    """Where a package is unpacked; '@scope/name' becomes one folder name."""
    return cache / "unpacked" / package["registry"] / package["name"].replace("/", "__")


def permissive(license: str) -> bool:
    """Whether an SPDX expression lets us train on the code: every AND part, one OR part."""
    parts = re.split(r"\s+AND\s+", license.strip("() "))
    return all(any(option.strip("() ") in PERMISSIVE for option in re.split(r"\s+OR\s+", part)) for part in parts)


def download(package: dict, into: Path) -> Path:
    """The archive of one package at its pinned version (or the newest one while pinning)."""
    into.mkdir(parents=True, exist_ok=True)
    kept = sorted(into.iterdir())
    if kept:
        return kept[0]
    if package["registry"] == "npm":
        wanted = f"{package['name']}@{package.get('version') or 'latest'}"
        command = ["npm", "pack", wanted, "--ignore-scripts", "--silent", "--pack-destination", str(into)]
    else:
        wanted = package["name"] + (f"=={package['version']}" if package.get("version") else "")
        command = ["pip", "download", wanted, "--no-deps", "--only-binary", ":all:", "-q", "-d", str(into)]
    done = subprocess.run(command, capture_output=True, text=True)
    kept = sorted(into.iterdir())
    if done.returncode != 0 or not kept:
        raise FetchError(f"{wanted}: {done.stderr.strip().splitlines()[-1:] or 'nothing was downloaded'}")
    return kept[0]


def unpack(archive: Path, folder: Path) -> None:
    """Extract regular files only; links and paths that leave the folder are refused by the filters of tarfile/zipfile."""
    if folder.exists():
        return
    partial = folder.parent / (folder.name + ".partial")
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(partial)
    else:
        with tarfile.open(archive) as tarball:
            tarball.extractall(partial, filter="data", members=[m for m in tarball if m.isfile()])
    partial.rename(folder)


def identity(package: dict, folder: Path) -> tuple[str, str]:
    """(version, SPDX licence) as the unpacked package itself states them."""
    if package["registry"] == "npm":
        manifest = json.loads((next(folder.glob("*/package.json"))).read_text())
        license = manifest.get("license") or manifest.get("licenses") or ""
        if isinstance(license, list):
            license = " OR ".join(entry.get("type", "") for entry in license)
        return manifest["version"], license.get("type", "") if isinstance(license, dict) else license
    metadata = next(folder.glob("*.dist-info/METADATA")).read_text(errors="replace").split("\n\n")[0]
    version = re.search(r"^Version: (.+)$", metadata, re.M).group(1)
    if expression := re.search(r"^License-Expression: (.+)$", metadata, re.M):
        return version, expression.group(1)
    names = re.findall(r"^Classifier: License :: (?:OSI Approved :: )?(.+)$", metadata, re.M)
    if known := [CLASSIFIERS[name] for name in names if name in CLASSIFIERS]:
        return version, " AND ".join(known)
    stated = re.search(r"^License: (.+)$", metadata, re.M)
    return version, SPELLINGS.get(stated.group(1).strip(), stated.group(1).strip()) if stated else ""


def fetch(package: dict, cache: Path, pin: bool) -> dict:
    """Download, verify and unpack one package; returns its entry (completed when pinning)."""
    if not pin and not (package.get("version") and package.get("sha256")):
        raise FetchError(f"not pinned")
    archive = download(package, cache / "archives" / package["registry"] / package["name"].replace("/", "__"))
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    if package.get("sha256", sha256) != sha256:
        raise FetchError(f"SHA-256 {sha256} is not the pinned {package['sha256']}")
    folder = folder_of(package, cache)
    unpack(archive, folder)
    version, license = identity(package, folder)
    if package.get("split") != "heldout" and not permissive(license):
        raise FetchError(f"{package['name']}@{version}: licence {license!r} is not on the permissive list")
    return {**package, "version": version, "license": license, "sha256": sha256}


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
        except (FetchError, OSError, tarfile.TarError, StopIteration) as error:
            return f"{package['name']}: {error}"

    with ThreadPoolExecutor(6) as pool:
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
