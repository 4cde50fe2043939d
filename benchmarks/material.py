"""Text to measure on: Naver film reviews from the mirror folder, resampled to any number of sentences."""

from __future__ import annotations

import gzip
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from corpora.table import Corpus, Sentence, write


class NoMirrorError(Exception):
    """There is no real text to measure on."""


def review_texts() -> Iterator[str]:
    """The 712,404 reviews in their order, spaces made single; NoMirrorError where the mirror folder is not named."""
    path = Path(os.environ.get("EOSUN_MIRROR") or "absent") / "nsmc/reviews_all.tsv.gz"
    if not path.is_file():
        raise NoMirrorError("EOSUN_MIRROR names no folder with nsmc/reviews_all.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        next(stream)
        for line in stream:
            text = " ".join(line.rstrip("\n").split("\t")[-1].replace("\u2581", " ").split())
            if text:
                yield text


def reviews(count: int, folder: Path) -> Corpus:
    """A Sentence table of that many reviews, begun again from the first as often as it takes; 1 % each for validation
    and testing."""

    def rows() -> Iterator[Sentence]:
        texts = itertools.chain.from_iterable(review_texts() for _ in itertools.count())
        for number, text in enumerate(itertools.islice(texts, count)):
            yield Sentence(f"r{number}", "ko", text, {0: "test", 1: "valid"}.get(number % 100, "train"))

    folder.mkdir(parents=True, exist_ok=True)
    counts, sha256 = write(folder, ("ko",), rows())
    return Corpus(f"reviews-{count}", folder, ("ko",), False, sha256, counts, {}, {})
