"""`make bench`: every pair interleaved in one run, medians, written down as ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def interleaved(pairs: dict[str, Callable[[], float]], rounds: int = 5) -> dict[str, float]:
    """The median rate of each contender over rounds in which all take their turn; a rate is work per second."""
    rates: dict[str, list[float]] = {name: [] for name in pairs}
    for _ in range(rounds):
        for name, contender in pairs.items():
            begin = time.perf_counter()
            work = contender()
            rates[name].append(work / (time.perf_counter() - begin))
    return {name: statistics.median(values) for name, values in rates.items()}


def show(title: str, unit: str, rates: dict[str, float]) -> None:
    """One line a contender, the first being ours."""
    ours = next(iter(rates.values()))
    print(f"\n{title} ({unit} a second, median of 5, interleaved)")
    for name, rate in rates.items():
        print(f"  {name:<48} {rate:>12,.0f}   ours / this {ours / rate:5.2f}")


def main() -> None:
    from benchmarks.reordering import contenders as reordering
    from benchmarks.training import contenders as training

    show("Shuffling 20,000 sentences of 4–24 units", "units", interleaved(reordering()))
    for vocabulary in (500, 4000):
        title = f"Training an LSTM, embedding 128, units 256, {vocabulary} pieces, one thread"
        show(title, "pieces", interleaved(training(vocabulary)))


if __name__ == "__main__":
    main()
