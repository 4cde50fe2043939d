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
    sentence: [units], the number of the sentence; keys: [units], random 64-bit keys of this order and draw; seed: the
    perturbation seed, for orders whose randomness does not belong to the sentence.
    """

    offsets: Indices
    sentence: Indices
    position: Indices
    keys: Keys
    seed: int = 0

    @property
    def uniform(self) -> NDArray[np.float64]:
        """[units]: the keys as numbers in [0, 1)."""
        return (self.keys >> np.uint64(11)).astype(np.float64) * 2.0**-53

    @property
    def first(self) -> Indices:
        """[units]: the index of the first unit of the sentence of each."""
        return self.offsets[self.sentence]

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
_MODULES = (
    "natural", "reverse", "local", "shuffle", "blocks", "even_odd", "by_length", "swap", "partial_reverse", "mallows",
)  # fmt: skip


def order(
    name: str, meaning: str, *, source: str, random: bool
) -> Callable[[Callable[..., Indices]], Callable[..., Indices]]:
    """Register an order. `_k` ending a name stands for a whole number of 2 or more, `_θ` for a decimal number."""

    def register(function: Callable[..., Indices]) -> Callable[..., Indices]:
        _ORDERS[name] = (function, meaning, source, random)
        return function

    return register


def _load() -> None:
    for module in _MODULES:
        import_module(f"pipelines.orders.{module}")


def order_names() -> list[str]:
    """The registered names, `_k` standing for a whole number and `_θ` for a decimal one."""
    _load()
    return list(_ORDERS)


def example_name(name: str) -> str:
    """A registered name with a number in place of its letter: local_3 for local_k, mallows_0.5 for mallows_θ."""
    return name.replace("_k", "_3").replace("_θ", "_0.5")


def get_order(name: str) -> Order:
    """The order of that name, `local_3` being `local_k` with k = 3; PipelineError suggests the nearest name."""
    _load()
    if name in _ORDERS and not name.endswith(("_k", "_θ")):
        function, meaning, source, random = _ORDERS[name]
        return Order(name, meaning, source, True, random, function)
    with_number = re.fullmatch(r"(.+_)(\d+(?:\.\d+)?)", name)
    if with_number:
        base, number = with_number[1], with_number[2]
        if f"{base}k" in _ORDERS and "." not in number:
            if int(number) < 2:
                raise PipelineError(f'The order "{name}" would change nothing: the number must be 2 or more.')
            function, meaning, source, random = _ORDERS[f"{base}k"]
            return Order(name, meaning, source, True, random, partial(function, k=int(number)))
        if f"{base}θ" in _ORDERS:
            function, meaning, source, random = _ORDERS[f"{base}θ"]
            return Order(name, meaning, source, True, random, partial(function, theta=float(number)))
    raise PipelineError(unknown("order", name, [example_name(known) for known in _ORDERS]))
