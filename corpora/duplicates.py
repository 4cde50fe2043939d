"""Repetitions in a text of any size: keys that occur more than once are sorted on disk, all others need no memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SORTED_AT_ONCE = 1 << 21
"""Keys: 16 MiB. More of them are shared out to files by their first bits, 256 at most."""
Keys = NDArray[np.uint64]


def key_of(text: str) -> int:
    """64 bits of a text's BLAKE2b hash: of ten million texts two different ones share it once in 370,000 corpora."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


class Repeated:
    """The keys that occur more than once, ascending, in a file of the folder; 8 bytes each."""

    def __init__(self, keys: Iterable[Keys], total: int, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        bits = min(8, max(0, (total - 1) // SORTED_AT_ONCE).bit_length())
        paths = [folder / f"{number:03d}.keys" for number in range(1 << bits)]
        _share_out(keys, bits, paths)
        with (folder / "repeated").open("wb") as out:
            for path in paths:
                part = np.sort(np.fromfile(path, np.uint64))
                np.unique(part[1:][part[1:] == part[:-1]]).tofile(out)
                path.unlink()
            self._count = out.tell() // 8
        self._folder = folder
        self._keys = self.flags(np.uint64, "repeated", "r") if self._count else np.zeros(0, np.uint64)

    def __len__(self) -> int:
        return self._count

    def flags(self, kind: type, name: str, mode: Any = "w+") -> NDArray[Any]:
        """An array with a place for each repeated key, [keys], in a file: 0 everywhere."""
        if not self._count:
            return np.zeros(0, kind)
        return np.asarray(np.memmap(self._folder / name, kind, mode, shape=(self._count,)))

    def places(self, keys: Keys) -> NDArray[np.int64]:
        """Where keys stand among the repeated ones, in the shape of `keys`; −1 for those that occur once."""
        if not self._count:
            return np.full(keys.shape, -1)
        places = np.minimum(np.searchsorted(self._keys, keys), self._count - 1)
        return np.where(self._keys[places] == keys, places, -1)


def _share_out(keys: Iterable[Keys], bits: int, paths: Sequence[Path]) -> None:
    """Append every key to the file that its first bits choose."""
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("wb")) for path in paths]
        for part in keys:
            if not bits:
                part.tofile(files[0])
                continue
            part = np.sort(part.ravel())
            bounds = np.searchsorted(part >> np.uint64(64 - bits), np.arange(1, len(paths), dtype=np.uint64))
            for file, share in zip(files, np.split(part, bounds), strict=True):
                share.tofile(file)


class IdTwiceError(Exception):
    """Two rows that stay have the id that is its argument."""


class Judge:
    """Decides, row by row in their order, which rows repeat others. See `Card.deduplicate` and `Cleaning`.

    Keys of a part: `exact` and `near`, [rows, languages] (no languages where that is not looked at), and `ids`, [rows].
    `learn` has to see all parts before `judge` sees the first.
    """

    def __init__(self, repeated: Repeated, deduplicate: str) -> None:
        self._repeated, self._once = repeated, deduplicate != "across"
        self._labelled = deduplicate == "all"
        self._seen = repeated.flags(np.bool_, "seen")
        self._training = repeated.flags(np.bool_, "training")
        self._first = repeated.flags(np.int32, "first-label")
        self._doubtful = repeated.flags(np.bool_, "doubtful")
        self._labels: dict[str, int] = {}

    def learn(self, exact: Keys, near: Keys, splits: Sequence[str], labels: Sequence[str]) -> None:
        """Note which texts are in training and, where texts may occur once, which have more than one label."""
        places = self._repeated.places(np.concatenate([exact, near], axis=1))
        training = places[np.array([split == "train" for split in splits], bool)]
        self._training[training[training >= 0]] = True
        if not self._labelled:
            return
        for row in np.flatnonzero((places[:, : exact.shape[1]] >= 0).any(axis=1)).tolist():
            if labels[row]:
                code = self._labels.setdefault(labels[row], len(self._labels) + 1)
                for place in places[row, : exact.shape[1]].tolist():
                    if place >= 0 and self._first[place] not in (0, code):
                        self._doubtful[place] = True
                    elif place >= 0:
                        self._first[place] = code

    def judge(self, exact: Keys, near: Keys, ids: Keys, names: Sequence[str], splits: Sequence[str]) -> list[str]:
        """Why each row has to go, [rows], "" for those that stay; IdTwiceError where two that stay have one id (names:
        the ids themselves, [rows])."""
        same, alike, own = (self._repeated.places(keys) for keys in (exact, near, ids))
        reasons = [""] * len(splits)
        some = (same >= 0).any(axis=1) | (alike >= 0).any(axis=1) | (own >= 0)
        for row in np.flatnonzero(some).tolist():
            places = [place for place in same[row].tolist() if place >= 0]
            around = [place for place in alike[row].tolist() if place >= 0]
            reasons[row] = self._reason(places, around, splits[row])
            if not reasons[row]:
                name = int(own[row])
                if name >= 0 and self._seen[name]:
                    raise IdTwiceError(names[row])
                for place in places + around + [name] * (name >= 0):
                    self._seen[place] = True
        return reasons

    def _reason(self, places: list[int], around: list[int], split: str) -> str:
        once, held_out = self._once or split != "train", split in ("valid", "test")
        if any(self._doubtful[place] for place in places):
            return "the same text with another label"
        if held_out and any(self._training[place] for place in places):
            return "repeats training"
        if once and any(self._seen[place] for place in places):
            return "repeated"
        if held_out and any(self._training[place] for place in around):
            return "nearly repeats training"
        if once and any(self._seen[place] for place in around):
            return "nearly repeated"
        return ""
