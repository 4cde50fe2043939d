"""Whether a built corpus is still what it was when it was built."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpora.table import Corpus, sha256_of_rows


def changed(folder: Path) -> str:
    """What is wrong with the corpus in a folder, "" where nothing is: its tables, by rows and by hash."""
    try:
        kept = json.loads((folder / "corpus.json").read_text(encoding="utf-8"))
        corpus = Corpus(**{**kept, "folder": folder, "languages": tuple(kept["languages"])})
    except (OSError, ValueError, TypeError) as error:
        return f"corpus.json cannot be read ({type(error).__name__})"
    for lang in corpus.languages:
        try:
            rows = pq.ParquetFile(corpus.path(lang)).metadata.num_rows
        except (OSError, pa.ArrowException) as error:
            return f"the table of {lang} cannot be read ({type(error).__name__})"
        if rows != sum(corpus.counts[lang].values()):
            return f"the table of {lang} has {rows:,} rows where {sum(corpus.counts[lang].values()):,} were built"
    found = sha256_of_rows(corpus)
    return "" if found == corpus.sha256 else f"the text has sha256 {found[:12]}…, built was {corpus.sha256[:12]}…"
