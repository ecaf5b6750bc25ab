"""Judge lines in holes of one package: the process that `doctests.judged` starts.

    python -m evaluate.judge_doctests CACHE PACKAGE      standard input: JSON list of [hole, line]; prints a list of booleans
"""

import argparse
import json
import sys
from pathlib import Path

from corpus.packages import folder_of
from evaluate.doctests import PACKAGES, Hole, Judge


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cache", type=Path)
    parser.add_argument("package", choices=PACKAGES)
    args = parser.parse_args()
    judge = Judge(folder_of({"registry": "pypi", "name": args.package}, args.cache), args.package)
    print(json.dumps([judge.passes(Hole(**hole), line) for hole, line in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()
