"""Clauses in which either person could have done it, and what they are labelled with."""

from __future__ import annotations

from collections import Counter
from typing import Any

from corpora.grammar.tree import parse
from tests.corpora.generated import EVERYWHERE, LANGS, pairs, phrases, words


def test_reversible_clauses_come_with_their_exchange() -> None:
    rows = pairs(1000, reversible=True)
    for one, other in zip(rows[::2], rows[1::2], strict=True):
        assert one.split == other.split
        assert one.document == other.document != "", "the two are not independent"
        assert one.label != other.label
        assert one.texts != other.texts
        assert sorted(words(one.texts["en"])) == sorted(words(other.texts["en"]))
        for row in (one, other):
            subject = next(phrase for phrase in phrases(parse(row.trees["en"])) if phrase[0] == "NP-SBJ")
            assert " ".join(subject[-1][1:]).lower() == row.label
    assert {row.split for row in rows} == {"train", "valid", "test"}


def test_the_number_of_the_subject_as_label_by_hand() -> None:
    """What the English verb shows, where it shows anything, is what the label says; without agreement no verb does."""
    rows = pairs(2000, label="number")
    assert Counter(row.label for row in rows).keys() == {"one", "many"}
    forms = {"is": "one", "are": "many", "was": "one", "were": "many", "does": "one", "do": "many"}
    shown = 0
    for row in rows:
        tree = parse(row.trees["en"])
        clause = [part for part in tree[1:] if part[0] == "VP"]
        form = clause[0][1][1] if len(clause) == 1 and clause[0][1][0] == "V" else ""
        if form in forms:
            assert forms[form] == row.label, row.texts["en"]
            shown += 1
    assert shown > 200
    bare = pairs(2000, label="number", agreement=False)
    assert [row.label for row in bare] == [row.label for row in rows]
    assert not {"is", "was", "does", "has"} & {word for row in bare for word in words(row.texts["en"].lower())}


def test_of_two_persons_one_is_several_and_either_may_have_done_it() -> None:
    """Each bag of words stands under both labels, and exactly one of its two persons is in the plural."""
    rows = pairs(1000, reversible=True, label="number", agreement=False, register="plain", case_marking="dropped")
    for lang in LANGS:
        under: dict[tuple[str, ...], Counter[str]] = {}
        for row in rows:
            under.setdefault(tuple(sorted(words(row.texts[lang]))), Counter())[row.label] += 1
        assert all(labels == Counter(one=1, many=1) for labels in under.values())
    assert all(row.texts["ko"].count("들") == 1 for row in rows if "들" in row.texts["ko"])


def test_without_order_and_marks_nothing_tells_who_did_it() -> None:
    """Each bag of words stands under both labels, so the best guess from it is right half of the time."""
    switches: dict[str, Any] = {"case_marking": "dropped", "scrambling": EVERYWHERE, "reversible": True}
    for lang in LANGS:
        under: dict[tuple[str, ...], Counter[str]] = {}
        for row in pairs(1000, register="plain", **switches):
            under.setdefault(tuple(sorted(words(row.texts[lang]))), Counter())[row.label] += 1
        assert all(len(labels) == 2 and len(set(labels.values())) == 1 for labels in under.values())
    marked = {"ko": "full", "en": "full"}
    for row in pairs(300, case_marking=marked, scrambling=EVERYWHERE, reversible=True):
        agent = next(word for word in words(row.texts["en"]) if word.endswith("-nom"))
        assert row.label.split()[-1] == agent.removesuffix("-nom")
