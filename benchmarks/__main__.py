"""`make bench`: every pair interleaved in one run, medians, written down as ratios. `BENCH=…` names a part of it."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.material import NoMirrorError

PARTS = ("reordering", "analysis", "training", "recency", "resampling", "tracking", "reports")


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
        print(f"  {name:<48} {rate:>12,.0f}   ours / this {ours / rate:6.2f}", flush=True)


def reordering(folder: Path) -> None:
    from benchmarks.material import reviews
    from benchmarks.reordering import MANY_REVIEWS, corpora, from_arrays, from_text, shuffling

    show("Shuffling 20,000 sentences of 4–24 units", "units", interleaved(shuffling()))
    for name, (corpus, lang, unit) in corpora(folder).items():
        show(f"Reordering from the arrays, {name}, one process", "pieces", interleaved(from_arrays(corpus, lang, unit)))
        rates = interleaved(from_text(corpus, lang, unit, 10))
        show(f"Text to shuffled pieces, ten epochs, {name}", "pieces", rates)
    many = reviews(MANY_REVIEWS, folder / "many")
    rates = interleaved(from_text(many, "ko", "eojeol", 1))
    show(f"Text to shuffled pieces, one epoch, {MANY_REVIEWS:,} film reviews by eojeol", "pieces", rates)


def analysis(folder: Path) -> None:
    from benchmarks.analysis import contenders, texts

    for name, text, corpus in texts(folder):
        show(f"Morphemes of {text}, {name}", "texts", interleaved(contenders(name, corpus)))


def recency(folder: Path) -> None:
    from benchmarks.recency import contenders

    show(
        "Recency profile, 2,000 targets, 10 boundaries, 300 units", "targets and boundaries", interleaved(contenders())
    )


def resampling(folder: Path) -> None:
    from benchmarks.resampling import contenders

    show("10,000 resamples, 5 seeds × 2,000 sentences, 20 conditions", "conditions", interleaved(contenders()))


def training(folder: Path) -> None:
    from benchmarks.training import show as show_training

    for kind, vocabularies in (("lstm", (500, 4000, 16000)), ("gru", (4000,)), ("rnn", (4000,))):
        for vocabulary in vocabularies:
            show_training(kind, vocabulary)


def tracking(folder: Path) -> None:
    from benchmarks.tracking import measure

    measure(folder)


def reports(folder: Path) -> None:
    from benchmarks.reports import measure

    measure(folder)


def main() -> None:
    chosen = sys.argv[1:] or PARTS
    with tempfile.TemporaryDirectory() as room:
        for name in chosen:
            if name not in PARTS:
                sys.exit(f"There is no benchmark {name}: {', '.join(PARTS)}, or python -m benchmarks.memory SENTENCES…")
            try:
                parts = {"reordering": reordering, "analysis": analysis, "training": training, "recency": recency,
                         "resampling": resampling, "tracking": tracking, "reports": reports}  # fmt: skip
                parts[name](Path(room))
            except NoMirrorError as reason:
                print(f"\n{name}: left out, {reason}.")


if __name__ == "__main__":
    main()
