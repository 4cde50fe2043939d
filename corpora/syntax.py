"""Dependency trees over the space-delimited words of a sentence, as one string a sentence."""

from __future__ import annotations

from typing import NamedTuple

from corpora.errors import CorpusError


class Word(NamedTuple):
    """One word: the number of its head from 1 (0: it is the root), the relation to it, its UPOS tag."""

    head: int
    relation: str
    tag: str


def written(words: list[Word]) -> str:
    """`3/nsubj/NOUN 3/obj/NOUN 0/root/VERB`."""
    return " ".join(f"{word.head}/{word.relation}/{word.tag}" for word in words)


def parsed(text: str) -> list[Word]:
    """The inverse of `written`; CorpusError if it is no tree with one root."""
    words = []
    for item in text.split(" "):
        head, relation, tag = item.rsplit("/", 2) if item.count("/") == 2 else ("", "", "")
        if not head.isdigit():
            raise CorpusError(f'"{item}" in the tree "{text[:60]}" is not head/relation/TAG.')
        words.append(Word(int(head), relation, tag))
    return words
