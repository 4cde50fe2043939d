"""Counting Korean morphemes: ours over processes, and the loops over KoNLPy that one would write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.material import reviews
from corpora.build import build
from corpora.table import Corpus
from pipelines.analysers import java
from pipelines.analysers.align import aligned
from pipelines.analysers.java import _tagger
from pipelines.analysers.mecab import tagger
from pipelines.build import count, rows_of
from pipelines.dataset import Recipe
from pipelines.engines import local, serial
from pipelines.units import get_unit

REVIEWS = (
    ("mecab", 100_000), ("mecab", 250_000), ("kiwi", 15_000), ("komoran", 30_000), ("okt", 6_000), ("hannanum", 3_000),
    ("kkma", 800),
)  # fmt: skip
"""Analysers, and how many film reviews each gets; beside these, Mecab gets python-docs."""


def texts(folder: Path) -> Iterator[tuple[str, str, Corpus]]:
    """What is analysed: analyser, a name for the text, and the text."""
    for name, many in REVIEWS:
        yield name, f"{many:,} film reviews", reviews(many, folder / f"{name}-{many}")
    yield "mecab", "python-docs", build("python-docs")


def contenders(name: str, corpus: Corpus) -> dict[str, Callable[[], float]]:
    """Each call counts the morphemes of the training texts of a table and returns their number.

    Ours reads the table, normalises, cuts and checks that nothing is lost; processes are started anew in each call, and
    nothing is remembered from one to the next. For
    mecab, Okt in a loop stands beside it, on the first 1,200 texts.
    """
    unit = get_unit("morpheme" if name == "mecab" else f"morpheme_{name}", "ko")
    counting = partial(count, lang="ko", recipe=Recipe(unit.name, 4000), share=1.0)

    def ours(engine: Callable[..., object]) -> float:
        java._OKT.clear()
        aligned.cache_clear()
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
