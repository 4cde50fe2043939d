"""Pairs of the generated corpus, and how tests look at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpora.grammar.clause import NounPhrase
from corpora.grammar.generate import generate
from corpora.grammar.lexicon import lexicon
from corpora.grammar.switches import Switches
from corpora.grammar.tree import Tree
from corpora.readers import Row

LANGS = ("ko", "en")
EVERYWHERE = {"ko": 1.0, "en": 1.0}


def pairs(count: int, **switches: Any) -> list[Row]:
    return list(generate(Switches(pairs=count, **switches)))


def words(text: str) -> list[str]:
    return [word.rstrip(".,").lower() for word in text.split()]


def phrases(tree: Tree) -> Iterator[Tree]:
    yield tree
    for child in tree[1:]:
        if not isinstance(child, str):
            yield from phrases(child)


def noun_of(group: str, **about: Any) -> NounPhrase:
    return NounPhrase(lexicon().nouns[group].items[0], **about)


def to_read() -> Any:
    return next(verb for verb in lexicon().verbs["transitive"].items if verb.base == "read")
