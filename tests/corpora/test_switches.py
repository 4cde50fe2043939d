"""The other switches of the generated corpus: each does what it says, and nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from corpora.errors import CorpusError
from corpora.grammar.clause import Clause, NounPhrase
from corpora.grammar.english_text import EnglishWriter
from corpora.grammar.korean_text import KoreanWriter
from corpora.grammar.lexicon import lexicon
from corpora.grammar.stream import Stream
from corpora.grammar.switches import Setting, switches_of
from corpora.grammar.tree import leaves, parse
from tests.corpora.generated import EVERYWHERE, LANGS, noun_of, pairs, phrases, to_read, words

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
    clause = Clause("transitive", noun_of("elder"), "present", to_read(), object=noun_of("text"))
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
    about = {**clause, **({"object": noun_of("text")} if "object" in clause else {})}
    if "other" in clause:
        about["other"] = Clause("motion", man, "past", come)
    made = Clause("transitive", noun_of("person"), "past", to_read(), **about)
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
