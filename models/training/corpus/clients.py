"""One function per registry: download one package with that registry's own client, into a folder.

None of them runs anything of the package: npm with --ignore-scripts, wheels instead of source distributions,
`cargo fetch` and `go mod download`, which only download.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path


class ClientError(Exception):
    """A registry's client failed; the message is its last line."""


def run(command: list[str], cwd: Path | None = None, **environment: str) -> str:
    """Standard output of a command."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise ClientError(f"{command[0]}: {lines[-1] if lines else f'exit {done.returncode}'}")
    return done.stdout


def npm(name: str, version: str | None, into: Path) -> None:
    run(["npm", "pack", f"{name}@{version or 'latest'}", "--ignore-scripts", "--silent", "--pack-destination", str(into)])


def pypi(name: str, version: str | None, into: Path) -> None:
    wanted = f"{name}=={version}" if version else name
    run(["pip", "download", wanted, "--no-deps", "--only-binary", ":all:", "-q", "-d", str(into)])


def crates(name: str, version: str | None, into: Path) -> None:
    """Cargo fetches what a manifest needs: one that needs only this crate, without its optional parts."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"={version}" if version else "*"
        manifest = f'[package]\nname = "wanted"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n"{name}" = {{ version = "{wanted}", default-features = false }}\n'
        Path(folder, "Cargo.toml").write_text(manifest)
        Path(folder, "lib.rs").touch()
        run(["cargo", "fetch", "--quiet"], cwd=Path(folder), CARGO_HOME=str(Path(folder, "home")))
        # Crates end in a version; of crates whose names begin alike the shortest file name is the wanted one.
        found = sorted(Path(folder, "home").glob(f"registry/cache/*/{name}-[0-9]*.crate"), key=lambda path: len(path.name))
        if not found:
            raise ClientError(f"cargo fetched no {name}")
        shutil.copy(found[0], into)


def go(name: str, version: str | None, into: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        answer = run(["go", "mod", "download", "-json", f"{name}@{version or 'latest'}"], cwd=Path(folder), GOMODCACHE=str(Path(folder, "cache")), GOFLAGS="-modcacherw")
        shutil.copy(json.loads(answer)["Zip"], into)


def maven(name: str, version: str | None, into: Path) -> None:
    """`name` is group:artifact; its sources archive. Maven has no "latest": the version must be given."""
    if not version:
        raise ClientError(f"{name}: Maven needs a version")
    goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
    run(["mvn", "-q", "-B", goal, f"-Dartifact={name}:{version}:jar:sources", f"-DoutputDirectory={into}"])


def debian(name: str, version: str | None, into: Path) -> None:
    """The upstream archive of a Debian source package in this machine's release, which apt checks against the signed index."""
    with tempfile.TemporaryDirectory() as folder:
        lists, found = Path(folder, "sources"), Path(folder, "found")
        for path in (lists, found, Path(folder, "state", "lists", "partial")):
            path.mkdir(parents=True)
        for path in (Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")):
            if path.is_file():
                text = path.read_text()
                sources = re.sub(r"^(?:Types: )?deb\b", lambda kind: kind.group() + "-src", text, flags=re.M)
                Path(lists, path.name).write_text(sources)
        options = ["-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={lists}", "-o", f"Dir::State::lists={folder}/state/lists", "-o", "Dir::Cache::srcpkgcache="]
        run(["apt-get", *options, "update"])
        run(["apt-get", *options, "source", "--download-only", name], cwd=found)
        archives = [path for path in found.iterdir() if re.search(r"\.orig\.tar\.\w+$", path.name)]
        if len(archives) != 1 or (version and f"_{version}." not in archives[0].name):
            raise ClientError(f"{name}: found {', '.join(path.name for path in archives)}, wanted one archive of {version}")
        shutil.copy(archives[0], into)


CLIENTS: dict[str, Callable[[str, str | None, Path], None]] = {"npm": npm, "pypi": pypi, "crates": crates, "go": go, "maven": maven, "debian": debian}
