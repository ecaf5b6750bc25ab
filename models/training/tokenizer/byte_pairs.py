"""The byte-level BPE tokenizer of the decoders from nothing: how it is built, trained, written and read.

The pre-tokenizer's expression is written in the subset on which Oniguruma (here) and JavaScript (in the
editor) agree: explicit classes, no possessive quantifiers, no inline flags, no `\\s` (whose members differ).
"""

import json
from functools import cache
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from data.layout import SPECIALS, Encode

PATTERN = "|".join([
    r"\n[ \t]*",                 # a line break with the indentation after it is one piece
    r" ?[\p{L}_$][\p{L}\p{M}\p{N}_$]*",  # an identifier or word, with the space before it
    r"\p{N}{1,3}",               # digits by up to three
    r" ?[^ \t\n\p{L}\p{M}\p{N}_$]+",  # punctuation, never glued to words
    r"[ \t]+(?=[ \t])",          # inner white space, leaving the last blank to the word after it
    r"[ \t]+",
    r"[^ \t\n]",                 # what no branch above takes: combining marks that stand alone
])


def build(vocabulary: dict[str, int] | None = None, merges: list[tuple[str, str]] | None = None) -> Tokenizer:
    """An untrained tokenizer (or one with a given vocabulary): no normalizer, no added space, no post-processor."""
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges) if vocabulary else models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(texts: list[str], size: int) -> Tokenizer:
    """A tokenizer of `size` entries, the special tokens first (ids 0…9), then the 256 bytes, then merges."""
    tokenizer = build()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=[AddedToken(text, special=True, normalized=False) for text in SPECIALS.values()],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def save(tokenizer: Tokenizer, path: Path) -> None:
    """Write tokenizer.json compactly; it ships, so every byte counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


@cache
def text_only(path: Path) -> Tokenizer:
    """The tokenizer without its special tokens, so that `<|eom|>` in a file is encoded as plain characters.

    The specials keep their ids in the vocabulary, but byte-level merges can never produce them.
    """
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(stored))


def encoder(path: Path, tokens: dict[str, str] = SPECIALS) -> Encode:
    """Text → ids; never yields a special token. `tokens`: role → text of the special tokens."""
    tokenizer = text_only(path)
    ids = {role: tokenizer.token_to_id(text) for role, text in tokens.items()}
    return Encode(lambda text: tokenizer.encode(text, add_special_tokens=False).ids if text else [], ids)
