"""Counting Korean morphemes: ours over processes, and the loops over KoNLPy that one would write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.material import reviews
from pipelines.analysers.java import _tagger
from pipelines.analysers.mecab import tagger
from pipelines.build import count, rows_of
from pipelines.dataset import Recipe
from pipelines.engines import local, serial
from pipelines.units import get_unit

SENTENCES = {"mecab": 250_000, "kiwi": 15_000, "komoran": 15_000, "okt": 6_000, "hannanum": 5_000, "kkma": 1_200}
"""Reviews that each analyser gets: some ten seconds of one processor."""


def contenders(name: str, folder: Path) -> dict[str, Callable[[], float]]:
    """Each call counts the morphemes of the training reviews of a table and returns the number of reviews.

    Ours reads the table, normalises, cuts and checks that nothing is lost; processes are started anew in each call. For
    mecab, Okt in a loop stands beside it, on the first 1,200 reviews.
    """
    corpus = reviews(SENTENCES[name], folder / name)
    unit = get_unit("morpheme" if name == "mecab" else f"morpheme_{name}", "ko")
    counting = partial(count, lang="ko", recipe=Recipe(unit.name, 4000), share=1.0)

    def ours(engine: Callable[..., object]) -> float:
        total: Counter[str] = Counter()
        done = 0
        for read, counts in engine(counting, rows_of(corpus, "ko", unit, "train")):  # type: ignore[attr-defined]
            total.update(counts)
            done += read
        return float(done)

    def loop(analyse: Callable[[str], list[tuple[str, str]]], most: int | None = None) -> float:
        table = pq.read_table(corpus.path("ko"), columns=["text", "split"]).to_pandas()
        texts = table["text"][table["split"] == "train"].tolist()[:most]
        total: Counter[str] = Counter()
        for text in texts:
            total.update(form for form, _ in analyse(text))
        return float(len(texts))

    found = {
        f"{name} over two processes (eosun)": lambda: ours(local(2)),
        f"{name}, one process (eosun)": lambda: ours(serial),
    }
    if name == "mecab":
        found["KoNLPy Mecab.pos in a loop"] = lambda: loop(tagger().pos)
        found["KoNLPy Okt.pos in a loop"] = lambda: loop(_tagger("Okt").pos, 1_200)
    elif name != "kiwi":
        found[f"KoNLPy {name.capitalize()}.pos in a loop"] = lambda: loop(_tagger(name.capitalize()).pos)
    for contender in list(found.values())[1:]:
        contender()
    return found
