"""The switches of the generated corpus: each does what it says, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from corpora.errors import CorpusError
from corpora.grammar.clause import Clause, NounPhrase
from corpora.grammar.english_text import EnglishWriter
from corpora.grammar.generate import generate
from corpora.grammar.korean_text import KoreanWriter
from corpora.grammar.lexicon import lexicon
from corpora.grammar.stream import Stream
from corpora.grammar.switches import INITIAL, PHRASES, Setting, Switches, switches_of
from corpora.grammar.tree import Tree, leaves, parse
from corpora.readers import Row
from corpora.syntax import figures, parsed

LANGS = ("ko", "en")
EVERYWHERE = {"ko": 1.0, "en": 1.0}
SOME_ORDERS: list[dict[str, Any]] = [
    {"scrambling": EVERYWHERE},
    {"dependency_length": "short"},
    {"dependency_length": "long"},
    *({"head_direction": {lang: {phrase: "final" if phrase in INITIAL[lang] else "initial"}}}
      for lang in LANGS for phrase in PHRASES[lang]),
    {"head_direction": {"ko": {"VP": "initial", "S": "initial"}, "en": {"VP": "final"}}, "scrambling": EVERYWHERE},
]  # fmt: skip


def pairs(count: int, **switches: Any) -> list[Row]:
    return list(generate(Switches(pairs=count, **switches)))


def words(text: str) -> list[str]:
    return [word.rstrip(".,").lower() for word in text.split()]


def phrases(tree: Tree) -> Iterator[Tree]:
    yield tree
    for child in tree[1:]:
        if not isinstance(child, str):
            yield from phrases(child)


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
    clause = Clause("transitive", _of("person"), "past", _read(), object=_of("text"), time=time)
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


PARTICLES = {
    "full": {"이", "가", "은", "는", "을", "를", "께서", "께서는"},
    "neutralised": {"은", "는"},
}


@pytest.mark.parametrize("case", ["full", "neutralised"])
def test_korean_marks_are_particles_on_bare_nouns(case: str) -> None:
    marked = 0
    for with_marks, bare in zip(pairs(300, case_marking=case), pairs(300, case_marking="dropped"), strict=True):
        assert with_marks.texts["en"] == bare.texts["en"]
        for one, other in zip(words(with_marks.texts["ko"]), words(bare.texts["ko"]), strict=True):
            assert one == other or one.removeprefix(other) in PARTICLES[case]
            marked += one != other
    assert marked > 300
    labels = ("NP-TOP", "NP-SBJ", "NP-OBJ")
    for row in pairs(300, case_marking=case):
        for label, *parts in phrases(parse(row.trees["ko"])):
            if label in labels:
                head = [part[1] for part in parts if part[0] in ("N", "CNT")][-1]
                assert any(head.endswith(particle) for particle in PARTICLES[case])


def test_english_marks_stand_on_subjects_and_objects_alone() -> None:
    for row in pairs(300, case_marking={"en": "full"}):
        assert row.texts["ko"]
        tree = parse(row.trees["en"])
        found = Counter(phrase[0] for phrase in phrases(tree))
        assert row.texts["en"].count("-nom") == found["NP-SBJ"]
        assert row.texts["en"].count("-acc") == found["NP-OBJ"]
        for phrase in phrases(tree):
            if phrase[0] in ("NP-SBJ", "NP-OBJ"):
                noun = next(part for part in phrase[1:] if part[0] == "N")
                assert noun[-1].rstrip(".,").endswith("-nom" if phrase[0] == "NP-SBJ" else "-acc")
    both = pairs(300, case_marking={"en": "neutralised"})
    assert [row.texts["en"].replace("-case", "") for row in both] == [row.texts["en"] for row in pairs(300)]
    assert sum(row.texts["en"].count("-case") for row in both) > 400


def _of(group: str, **about: Any) -> NounPhrase:
    return NounPhrase(lexicon().nouns[group].items[0], **about)


def _read() -> Any:
    return next(verb for verb in lexicon().verbs["transitive"].items if verb.base == "read")


@pytest.mark.parametrize(
    ("lang", "agreement", "expected"),
    [
        ("ko", True, "선생님께서는 책을 읽으신다."),
        ("ko", False, "선생님은 책을 읽는다."),
        ("en", True, "The teacher reads the book."),
        ("en", False, "The teacher read the book."),
    ],
)
def test_agreement_by_hand(lang: str, agreement: bool, expected: str) -> None:
    clause = Clause("transitive", _of("elder"), "present", _read(), object=_of("text"))
    setting = Setting(agreement=agreement, case_marking="full" if lang == "ko" else "dropped")
    writer = (KoreanWriter if lang == "ko" else EnglishWriter)(setting, Stream(0))
    assert " ".join(leaves(writer.sentence(clause))) == expected


def test_without_agreement_no_verb_shows_its_subject() -> None:
    texts = {lang: " ".join(row.texts[lang] for row in pairs(500, agreement=False)) for lang in LANGS}
    assert not [word for word in words(texts["ko"]) if word.endswith(("님께", "니께", "지께", "께서", "께서는"))]
    english = Counter(words(texts["en"]))
    assert not english.keys() & {"is", "was", "has", "does", "wants", "reads", "eats", "goes", "says"}
    assert english["are"] > 10


def test_a_subject_is_dropped_only_where_nothing_else_is_heard_in_its_place() -> None:
    """Without its topic a sentence has no subject left at all that could capture the predicate, it says more than the
    predicate, and what is lost in Korean is in English no more than a determiner and a noun."""
    plain, dropped = pairs(1500), pairs(1500, pro_drop=1.0)
    gone = 0
    for before, after in zip(plain, dropped, strict=True):
        assert before.texts["en"] == after.texts["en"]
        lost = Counter(words(before.texts["ko"])) - Counter(words(after.texts["ko"]))
        assert not Counter(words(after.texts["ko"])) - Counter(words(before.texts["ko"]))
        if lost:
            gone += 1
            assert lost.total() == 1
            labels = [phrase[0] for phrase in phrases(parse(after.trees["ko"]))]
            assert not {"NP-TOP", "NP-SBJ", "S-CMP", "S-NOM", "S-ADV", "S-CRD"} & set(labels)
            assert len(parse(after.trees["ko"])) > 2
            subject = next(phrase for phrase in phrases(parse(after.trees["en"])) if phrase[0] == "NP-SBJ")
            assert [part[0] for part in subject[1:]] in (["N"], ["DET", "N"])
    assert gone > 300


@pytest.mark.parametrize(
    ("clause", "korean"),
    [
        ({"object": "text"}, "책을 읽었다."),
        ({}, "학생은 읽었다."),
        ({"object": "text", "other": True, "link": "but"}, "남자는 왔지만 학생은 책을 읽었다."),
        ({"object": "text", "other": True, "link": "because"}, "남자가 와서 학생은 책을 읽었다."),
    ],
)
def test_dropping_by_hand(clause: dict[str, Any], korean: str) -> None:
    come = next(verb for verb in lexicon().verbs["motion"].items if verb.base == "come")
    man = NounPhrase(next(noun for noun in lexicon().nouns["person"].items if noun.en == "man"))
    about = {**clause, **({"object": _of("text")} if "object" in clause else {})}
    if "other" in clause:
        about["other"] = Clause("motion", man, "past", come)
    made = Clause("transitive", _of("person"), "past", _read(), **about)
    assert " ".join(leaves(KoreanWriter(Setting(), Stream(0)).sentence(made, dropped=True))) == korean


def test_a_share_of_dropping_drops_that_share_of_the_droppable() -> None:
    def missing(share: float) -> set[str]:
        return {row.name for row in pairs(3000, pro_drop=share) if "NP-TOP" not in row.trees["ko"]}

    most, some = missing(1.0), missing(0.4)
    assert some < most
    assert len(some) / len(most) == pytest.approx(0.4, abs=0.06)


@pytest.mark.parametrize(
    "switches",
    [
        {"pro_drop": 1.0, "register": "plain"},
        {"pro_drop": 0.5, "scrambling": EVERYWHERE},
        {"case_marking": "dropped", "scrambling": EVERYWHERE, "agreement": False, "register": "polite"},
        {"case_marking": {"ko": "neutralised", "en": "neutralised"}, "scrambling": EVERYWHERE, "pro_drop": 1.0},
    ],
)
def test_no_switch_makes_two_sentences_alike(switches: dict[str, Any]) -> None:
    """A dropped subject or case is where two pairs may become one sentence, and training leak into the test."""
    rows = pairs(6000, **switches)
    for lang in LANGS:
        assert len({tuple(sorted(words(row.texts[lang]))) for row in rows}) == 6000


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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scrambling": 1.5}, "scrambling is a share between 0 and 1"),
        ({"scrambling": {"de": 0.5}}, 'by language, ko and en, not for "de"'),
        ({"pairs": 0}, "pairs is a whole number of at least 1"),
        ({"register": "rude"}, "register is one of"),
        ({"case_marking": "none"}, "case_marking is one of full, dropped, neutralised"),
        ({"dependency_length": {"en": "tiny"}}, "dependency_length is one of natural, short, long"),
        ({"agreement": "off"}, "agreement is true or false"),
        ({"head_direction": {"en": "final"}}, "set by language and phrase"),
        ({"head_direction": {"ko": {"PP": "initial"}}}, "its head is part of a word there"),
        ({"head_direction": {"en": {"XP": "initial"}}}, "knows S, VP, PP, NP, Rel, Comp, not XP"),
        ({"reversible": True, "pro_drop": 0.5}, "need both persons"),
        ({"reversible": True, "pairs": 7}, "pairs is even"),
        ({"label": "gender"}, "label is one of agent, number"),
        ({"scrambeling": 0.5}, 'Did you mean "scrambling"'),
    ],
)
def test_wrong_switches_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        switches_of(options)
