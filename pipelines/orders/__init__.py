"""Orders: what is done to the units of a sentence. One name, one pure function over a whole layout.

An order is a way to sort. It sees the positions of the movable units of every sentence and a stream of random keys,
and returns for each place the index of the unit that comes there. All sentences are sorted in one call.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from corpora.errors import unknown
from pipelines.errors import PipelineError

Indices = NDArray[np.int64]
Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class Layout:
    """Units of many sentences laid end to end.

    offsets: [sentences + 1], where each sentence's units begin; position: [units], from 0 in its sentence;
    sentence: [units], the number of the sentence; keys: [units], random 64-bit keys of this order and draw.
    """

    offsets: Indices
    sentence: Indices
    position: Indices
    keys: Keys

    @property
    def length(self) -> Indices:
        """[units]: how many units the sentence of each unit has."""
        return np.diff(self.offsets)[self.sentence]

    def sort(self, *by: NDArray[np.generic]) -> Indices:
        """Indices that sort each sentence's units by the given keys, the first the most significant; stable."""
        return np.lexsort((*reversed(by), self.sentence)).astype(np.int64)


Reorder = Callable[[Layout], Indices]


@dataclass(frozen=True)
class Order:
    """An order: its function, and the invariants that tests and users may rely on."""

    name: str
    meaning: str
    source: str
    pure: bool
    random: bool
    apply: Reorder


_ORDERS: dict[str, tuple[Callable[..., Indices], str, str, bool]] = {}


def order(
    name: str, meaning: str, *, source: str, random: bool
) -> Callable[[Callable[..., Indices]], Callable[..., Indices]]:
    """Register an order. A name that ends in `_k` takes a whole number in place of the k."""

    def register(function: Callable[..., Indices]) -> Callable[..., Indices]:
        _ORDERS[name] = (function, meaning, source, random)
        return function

    return register


def _load() -> None:
    for module in ("natural", "reverse", "local", "shuffle"):
        import_module(f"pipelines.orders.{module}")


def order_names() -> list[str]:
    """The registered names, `_k` standing for a whole number."""
    _load()
    return list(_ORDERS)


def get_order(name: str) -> Order:
    """The order of that name, `local_3` being `local_k` with k = 3; PipelineError suggests the nearest name."""
    _load()
    if name in _ORDERS and not name.endswith("_k"):
        function, meaning, source, random = _ORDERS[name]
        return Order(name, meaning, source, True, random, function)
    with_number = re.fullmatch(r"(.+_)(\d+)", name)
    if with_number and f"{with_number[1]}k" in _ORDERS:
        k = int(with_number[2])
        if k < 2:
            raise PipelineError(f'The order "{name}" would change nothing: the number must be 2 or more.')
        function, meaning, source, random = _ORDERS[f"{with_number[1]}k"]
        return Order(name, meaning, source, True, random, partial(function, k=k))
    raise PipelineError(unknown("order", name, [n.replace("_k", "_3") for n in _ORDERS]))
