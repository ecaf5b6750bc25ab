"""Write the data section of models/README.md from the pinned lists.

    python -m export.write_card corpus/packages.json corpus/report.json ../README.md

Everything between the two marks is replaced; the rest of the card is written by hand.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

BEGIN, END = "<!-- data: written by training/export/write_card.py -->", "<!-- end of data -->"


def data_section(packages: list[dict], report: dict) -> str:
    """Packages by licence, with the characters kept, and what was dropped why."""
    used = [package for package in packages if report["packages"].get(f"{package['registry']} {package['name']}", {}).get("characters")]
    by_license = defaultdict(list)
    for package in used:
        by_license[package["license"]].append(f"{package['name']} {package['version']}" + (" (validation)" if package["split"] == "validation" else ""))
    dropped: dict[str, int] = defaultdict(int)
    for row in report["packages"].values():
        for reason, count in row.items():
            if reason.startswith("dropped: "):
                dropped[reason.removeprefix("dropped: ")] += count
    files = sum(row.get("files", 0) for row in report["packages"].values())
    characters = ", ".join(f"{name} {count / 1e6:.1f} M" for name, count in sorted(report["characters"].items(), key=lambda item: -item[1]))
    lines = [
        f"{len(used)} packages, {files:,} files. Characters: {characters}.",
        "Files dropped: " + ", ".join(f"{reason} {count:,}" for reason, count in sorted(dropped.items(), key=lambda item: -item[1])) + ".", "",
        *(f"- **{license}** ({len(names)}): {', '.join(sorted(names, key=str.lower))}" for license, names in sorted(by_license.items(), key=lambda item: -len(item[1]))),
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("packages", "report", "card"):
        parser.add_argument(name, type=Path)
    args = parser.parse_args()
    card = args.card.read_text()
    before, after = card[: card.index(BEGIN)], card[card.index(END) :]
    section = data_section(json.loads(args.packages.read_text()), json.loads(args.report.read_text()))
    args.card.write_text(f"{before}{BEGIN}\n{section}\n{after}")


if __name__ == "__main__":
    main()
