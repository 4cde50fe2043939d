"""Which split a document falls into: by the hash of its name alone, so that no other document has a say in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

UNTOLD = {"valid": 5, "test": 5}
"""Shares of a hundred where neither text nor card says how it is split."""


def place_of(name: str, kind: str = "") -> int:
    """0 to 99; `kind` sets apart places that have nothing to do with each other."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4, person=kind.encode()).digest(), "little") % 100


def dealt(name: str, shares: Mapping[str, int], kind: str = "held-out") -> str:
    """The split of a document: `shares` {valid, test} of a hundred are held out."""
    place = place_of(name, kind)
    return "test" if place < shares["test"] else "valid" if place < shares["test"] + shares["valid"] else "train"
