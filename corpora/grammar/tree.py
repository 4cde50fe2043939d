"""Constituent trees: nested tuples (label, child, child …), a leaf being one eojeol or word of the text."""

from __future__ import annotations

from typing import Any

Tree = tuple[Any, ...]


def leaves(tree: Tree) -> list[str]:
    """The words of a tree, in the order of the text."""
    found: list[str] = []
    _gather(tree, found)
    return found


def _gather(tree: Tree, found: list[str]) -> None:
    for child in tree[1:]:
        if type(child) is tuple:
            _gather(child, found)
        else:
            found.append(child)


def bracketed(tree: Tree) -> str:
    """(S (NP-SBJ (N 학생이)) (V 읽었다.)), on one line."""
    return f"({tree[0]} {' '.join([bracketed(child) if type(child) is tuple else child for child in tree[1:]])})"


def parse(text: str) -> Tree:
    """The tree of a bracketed line; the inverse of `bracketed`."""
    stack: list[list[Any]] = [[]]
    for token in text.replace("(", " ( ").replace(")", " ) ").split():
        if token == "(":
            stack.append([])
        elif token == ")":
            done = tuple(stack.pop())
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    (tree,) = stack[0]
    return tuple(tree)


def on_last_leaf(tree: Tree, change: Any) -> Tree:
    """The tree with its last word changed, as particles and full stops do."""
    *before, last = tree
    return (*before, change(last) if isinstance(last, str) else on_last_leaf(last, change))


def on_first_leaf(tree: Tree, change: Any) -> Tree:
    """The tree with its first word changed, as the sentence-initial capital does."""
    label, first, *after = tree
    return (label, change(first) if isinstance(first, str) else on_first_leaf(first, change), *after)


def words(label: str, text: str) -> Tree:
    """A flat phrase of the words of a text."""
    return (label, *text.split(" "))
