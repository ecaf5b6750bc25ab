"""Many prompts drawn alike by Python and TypeScript, of which the fixture keeps texts, a seed and hashes.

Ranges are drawn without regard to what stands there, so that parts begin and end inside words, behind spaces and
between marks and their letters. `test/conformance/places.test.ts` draws the same.
"""

import base64
import hashlib
import struct
from collections.abc import Iterator

from data.layout import Encode, Sample, completion

PREFIX, MIDDLE, SUFFIX, CONTEXT = 240, 60, 160, 120
"""Fewer characters than this each; the rest goes as far as its line. Nothing has to be cut for the shortest context of a model."""


def numbers(seed: int) -> Iterator[int]:
    """Marsaglia's xorshift32 ("Xorshift RNGs", Journal of Statistical Software 8/14, 2003)."""
    while True:
        seed ^= seed << 13 & 0xFFFFFFFF
        seed ^= seed >> 17
        seed ^= seed << 5 & 0xFFFFFFFF
        yield seed


def places(texts: dict[str, str], seed: int) -> Iterator[Sample]:
    """Samples without end. Positions count code points."""
    draw, files = numbers(seed), list(texts)
    below = lambda limit: next(draw) % limit
    while True:
        path = files[below(len(files))]
        text = texts[path]
        start = below(len(text))
        cursor = start + below(PREFIX)
        end = cursor + below(MIDDLE)
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        suffix = text[line_end + 1 : line_end + 1 + below(SUFFIX)]
        other = files[below(len(files))]
        begin = below(len(texts[other]))
        context = ((other, texts[other][begin : begin + 1 + below(CONTEXT)]),) if below(3) == 0 else ()
        yield Sample(path, suffix, text[start:cursor], text[end:line_end], text[cursor:end], context)


def places_fixture(texts: dict[str, str], count: int, encode: Encode, seed: int = 1) -> dict:
    """Of each sample the first 4 bytes of the SHA-256 of its ids, prompt and middle, as little-endian uint32."""
    hashes = bytearray()
    for _, sample in zip(range(count), places(texts, seed)):
        ids = completion(sample, encode).ids
        hashes += hashlib.sha256(struct.pack(f"<{len(ids)}I", *ids)).digest()[:4]
    return {"seed": seed, "texts": texts, "hashes": base64.b64encode(bytes(hashes)).decode()}
