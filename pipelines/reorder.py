"""Applying an order to many sentences at once, each from a random stream of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.orders import Indices, Keys, Layout, Order

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(values: Keys) -> Keys:
    """The finaliser of SplitMix64 (Steele, Lea & Flood 2014): a bijection of 64-bit words that scatters them."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def sentence_keys(sentence_ids: Sequence[str]) -> Keys:
    """[sentences]: a 64-bit key for each sentence id, the same in every process and on every machine."""
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in sentence_ids)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _random_keys(
    layout_sentence: Indices, position: Indices, sentences: Keys, seed: int, order: str, unit: str, draw: int
) -> Keys:
    """[units]: the stream that belongs to (seed, order, unit, sentence id, draw), read at each unit's position."""
    name = f"{seed}\x1f{order}\x1f{unit}\x1f{draw}".encode()
    stream = np.uint64(int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little"))
    start = mix(sentences ^ stream)
    return mix(start[layout_sentence] + (position.astype(np.uint64) + np.uint64(1)) * _GOLDEN)


def lay_out(offsets: Indices) -> tuple[Indices, Indices]:
    """For units laid end to end: the sentence number and the position in the sentence of each, both [units]."""
    lengths = np.diff(offsets)
    sentence = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    return sentence, np.arange(offsets[-1] - offsets[0], dtype=np.int64) - (offsets[:-1] - offsets[0])[sentence]


def permutation(
    offsets: Indices,
    movable: NDArray[np.bool_],
    sentences: Keys,
    order: Order,
    *,
    unit: str,
    seed: int = 0,
    draw: int = 0,
) -> Indices:
    """Which unit comes to each place: [units] indices, sentence by sentence a permutation of the sentence's own units.

    offsets: [sentences + 1], from 0; movable: [units], False for what stays put (final punctuation);
    sentences: [sentences] from `sentence_keys`. The result depends on each sentence alone: not on its neighbours,
    the file, the process or the order of reading.
    """
    sentence, _ = lay_out(offsets)
    places = np.flatnonzero(movable)
    counts = np.bincount(sentence[places], minlength=len(offsets) - 1)
    inner = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    inner_sentence, position = lay_out(inner)
    keys = (
        _random_keys(inner_sentence, position, sentences, seed, order.name, unit, draw)
        if order.random
        else np.zeros(0, np.uint64)
    )
    chosen = order.apply(Layout(inner, inner_sentence, position, keys, seed))
    result = np.arange(offsets[-1], dtype=np.int64)
    result[places] = places[chosen]
    return result
