"""Hashes of code that survive reformatting: of files, of words, of 50-word windows, and MinHash signatures."""

import hashlib
import re
import zlib
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

WORD = re.compile(r"\w+|[^\w\s]")
WINDOW = 50
SAMPLED = 8
"""Of the held-out windows one in eight is kept (chosen by its own hash, so both sides choose the same)."""
SHINGLE = 5
PERMUTATIONS = 64
BANDS = 16
HASH_BYTES = 5
"""Kept of a file's hash where only sets are compared: of 10⁴ files and 10⁵ others, two look alike by chance once in a thousand times."""
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def file_hash(text: str) -> bytes:
    """Hash of a file without its white space."""
    return hashlib.sha256(re.sub(r"\s+", "", text).encode()).digest()


def packed(found: Iterable[bytes]) -> bytes:
    """The first bytes of each different hash in ascending order, one behind the other: enough to tell two sets of files apart."""
    return b"".join(sorted({one[:HASH_BYTES] for one in found}))


@lru_cache(maxsize=2_000_000)
def word_hash(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass")) * 0x9E3779B1 & 0xFFFFFFFFFFFF


def words(text: str) -> np.ndarray:
    """Hashes of a text's words and punctuation, uint64."""
    return np.array([word_hash(word) for word in WORD.findall(text)], np.uint64)


def windows(hashes: np.ndarray, length: int) -> np.ndarray:
    """A hash of every run of `length` words, uint64; arithmetic wraps."""
    if len(hashes) < length:
        return np.empty(0, np.uint64)
    total = np.zeros(len(hashes) - length + 1, np.uint64)
    for at in range(length):
        total = total * MULTIPLIER + hashes[at : at + len(total)]
    return (total ^ (total >> np.uint64(29))) * MULTIPLIER >> np.uint64(8)


def sampled_windows(hashes: np.ndarray) -> np.ndarray:
    """The distinct 50-word windows whose hash is divisible by SAMPLED."""
    found = np.unique(windows(hashes, WINDOW))
    return found[found % np.uint64(SAMPLED) == 0]


_random = np.random.default_rng(0)
_FACTORS = _random.integers(1, 2**63, PERMUTATIONS, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _random.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64)


def signature(hashes: np.ndarray) -> np.ndarray:
    """MinHash over 5-word shingles, [64] uint64."""
    shingles = np.unique(windows(hashes, SHINGLE))
    if len(shingles) == 0:
        return np.zeros(PERMUTATIONS, np.uint64)
    return np.array([((shingles * factor + offset) >> np.uint64(16)).min() for factor, offset in zip(_FACTORS, _OFFSETS)])


class NearDuplicates:
    """Remembers signatures; two texts with an estimated Jaccard similarity of ≥ `limit` are copies."""

    def __init__(self, limit: float = 0.7):
        self.limit = limit
        self.bands: list[dict[bytes, list[int]]] = [{} for _ in range(BANDS)]
        self.signatures: list[np.ndarray] = []

    def seen(self, signature: np.ndarray) -> bool:
        """Whether a copy came before; a new signature is remembered."""
        keys = [part.tobytes() for part in signature.reshape(BANDS, -1)]
        candidates = {index for band, key in zip(self.bands, keys) for index in band.get(key, ())}
        if any((self.signatures[index] == signature).mean() >= self.limit for index in candidates):
            return True
        for band, key in zip(self.bands, keys):
            band.setdefault(key, []).append(len(self.signatures))
        self.signatures.append(signature)
        return False
