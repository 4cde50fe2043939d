"""Putting the units of many sentences into random order: ours in one sort, and the loops that one would write."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.material import reviews
from corpora.build import build as build_corpus
from corpora.table import Corpus
from pipelines.build import build, encode_rows, rows_of
from pipelines.dataset import Dataset, Recipe
from pipelines.engines import local
from pipelines.orders import get_order
from pipelines.reorder import Batch, arrange
from pipelines.sequences import gather
from pipelines.stream import sentence_keys
from pipelines.units import get_unit

REVIEWS, MANY_REVIEWS = 60_000, 400_000


def shuffling() -> dict[str, Callable[[], float]]:
    """Each call shuffles 20,000 sentences and returns the number of their units."""
    lengths = np.random.default_rng(0).integers(4, 25, 20_000)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    movable = np.ones(offsets[-1], bool)
    keys = sentence_keys([f"s{i}" for i in range(len(lengths))])
    order = get_order("shuffle")
    batch = Batch("word", offsets, movable, keys)
    units = np.arange(offsets[-1])

    def ours() -> float:
        arrange(batch, order)
        return float(offsets[-1])

    def loop() -> float:
        """A generator seeded by sentence, so that results do not depend on the order of reading."""
        for number, (begin, end) in enumerate(itertools.pairwise(offsets)):
            np.random.default_rng((0, number)).permutation(units[begin:end])
        return float(offsets[-1])

    return {"one sort over all sentences (eosun)": ours, "NumPy generator a sentence, in a loop": loop}


def corpora(folder: Path) -> dict[str, tuple[Corpus, str, str]]:
    """Corpus, language and unit of what is measured on."""
    docs, nsmc = build_corpus("python-docs"), reviews(REVIEWS, folder / "nsmc")
    return {
        "python-docs ko by eojeol": (docs, "ko", "eojeol"),
        "python-docs en by word": (docs, "en", "word"),
        "film reviews ko by eojeol": (nsmc, "ko", "eojeol"),
    }


def _pieces(dataset: Dataset) -> int:
    return int(dataset.units[dataset.sentences[-1]])


def from_arrays(corpus: Corpus, lang: str, unit: str) -> dict[str, Callable[[], float]]:
    """An epoch's worth of sentences in shuffled order from the memory-mapped arrays; pieces. One process."""
    dataset = build(corpus, lang, Recipe(unit, 4000))
    numbers = np.arange(len(dataset.split))
    ids, units, sentences = (np.asarray(a) for a in (dataset.ids, dataset.units, dataset.sentences))

    def ours(order: str) -> float:
        return float(len(gather(dataset, numbers, get_order(order)).ids))

    def loop() -> float:
        """What a data loader does: sentence by sentence, unit by unit, from the same arrays."""
        total = 0
        for number in range(len(sentences) - 1):
            order = np.random.default_rng((0, number)).permutation(np.arange(sentences[number], sentences[number + 1]))
            total += len(np.concatenate([ids[units[one] : units[one + 1]] for one in order]))
        return float(total)

    return {
        "shuffle (eosun)": lambda: ours("shuffle"),
        "local_3 (eosun)": lambda: ours("local_3"),
        "mallows_0.5 (eosun)": lambda: ours("mallows_0.5"),
        "loop over sentences and units, shuffle": loop,
    }


def from_text(corpus: Corpus, lang: str, unit: str, epochs: int) -> dict[str, Callable[[], float]]:
    """Sentences cut, encoded and shuffled from text, anew in every epoch; pieces of all epochs. Two processes encode,
    and are started anew in each call."""
    dataset = build(corpus, lang, Recipe(unit, 4000))
    model, recipe, order = (dataset.folder / "vocabulary.model").read_bytes(), dataset.recipe, get_order("shuffle")
    rows = [*rows_of(corpus, lang, get_unit(unit, lang))]
    processor = dataset.vocabulary()._processor
    texts = corpus.table(lang, ["text"])["text"].to_pylist()
    numbers = np.arange(len(dataset.split))

    def ours() -> float:
        for _ in local(2)(partial(_encoded, model, lang, recipe), rows):
            pass
        return float(sum(len(gather(dataset, numbers, order, draw=draw).ids) for draw in range(epochs)))

    def loop() -> float:
        total = 0
        for draw in range(epochs):
            for number, text in enumerate(texts):
                words = np.random.default_rng((0, draw, number)).permutation(np.array(text.split(), object))
                total += len(processor.encode("▁" + "▁".join(words)))
        return float(total)

    return {"units encoded once, shuffled from arrays (eosun)": ours, "shuffle and encode sentence by sentence": loop}


def _encoded(model: bytes, lang: str, recipe: Recipe, rows: object) -> object:
    return encode_rows(rows, lang=lang, recipe=recipe, model=model)  # type: ignore[arg-type]
