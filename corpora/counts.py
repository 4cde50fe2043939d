"""How much text there is, in every unit that somebody may ask for."""

from __future__ import annotations

import unicodedata

import pyarrow.parquet as pq

from corpora.table import Corpus


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
