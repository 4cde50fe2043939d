"""How much text there is, in every unit that somebody may ask for."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpora.scripts import script_of, share_in_script
from corpora.table import Corpus

SAMPLED = 2000
"""Sentences whose letters are looked at one by one."""
BANDS = (1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65)
"""Where the bands of sentence lengths begin, in words."""


def count(corpus: Corpus, lang: str) -> dict[str, int | float]:
    """Sentences by split, space-delimited words (eojeol), characters in NFC, jamo (NFD), UTF-8 bytes, types per token.

    Streams over the table: memory holds the distinct words.
    """
    words = characters = jamo = size = sentences = longest = 0
    types: set[str] = set()
    for batch in pq.ParquetFile(corpus.path(lang)).iter_batches(columns=["text"]):
        for text in batch.column("text").to_pylist():
            tokens = text.split(" ")
            types.update(tokens)
            words += len(tokens)
            longest = max(longest, len(tokens))
            characters += len(text)
            jamo += len(unicodedata.normalize("NFD", text))
            size += len(text.encode())
            sentences += 1
    return {
        **{f"{split} sentences": n for split, n in corpus.counts[lang].items()},
        "words (eojeol)": words,
        "characters (NFC)": characters,
        "jamo (NFD)": jamo,
        "bytes (UTF-8)": size,
        "distinct words": len(types),
        "types per token": len(types) / max(words, 1),
        "words a sentence": words / max(sentences, 1),
        "longest, words": longest,
    }


def lengths(corpus: Corpus, lang: str) -> dict[str, int]:
    """How many sentences have so many words, by band ("5–6"; the last is open), empty bands at the end left out."""
    counts = np.zeros(len(BANDS), int)
    for batch in pq.ParquetFile(corpus.path(lang)).iter_batches(columns=["text"]):
        words = pc.count_substring(batch.column("text"), " ").to_numpy() + 1
        counts += np.bincount(np.searchsorted(BANDS, words, "right") - 1, minlength=len(BANDS))
    last = int(np.flatnonzero(counts).max(initial=0))
    ends = [f"{a}–{b - 1}" if b - a > 1 else f"{a}" for a, b in pairwise(BANDS)]
    return dict(zip([*ends, f"{BANDS[-1]}+"][: last + 1], counts.tolist(), strict=False))


def labels(corpus: Corpus, lang: str) -> dict[str, int]:
    """How many sentences have each label, the most frequent first; nothing where there are no labels."""
    found: Counter[str] = Counter()
    for batch in pq.ParquetFile(corpus.path(lang)).iter_batches(columns=["label"]):
        found.update(batch.column("label").to_pylist())
    del found[""]
    return dict(found.most_common())


def in_script(corpus: Corpus, lang: str) -> tuple[str, float]:
    """The script of the language, and the share of the letters of the first sentences that are written in it."""
    batch = next(pq.ParquetFile(corpus.path(lang)).iter_batches(SAMPLED, columns=["text"]))
    script = script_of(lang)
    return script, share_in_script(" ".join(batch.column("text").to_pylist()), script)


def bars(counts: Mapping[str, int], width: int = 40) -> list[str]:
    """A line for each count: its name, a bar whose longest is `width` characters, the count.

    >>> bars({"1": 2, "2": 4}, width=4)
    ['1  ██    2', '2  ████  4']
    """
    most, wide = max(counts.values()), max(map(len, counts))
    return [f"{name:>{wide}}  {'█' * round(width * n / most):<{width}}  {n:,}" for name, n in counts.items()]
