"""Where the phrases of a generated clause stand: free order, heads and lengths of dependencies, each alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from corpora.grammar.clause import Clause
from corpora.grammar.english_text import EnglishWriter
from corpora.grammar.korean_text import KoreanWriter
from corpora.grammar.lexicon import lexicon
from corpora.grammar.stream import Stream
from corpora.grammar.switches import INITIAL, PHRASES, Setting
from corpora.grammar.tree import Tree, leaves, parse
from corpora.readers import Row
from corpora.syntax import figures, parsed
from tests.corpora.generated import EVERYWHERE, LANGS, noun_of, pairs, phrases, to_read, words

SOME_ORDERS: list[dict[str, Any]] = [
    {"scrambling": EVERYWHERE},
    {"dependency_length": "short"},
    {"dependency_length": "long"},
    *({"head_direction": {lang: {phrase: "final" if phrase in INITIAL[lang] else "initial"}}}
      for lang in LANGS for phrase in PHRASES[lang]),
    {"head_direction": {"ko": {"VP": "initial", "S": "initial"}, "en": {"VP": "final"}}, "scrambling": EVERYWHERE},
]  # fmt: skip


def links(row: Row, lang: str) -> Counter[tuple[str, str, str]]:
    """Word, head and relation of every word, whatever their order."""
    spelled = words(row.texts[lang])
    return Counter(
        (spelled[i], spelled[word.head - 1] if word.head else "", word.relation)
        for i, word in enumerate(parsed(row.syntax[lang]))
    )


@pytest.mark.parametrize("switches", SOME_ORDERS)
def test_an_order_moves_words_and_leaves_who_depends_on_whom(switches: dict[str, Any]) -> None:
    moved = 0
    for before, after in zip(pairs(300), pairs(300, **switches), strict=True):
        for lang in LANGS:
            assert sorted(words(before.texts[lang])) == sorted(words(after.texts[lang]))
            assert links(before, lang) == links(after, lang)
            assert " ".join(leaves(parse(after.trees[lang]))) == after.texts[lang]
            moved += before.texts[lang] != after.texts[lang]
    assert moved > 10


def _sides(row: Row, lang: str) -> Iterator[tuple[str, str]]:
    """Phrase type and the side of its head, read off the trees alone."""
    for label, *children in phrases(parse(row.trees[lang])):
        kinds = [child[0] for child in children if not isinstance(child, str)]

        def side(kind: str, *heads: str, kinds: list[str] = kinds) -> Iterator[tuple[str, str]]:
            at = [i for i, name in enumerate(kinds) if name in heads]
            if at and len(at) < len(kinds):
                yield kind, "final" if at[-1] == len(kinds) - 1 else "initial"

        if lang == "en":
            yield from side("VP", "V") if label == "VP" else ()
            yield from side("PP", "P") if label == "PP" else ()
            yield from side("Comp", "IN", "C", "WH") if label == "SBAR" else ()
            if {"NP-SBJ", "VP"} <= set(kinds):
                yield "S", "final" if kinds.index("VP") > kinds.index("NP-SBJ") else "initial"
            if "N" in kinds and "SBAR" in kinds:
                yield "Rel", "initial" if kinds[-1] == "SBAR" else "final"
            if "N" in kinds and set(kinds) & {"DET", "ADJ", "NUM", "NP-POS"}:
                bare = [kind for kind in kinds if kind != "SBAR"]
                yield "NP", "final" if bare[-1] == "N" else "initial"
        else:
            subject = next((kind for kind in kinds if kind in ("NP-TOP", "NP-SBJ")), None)
            if subject and "VP" in kinds:
                yield "S", "final" if kinds.index("VP") > kinds.index(subject) else "initial"
            others = [kind for kind in kinds if kind not in ("NP-TOP", "NP-SBJ", "S-ADV")]
            if "VP" in kinds and len(others) > 1:
                yield "VP", "final" if others[-1] == "VP" else "initial"
            if "N" in kinds and set(kinds) & {"S-ADN", "S-NOM"}:
                yield "Rel", "final" if kinds[0] in ("S-ADN", "S-NOM") else "initial"
            if "N" in kinds and set(kinds) & {"DET", "ADJ", "NP-POS"}:
                bare = [kind for kind in kinds if kind != "S-ADN"]
                yield "NP", "final" if bare[-1] in ("N", "CNT") else "initial"


@pytest.mark.parametrize(("lang", "turned"), [(lang, phrase) for lang in LANGS for phrase in (None, *PHRASES[lang])])
def test_a_head_changes_sides_in_its_own_phrases_alone(lang: str, turned: str | None) -> None:
    expected = {phrase: "initial" if phrase in INITIAL[lang] else "final" for phrase in PHRASES[lang]}
    directions = {}
    if turned:
        expected[turned] = "final" if turned in INITIAL[lang] else "initial"
        directions = {lang: {turned: expected[turned]}}
    seen: dict[str, Counter[str]] = {phrase: Counter() for phrase in PHRASES[lang]}
    for row in pairs(400, head_direction=directions):
        for phrase, side in _sides(row, lang):
            seen[phrase][side] += 1
    for phrase, sides in seen.items():
        assert set(sides) == {expected[phrase]}, (phrase, sides)
        assert sides.total() >= 15


def test_heads_at_their_natural_side_change_nothing() -> None:
    natural = {
        lang: {phrase: "initial" if phrase in INITIAL[lang] else "final" for phrase in PHRASES[lang]} for lang in LANGS
    }
    assert [row.texts for row in pairs(100, head_direction=natural)] == [row.texts for row in pairs(100)]


@pytest.mark.parametrize("lang", LANGS)
def test_dependencies_come_out_shorter_and_longer(lang: str) -> None:
    def length(wanted: str) -> float:
        rows = pairs(1500, dependency_length=wanted)
        return figures([[word.head for word in parsed(row.syntax[lang])] for row in rows])["dependency_length"]

    short, natural, long = map(length, ("short", "natural", "long"))
    assert short < natural < long
    assert long - short > 0.1


def _predicate_place(tree: Tree) -> Iterator[tuple[int, int]]:
    """The place of the predicate complex among the phrases of each clause, and how many there are."""
    for phrase in phrases(tree):
        kinds = [child[0] for child in phrase[1:] if not isinstance(child, str)]
        kinds = [kind for kind in kinds if kind not in ("S-ADV", "SBAR") or phrase[0] != "S"]
        if "VP" in kinds:
            assert kinds.count("VP") == 1
            yield kinds.index("VP"), len(kinds)


def test_scrambling_moves_whole_phrases_and_leaves_the_predicate_in_its_place() -> None:
    straight, scrambled = pairs(400), pairs(400, scrambling=1.0)
    moved = 0
    for before, after in zip(straight, scrambled, strict=True):
        assert all(at == count - 1 for at, count in _predicate_place(parse(after.trees["ko"])))
        clauses = [
            Counter(frozenset(Counter(words(" ".join(leaves(phrase)))).items()) for phrase in phrases(parse(row.trees["ko"])))
            for row in (before, after)
        ]  # fmt: skip
        assert clauses[0] == clauses[1], "the same phrases, each with the same words"
        moved += before.texts["ko"] != after.texts["ko"]
        assert before.texts["en"] == after.texts["en"]
    assert moved > 200


def test_all_orders_of_a_scrambled_clause_are_equally_frequent() -> None:
    """Subject, time and object have six orders: 600 clauses give each about 100 (chi-squared, five degrees: < 20.5)."""
    time = lexicon().adverbs["past"].items[0]
    clause = Clause("transitive", noun_of("person"), "past", to_read(), object=noun_of("text"), time=time)
    for writer in (KoreanWriter, EnglishWriter):
        seen = Counter(
            tuple(words(" ".join(leaves(writer(Setting(scrambling=1.0), Stream(i)).sentence(clause)))))
            for i in range(600)
        )
        assert len(seen) == 6
        assert sum((count - 100) ** 2 / 100 for count in seen.values()) < 20.5


def test_more_scrambling_moves_the_same_clauses_and_others() -> None:
    rows = [pairs(400, scrambling={"ko": share, "en": share}) for share in (0.0, 0.3, 0.6, 1.0)]
    for lang in LANGS:
        texts = [[row.texts[lang] for row in some] for some in rows]
        moved = [sum(a != b for a, b in zip(texts[0], some, strict=True)) for some in texts]
        assert moved == sorted(moved)
        assert 0.2 * moved[3] < moved[1] < 0.5 * moved[3]
        kept = sum(a != b and b == d for a, b, d in zip(texts[0], texts[1], texts[3], strict=True))
        assert kept > 0.6 * moved[1]


def test_scrambled_english_has_its_predicate_second() -> None:
    """In every clause of two phrases or more beside the predicate; each English sentence still begins with a capital
    and ends with the one full stop."""
    places: Counter[int] = Counter()
    for row in pairs(300, scrambling=EVERYWHERE):
        text = row.texts["en"]
        assert text[0].isupper()
        assert text.endswith(".")
        assert text.count(".") == 1
        for clause in phrases(parse(row.trees["en"])):
            children = [child for child in clause[1:] if not isinstance(child, str)] if clause[0] == "S" else []
            own = [child[0] for child in children if child[0] != "SBAR" or child[1][0] == "C"]
            if "VP" in own and len(own) > 2:
                places[own.index("VP")] += 1
    assert set(places) == {1}
    assert places[1] > 150
