"""Says a sentence of documentation the way people type a question: pure functions, used when a batch is drawn.

"Returns the median of an array." becomes "the median of an array", "return the median of an array", "median array", "how to
return the median of an array in python". The rules for English verbs are the common ones; a wrong form now and then does no harm.
"""

import random
import re

RETURNS = re.compile(r"^(?:returns?|gets?|gives?|yields?)\s+(?:(?:the|an?|all)\s+)?", re.I)
STOP = frozenset(
    "a an and are as at be been but by can do does for from has have if in into is it its may of on or should so such than that the their then there these "
    "they this those to was we when where which while will with would you your given using used use whether also any each all".split()
)
CONSONANTS = "bdgmnprt"
SILENT = (
    "ag", "ak", "ar", "at", "bl", "cl", "dg", "dl", "eas", "fl", "gl", "id", "iv", "iz", "lud", "nc", "od", "ok", "ors", "ov", "pl", "rc", "rg", "rs", "tl", "uc", "ur", "ut", "yp",
)
"""Endings behind which a verb has lost its e before "ing"."""
WHOLE = {"clear": "clear", "mak": "make", "repeat": "repeat", "treat": "treat", "us": "use", "writ": "write"}
"""What these endings would get wrong."""
SPOKEN = {"javascript": "javascript", "typescript": "typescript", "python": "python", "go": "golang", "rust": "rust", "java": "java", "c": "c", "cpp": "c++", "csharp": "c#"}
LONGEST_KEYWORDS = 6
ANEW = 0.35
"""From here on `asked` changes the sentence."""


def imperative(word: str) -> str:
    """The plain form of a verb in the third person or with "ing", in lower case; other words as they are."""
    word = word.lower()
    if word.endswith("ing") and len(word) > 5:
        stem = word[:-3]
        if stem in WHOLE:
            return WHOLE[stem]
        if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] in CONSONANTS:
            return stem[:-1]
        return stem + "e" if stem.endswith(SILENT) else stem
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is", "as")) and len(word) > 3 else word


def told(sentence: str) -> str:
    """The sentence as an order, without a full stop: "Creates a file." → "create a file"."""
    first, _, rest = sentence.strip().rstrip(".!").partition(" ")
    return f"{imperative(first)} {rest}".strip() if first[:1].isupper() and first[1:].islower() else sentence.strip().rstrip(".!")


def unreturned(sentence: str) -> str:
    """What a function returns, without saying that it does."""
    return RETURNS.sub("", sentence.strip().rstrip(".!")) or sentence


def keywords(sentence: str, most: int = LONGEST_KEYWORDS) -> str:
    """The words that carry meaning, in lower case and order; the sentence itself where fewer than two are left."""
    found = [word for word in re.findall(r"[A-Za-z][\w+#-]*", unreturned(sentence)) if word.lower() not in STOP]
    return " ".join(word.lower() for word in found[:most]) if len(found) > 1 else sentence


def asked(sentence: str, language: str, choose: random.Random, least: float = 0) -> str:
    """One of the ways to ask for what a sentence documents. `language`: a family of the corpus, or '' for none; `least`: 0, or ANEW for one that says it anew."""
    spoken = SPOKEN.get(language, "")
    kind = least + (1 - least) * choose.random()
    if kind < ANEW:
        return sentence
    if kind < 0.50:
        return unreturned(sentence)
    if kind < 0.62:
        return told(sentence)
    if kind < 0.80:
        return keywords(sentence, choose.randint(3, LONGEST_KEYWORDS))
    if kind < 0.90 or not spoken:
        return f"how to {told(sentence)[:1].lower()}{told(sentence)[1:]}"
    return f"{spoken} {keywords(sentence)}" if kind < 0.96 else f"how to {told(sentence)} in {spoken}"


def spaced(name: str) -> str:
    """An identifier as words: "parseHTTPHeader" → "parse http header"."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)).lower() or name
