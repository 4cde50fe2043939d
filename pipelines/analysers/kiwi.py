"""Kiwi, which says where its morphemes stand."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from pipelines.analysers import Analysis, Part, analyser, by_eojeol
from pipelines.analysers.align import from_spans


@cache
def _kiwi() -> Any:
    """One model a process, on one thread."""
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)


def versions() -> str:
    return f"kiwipiepy {version('kiwipiepy')}, kiwipiepy-model {version('kiwipiepy-model')}"


@analyser("kiwi", versions, pace=1500)
def analyse(body: str) -> Analysis:
    """The parts of each eojeol; tags without the mark of regular and irregular stems (VV-I is VV)."""
    words = body.split(" ")
    return _laid(body) or by_eojeol(words, _alone)


def _alone(word: str) -> list[Part] | None:
    laid = _laid(word)
    return laid[0] if laid else None


def _laid(text: str) -> Analysis | None:
    tokens = _kiwi().tokenize(text)
    return from_spans(text, [(t.start, t.start + t.len, t.form, t.tag.partition("-")[0]) for t in tokens])
