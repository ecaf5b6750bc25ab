"""Text as lower-case words, the way `wordsOf` in src/common/text/terms.ts splits identifiers: one definition for both sides.

`parseHTTPHeader(req)` → `parse http header req`. Punctuation says nothing to a mean of word vectors, and case would
only split each word's examples over several tokens.
"""

import regex

IDENTIFIER = regex.compile(r"[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}+")
WORD = regex.compile(r"\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|[\p{Lo}\p{Lm}\p{M}]+|\p{Lu}|\p{Lt}\p{Ll}*|\p{N}+")
LONGEST = 64
"""Characters; a longer identifier is data, not a name."""


def words(text: str) -> list[str]:
    found = []
    for name in IDENTIFIER.findall(text):
        if len(name) <= LONGEST:
            found += (word.lower() for word in WORD.findall(name))
    return found
