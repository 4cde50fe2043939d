"""Random numbers that are the same on every machine and in every version of Python."""

from __future__ import annotations

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def mix(value: int) -> int:
    """The finaliser of SplitMix64 (Steele, Lea & Flood 2014) on a 64-bit integer."""
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


class Stream:
    """A stream of random numbers that belongs to a few integers; its state is where it has come to."""

    __slots__ = ("_state",)

    def __init__(self, *names: int) -> None:
        state = 0
        for name in names:
            state = mix((state + name * _GOLDEN + _GOLDEN) & _MASK)
        self._state = state

    def unit(self) -> float:
        """The next number in [0, 1), a multiple of 2⁻⁵³."""
        self._state = value = (self._state + _GOLDEN) & _MASK
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK  # `mix`, without a call: most of the drawing
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((value ^ (value >> 31)) >> 11) * 2.0**-53

    def chance(self, probability: float) -> bool:
        """Whether something of that probability happens; a draw is taken in any case."""
        return self.unit() < probability

    def below(self, count: int) -> int:
        """A whole number from 0 to count − 1."""
        return int(self.unit() * count)

    def permutation(self, count: int) -> list[int]:
        """A random order of 0 … count − 1 (Fisher and Yates)."""
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = self.below(i + 1)
            order[i], order[j] = order[j], order[i]
        return order
