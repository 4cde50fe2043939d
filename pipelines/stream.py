"""Random words that belong to names: nothing is drawn from a shared generator."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from pipelines.layout import Keys


def mix(values: Keys) -> Keys:
    """The finaliser of SplitMix64 (Steele, Lea & Flood 2014): a bijection of 64-bit words that scatters them."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def key_of(name: str) -> np.uint64:
    """A 64-bit key for a name, the same in every process and on every machine."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


def sentence_keys(sentence_ids: Sequence[str]) -> Keys:
    """[sentences]: `key_of` each sentence id."""
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in sentence_ids)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)
