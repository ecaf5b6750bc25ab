"""Under which licence a package is, as an SPDX expression, read from what it ships."""

import json
import re
import tomllib
from pathlib import Path

PERMISSIVE = {
    "MIT", "MIT-0", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "PSF-2.0", "Python-2.0", "Zlib", "Unlicense",
}
CLASSIFIERS = {
    "MIT License": "MIT", "Apache Software License": "Apache-2.0", "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC", "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense", "zlib/libpng License": "Zlib",
}
SPELLINGS = {"MIT License": "MIT", "BSD": "BSD-3-Clause", "Apache 2.0": "Apache-2.0", "Apache License 2.0": "Apache-2.0", "Apache 2.0 License": "Apache-2.0"}
WORDINGS = {
    r"Apache License\s+Version 2\.0": "Apache-2.0",
    r"Permission is hereby granted, free of charge": "MIT",
    r"Permission to use, copy, modify, and(?:/or)? distribute this software": "ISC",
    r"Neither the name of .{0,200}? may be used to endorse": "BSD-3-Clause",
    r"Redistribution and use in source and binary forms": "BSD-2-Clause",
    r"This software is provided 'as-is', without any express or implied\s+warranty": "Zlib",
}
COPYLEFT = re.compile(r"GNU (?:LESSER |AFFERO )?GENERAL PUBLIC|Mozilla Public License|Eclipse Public License", re.I)


def permissive(expression: str) -> bool:
    """Whether an expression lets us train on the code: every AND part, one OR part ("/" is an old OR)."""
    parts = re.split(r"\s+AND\s+", expression.strip("() "))
    return all(any(option.strip("() ") in PERMISSIVE for option in re.split(r"\s+OR\s+|/", part)) for part in parts)


def npm(folder: Path) -> tuple[str, str]:
    """(version, licence) of an unpacked npm package."""
    manifest = json.loads(next(folder.glob("*/package.json")).read_text())
    license = manifest.get("license") or manifest.get("licenses") or ""
    if isinstance(license, list):
        license = " OR ".join(entry.get("type", "") for entry in license)
    return manifest["version"], license.get("type", "") if isinstance(license, dict) else license


def pypi(folder: Path) -> tuple[str, str]:
    """(version, licence) of an unpacked wheel."""
    metadata = next(folder.glob("*.dist-info/METADATA")).read_text(errors="replace").split("\n\n")[0]
    version = re.search(r"^Version: (.+)$", metadata, re.M).group(1)
    if expression := re.search(r"^License-Expression: (.+)$", metadata, re.M):
        return version, expression.group(1)
    names = re.findall(r"^Classifier: License :: (?:OSI Approved :: )?(.+)$", metadata, re.M)
    if known := [CLASSIFIERS[name] for name in names if name in CLASSIFIERS]:
        return version, " AND ".join(known)
    stated = re.search(r"^License: (.+)$", metadata, re.M)
    return version, SPELLINGS.get(stated.group(1).strip(), stated.group(1).strip()) if stated else ""


def crates(folder: Path) -> tuple[str, str]:
    """(version, licence) of an unpacked crate."""
    package = tomllib.loads(next(folder.glob("*/Cargo.toml")).read_text())["package"]
    return package["version"], package.get("license", "")


def by_wording(folder: Path, pattern: str = "**/*") -> str:
    """The licence whose words a package's licence files use; '' where none is known or one is copyleft."""
    texts = [path.read_text(errors="replace") for path in sorted(folder.glob(pattern)) if path.is_file() and re.match(r"(LICEN[CS]E|COPYING)", path.name, re.I)]
    if any(COPYLEFT.search(text) for text in texts):
        return ""
    found = [next((name for wording, name in WORDINGS.items() if re.search(wording, text, re.S)), "") for text in texts]
    return " AND ".join(sorted(set(found))) if found and all(found) else ""


def go(folder: Path) -> tuple[str, str]:
    """(version, licence) of an unpacked module; its folders are named module@version."""
    version = next(re.search(r"@(v[^/]+)/", path.as_posix()).group(1) for path in folder.rglob("*") if "@v" in path.as_posix() and path.is_file())
    return version, by_wording(folder)


def maven(folder: Path) -> tuple[str, str]:
    """('', licence) of an unpacked sources archive, which does not state its version."""
    return "", by_wording(folder)


def debian(folder: Path) -> tuple[str, str]:
    """('', licence) of an unpacked upstream archive; its top-level licence files speak for it."""
    return "", by_wording(next(path for path in folder.iterdir() if path.is_dir()), "*")


IDENTITY = {"npm": npm, "pypi": pypi, "crates": crates, "go": go, "maven": maven, "debian": debian}
