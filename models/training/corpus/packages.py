"""Where a fetched package is unpacked, and the source texts in it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from corpus import filters

WRAPPING = re.compile(r"\Apackage/|\A[^/]+-\d+\.\d[^/]*/|\A.*?@v\d[^/]*/")
"""The folder that npm, Cargo and Go put around a package's files."""
OUTSIDE = re.compile(r"\A(?:webpack://[^/]*/|\w+://|\.{1,2}/|/)+")
"""What stands before a path in a source map."""


def folder_of(package: dict, cache: Path) -> Path:
    """Where a package is unpacked; '@scope/name' becomes one folder name."""
    return cache / "unpacked" / package["registry"] / package["name"].replace("/", "__")


def sources(folder: Path) -> Iterator[tuple[str, str]]:
    """(path inside the package, text) of every readable source file."""
    for path in sorted(folder.rglob("*")):
        # The standard library's folder also holds whatever else is installed: not part of it.
        if path.is_file() and filters.language_of(path.name) and "site-packages" not in path.parts:
            try:
                yield WRAPPING.sub("", path.relative_to(folder).as_posix(), count=1), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def originals(folder: Path) -> Iterator[tuple[str, str]]:
    """(path, text) of the sources that a package ships inside its source maps: of many the only place where they are."""
    for path in sorted(folder.rglob("*.map")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            for name, text in zip(content["sources"], content["sourcesContent"]):
                if isinstance(name, str) and isinstance(text, str) and filters.language_of(name):
                    yield OUTSIDE.sub("", name), text
        except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError):
            continue
