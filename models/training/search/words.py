"""Text as lower-case words, the way `wordsOf` in src/common/text/terms.ts splits identifiers: one definition for both sides.

`parseHTTPHeader(req)` → `parse http header req`. Punctuation says nothing to a mean of word vectors, and case would
only split each word's examples over several tokens.
"""

import regex

IDENTIFIER = regex.compile(r"[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}+")
WORD = regex.compile(r"\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|[\p{Lo}\p{Lm}\p{M}]+|\p{Lu}|\p{Lt}\p{Ll}*|\p{N}+")
UNSPACED = regex.compile(r"[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmr}\p{scx=Mymr}]")
LONGEST_PLAIN, LONGEST, SHORTEST_MEAN = 64, 256, 3
"""Characters; a longer identifier is a name only where it is made of words, of so many characters on average."""


def is_data(name: str) -> bool:
    if len(name) <= LONGEST_PLAIN or UNSPACED.search(name):
        return False
    parts = WORD.findall(name)
    return len(name) > LONGEST or len(parts) < 2 or sum(map(len, parts)) / len(parts) < SHORTEST_MEAN


def words(text: str) -> list[str]:
    found = []
    for name in IDENTIFIER.findall(text):
        if not is_data(name):
            found += (word.lower() for word in WORD.findall(name))
    return found
