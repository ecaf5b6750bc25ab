"""Print what was read in a year, month by month."""

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass
class Book:
    title: str
    author: str
    pages: int
    finished_on: date | None = None

    @classmethod
    def from_json(cls, entry: dict) -> "Book":
        finished = entry.get("finishedOn")
        return cls(
            title=entry["title"],
            author=entry["author"],
            pages=entry["pages"],
            finished_on=date.fromisoformat(finished[:10]) if finished else None,
        )


def load_books(path: Path) -> list[Book]:
    with path.open(encoding="utf-8") as stream:
        return [Book.from_json(entry) for entry in json.load(stream)]


def by_month(books: list[Book], year: int) -> dict[int, list[Book]]:
    months: dict[int, list[Book]] = defaultdict(list)
    for book in books:
        if book.finished_on is not None and book.finished_on.year == year:
            months[book.finished_on.month].append(book)
    return months


def print_report(months: dict[int, list[Book]]) -> None:
    for month in sorted(months):
        books = months[month]
        pages = sum(book.pages for book in books)
        print(f"{month:02}: {len(books)} books, {pages} pages")
        for book in books:
            print(f"    {book.title} by {book.author}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--year", type=int, default=date.today().year)
    arguments = parser.parse_args()
    print_report(by_month(load_books(arguments.file), arguments.year))


if __name__ == "__main__":
    main()
