"""Dependency trees over the space-delimited words of a sentence, as one string a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from corpora.errors import CorpusError


class Word(NamedTuple):
    """One word: the number of its head from 1 (0: it is the root), the relation to it, its UPOS tag."""

    head: int
    relation: str
    tag: str


def written(words: Sequence[Word]) -> str:
    """`3/nsubj/NOUN 3/obj/NOUN 0/root/VERB`."""
    return " ".join(f"{word.head}/{word.relation}/{word.tag}" for word in words)


def parsed(text: str) -> list[Word]:
    """The inverse of `written`; CorpusError where it is no tree with one root."""
    words = []
    for item in text.split(" "):
        head, relation, tag = item.split("/") if item.count("/") == 2 else ("", "", "")
        if not head.isdigit():
            raise CorpusError(f'"{item}" in the tree "{text[:60]}" is not head/relation/TAG.')
        words.append(Word(int(head), relation, tag))
    fault = fault_of([word.head for word in words])
    if fault:
        raise CorpusError(f'The tree "{text[:60]}" {fault}.')
    return words


def fault_of(heads: Sequence[int]) -> str | None:
    """Why some heads, [words], are no tree; None where they are one."""
    if heads.count(0) != 1:
        return f"has {heads.count(0) or 'no'} roots"
    if max(heads) > len(heads):
        return f"has a head {max(heads)} among {len(heads)} words"
    if -1 in depths(heads):
        return "goes round in a circle"
    return None


def depths(heads: Sequence[int]) -> list[int]:
    """How many arcs lie between each word and the root; -1 for words in a circle."""
    result = [-2] * len(heads)
    for start in range(len(heads)):
        path, at = [], start
        while at >= 0 and result[at] == -2 and at not in path:
            path.append(at)
            at = heads[at] - 1
        depth = -1 if at < 0 else (-1 if at in path else result[at])
        circle = at in path
        for word in reversed(path):
            depth = -1 if circle or (depth == -1 and heads[word] != 0) else depth + 1
            result[word] = depth
    return result


def is_projective(heads: Sequence[int]) -> bool:
    """Whether no two arcs of a tree cross: every word between a word and its head is below that head."""
    for word, head in enumerate(heads, 1):
        for between in range(min(word, head) + 1, max(word, head)):
            above = between
            while above not in (0, head, word):
                above = heads[above - 1]
            if above == 0 and head != 0:
                return False
    return True


def collapsed(tokens: Sequence[Word], groups: Sequence[int]) -> list[Word]:
    """A tree over words from a tree over tokens; groups: the number of each token's word, from 0, ascending.

    A word hangs where the token of it hangs that is nearest to the root, punctuation apart; it has that token's
    relation and tag. Arcs inside a word go. The result is a tree again: the token nearest to the root has its head
    outside, nearer still; where leaving punctuation apart would make a circle, it is not left apart.
    """
    depth = depths([token.head for token in tokens])
    for apart in (True, False):
        words = _collapsed(
            tokens, groups, [(apart and token.tag == "PUNCT", at) for token, at in zip(tokens, depth, strict=True)]
        )
        if fault_of([word.head for word in words]) is None:
            return words
    return words


def _collapsed(tokens: Sequence[Word], groups: Sequence[int], rank: Sequence[tuple[bool, int]]) -> list[Word]:
    """The words by the token of each that has the lowest rank, hung where that token hangs outside of the word."""
    chosen: dict[int, int] = {}
    for number, group in enumerate(groups):
        if group not in chosen or rank[number] < rank[chosen[group]]:
            chosen[group] = number
    words = []
    for group in sorted(chosen):
        token = tokens[chosen[group]]
        head = token.head
        while head and groups[head - 1] == group:
            head = tokens[head - 1].head
        words.append(Word(groups[head - 1] + 1 if head else 0, token.relation, token.tag))
    return words


def without_punctuation(tokens: Sequence[Word]) -> list[int]:
    """The heads of a tree once punctuation is gone; what hung below punctuation hangs below its head."""
    kept = [number for number, token in enumerate(tokens, 1) if token.tag != "PUNCT"]
    place = {number: i for i, number in enumerate(kept, 1)}
    heads = []
    for number in kept:
        head = tokens[number - 1].head
        while head and head not in place:
            head = tokens[head - 1].head
        heads.append(place.get(head, 0))
    return heads


def figures(trees: Sequence[Sequence[int]]) -> dict[str, float]:
    """Of the heads of many sentences: `head_final`, the share of arcs whose head comes later; `dependency_length`, the
    mean distance over all arcs; `root_position`, the mean over sentences of two or more words, 0 first, 1 last."""
    gaps = np.array([head - word for heads in trees for word, head in enumerate(heads, 1) if head])
    roots = [heads.index(0) / (len(heads) - 1) for heads in map(list, trees) if len(heads) > 1 and 0 in heads]
    return {
        "head_final": float((gaps > 0).mean()),
        "dependency_length": float(np.abs(gaps).mean()),
        "root_position": float(np.mean(roots)),
    }
