"""The sentences of a split of a corpus, with their trees: for commands that show what an order does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpora.build import build
from corpora.errors import unknown
from corpora.own import written_options
from corpora.syntax import Word
from corpora.table import SPLITS, Corpus
from pipelines.build import syntax_of
from pipelines.errors import PipelineError
from pipelines.plain import Training

DRAWN_FROM = 20_000
"""Training sentences that an order may draw words from here."""


@dataclass(frozen=True)
class CorpusText:
    """Texts, ids and trees (None where there are none), [sentences] each, and the corpus that they are from."""

    name: str
    lang: str
    texts: list[str]
    ids: list[str]
    syntax: list[list[Word]] | None
    corpus: Corpus

    def training(self) -> Training:
        """The first training sentences, to draw words from."""
        found = _split(self.corpus, self.lang, "train", DRAWN_FROM)
        return Training(found.texts, found.syntax)


def corpus_in(name: str, lang: str, options: Sequence[str] = ()) -> Corpus:
    """The corpus of that name, built with options written key=value; PipelineError if it has no such language."""
    corpus = build(name, langs=(lang,), options=written_options(options))
    if lang not in corpus.languages:
        raise PipelineError(f"The corpus {corpus.name} has no {lang}; it has {', '.join(corpus.languages)}.")
    return corpus


def read(name: str, lang: str, split: str, options: Sequence[str] = ()) -> CorpusText:
    """The sentences of one split; PipelineError or CorpusError for a corpus, language or split that is not there."""
    if split not in SPLITS:
        raise PipelineError(unknown("split", split, SPLITS))
    return _split(corpus_in(name, lang, options), lang, split)


def _split(corpus: Corpus, lang: str, split: str, most: int | None = None) -> CorpusText:
    rows = corpus.table(lang, ["sentence_id", "text", "split", "syntax"]).to_pylist()
    chosen = [row for row in rows if row["split"] == split][:most]
    texts = [row["text"] for row in chosen]
    syntax = syntax_of(texts, [row["syntax"] for row in chosen])
    return CorpusText(corpus.name, lang, texts, [row["sentence_id"] for row in chosen], syntax, corpus)
