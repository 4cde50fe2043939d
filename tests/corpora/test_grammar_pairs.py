"""Pairs of the grammar mean the same and are what a native would write: by hand, and over derivations at large."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from corpora.grammar.clause import Clause, NounPhrase
from corpora.grammar.derivation import Deriver
from corpora.grammar.english_text import EnglishWriter
from corpora.grammar.generate import generate
from corpora.grammar.korean_text import KoreanWriter
from corpora.grammar.lexicon import Adverb, Noun, Verb, lexicon
from corpora.grammar.stream import Stream
from corpora.grammar.switches import Setting, Switches
from corpora.grammar.tree import Tree, leaves, parse


def noun(ko: str) -> Noun:
    return lexicon().named[ko]


def verb(frame: str, stem: str) -> Verb:
    return next(v for v in lexicon().verbs[frame].items if v.stem == stem)


def adverb(ko: str) -> Adverb:
    return next(a for kind in lexicon().adverbs.values() for a in kind.items if a.ko == ko)


def both(clause: Clause, register: str = "plain") -> tuple[str, str]:
    korean = KoreanWriter(Setting(register=register), Stream(0)).sentence(clause)
    english = EnglishWriter(Setting(case_marking="dropped"), Stream(0)).sentence(clause)
    return " ".join(leaves(korean)), " ".join(leaves(english))


MINSU, STUDENT, MOTHER = NounPhrase(noun("민수")), NounPhrase(noun("학생")), NounPhrase(noun("어머니"))
BOOK = NounPhrase(noun("책"), "a")
READ = verb("transitive", "읽")


@pytest.mark.parametrize(
    ("stem", "humble"),
    [
        ("주", "드렸다"), ("보내", "보내드렸다"), ("건네", "건네드렸다"), ("전하", "전해드렸다"), ("설명하", "설명해드렸다"),
        ("소개하", "소개해드렸다"), ("가르치", "가르쳐드렸다"), ("빌려주", "빌려드렸다"), ("돌려주", "돌려드렸다"),
        ("보여주", "보여드렸다"), ("읽어주", "읽어드렸다"), ("약속하", "약속드렸다"), ("제안하", "제안드렸다"),
    ],
)  # fmt: skip
def test_what_is_done_for_an_honoured_person_is_said_humbly(stem: str, humble: str) -> None:
    clause = Clause("ditransitive", STUDENT, "past", verb("ditransitive", stem), object=BOOK, recipient=MOTHER)
    assert both(clause)[0] == f"학생은 어머니께 책을 {humble}."
    unequal = KoreanWriter(Setting(agreement=False), Stream(0)).sentence(clause)
    assert leaves(unequal)[1] == "어머니에게"
    assert not leaves(unequal)[-1].endswith("드렸다.")


BOUGHT = Clause("transitive", MINSU, "past", verb("transitive", "사"), object=BOOK, gap="object")
THAT_BOOK = NounPhrase(noun("책"), relative=BOUGHT)
LIKE, SONG = verb("transitive", "좋아하"), NounPhrase(noun("노래"))
LIKING = Clause("transitive", STUDENT, "past", LIKE, object=SONG, gap="subject")
HIRED = Clause("passive", MINSU, "future", verb("passive", "고용되"))
HOME, CITY = NounPhrase(noun("집")), NounPhrase(noun("도시"))
YESTERDAY, OFTEN = adverb("어제"), adverb("자주")


@pytest.mark.parametrize(
    ("clause", "korean", "english"),
    [
        (
            Clause("transitive", STUDENT, "past", READ, object=THAT_BOOK, time=YESTERDAY),
            "어제 학생은 민수가 산 책을 읽었다.", "Yesterday the student read the book that Minsu bought.",
        ),
        (
            Clause("ditransitive", STUDENT, "past", verb("ditransitive", "주"), object=THAT_BOOK, recipient=MOTHER),
            "학생은 어머니께 민수가 산 책을 드렸다.", "The student gave the mother the book that Minsu bought.",
        ),
        (
            Clause("ditransitive", STUDENT, "past", verb("ditransitive", "추천하"), object=THAT_BOOK, recipient=MINSU),
            "학생은 민수에게 민수가 산 책을 추천했다.", "The student recommended to Minsu the book that Minsu bought.",
        ),
        (
            Clause("report", MOTHER, "past", verb("report", "말하"), complement=HIRED, time=YESTERDAY),
            "어제 어머니께서는 민수가 고용될 것이라고 말씀하셨다.", "Yesterday the mother said that Minsu would be hired.",
        ),
        (
            Clause("transitive", STUDENT, "present", READ, object=BOOK, time=OFTEN),
            "학생은 자주 책을 읽는다.", "The student often reads a book.",
        ),
        (
            Clause("intransitive", NounPhrase(noun("학생"), relative=LIKING), "past", verb("intransitive", "웃")),
            "노래를 좋아하는 학생은 웃었다.", "The student who liked the song smiled.",
        ),
        (
            Clause("know", STUDENT, "past", verb("know", "알"), complement=Clause("copula", MINSU, "past", identity=noun("의사"))),
            "학생은 민수가 의사였던 것을 알았다.", "The student knew that Minsu had been a doctor.",
        ),
        (
            Clause("know", STUDENT, "present", verb("know", "알"), complement=Clause("copula", MINSU, "present", identity=noun("의사"))),
            "학생은 민수가 의사인 것을 안다.", "The student knows that Minsu is a doctor.",
        ),
        (
            Clause("motion", MINSU, "past", verb("motion", "이사하"), goal=CITY),
            "민수는 도시로 이사했다.", "Minsu moved to the city.",
        ),
        (Clause("motion", MINSU, "past", verb("motion", "가"), goal=HOME), "민수는 집에 갔다.", "Minsu went home."),
        (
            Clause("intransitive", MINSU, "past", verb("intransitive", "쉬"), place=HOME),
            "민수는 집에서 쉬었다.", "Minsu rested at home.",
        ),
        (
            Clause("transitive", MOTHER, "past", READ, object=BOOK, aux="progressive", negative=True),
            "어머니께서는 책을 읽고 계시지 않았다.", "The mother was not reading a book.",
        ),
        (
            Clause("transitive", STUDENT, "present", READ, object=BOOK, aux="progressive", negative=True),
            "학생은 책을 읽고 있지 않다.", "The student is not reading a book.",
        ),
        (
            Clause("intransitive", MOTHER, "past", verb("intransitive", "자"), aux="progressive"),
            "어머니께서는 주무시고 계셨다.", "The mother was sleeping.",
        ),
        (
            Clause("transitive", MOTHER, "past", verb("transitive", "먹"), object=NounPhrase(noun("떡")), aux="must"),
            "어머니께서는 떡을 드셔야 하셨다.", "The mother had to eat the rice cake.",
        ),
    ],
)  # fmt: skip
def test_pairs_by_hand(clause: Clause, korean: str, english: str) -> None:
    assert both(clause) == (korean, english)


def clauses(clause: Clause) -> Iterator[Clause]:
    """The clause and all that are linked to it or stand inside it."""
    yield clause
    phrases = clause.subject, clause.object
    inner = clause.other, clause.complement, *(phrase.relative for phrase in phrases if phrase is not None)
    for other in inner:
        if other is not None:
            yield from clauses(other)


@pytest.fixture(scope="module")
def derived() -> list[Clause]:
    made = (Deriver(lexicon(), Stream(5, number, 0, 1)).sentence() for number in range(6000))
    return [clause for whole in made for clause in clauses(whole)]


def test_together_is_said_of_several_and_alone_of_one(derived: list[Clause]) -> None:
    seen = Counter((c.manner.ko, c.subject.many) for c in derived if c.manner is not None)
    assert seen["함께", True] > 10 < seen["혼자", False]
    assert not seen["함께", False] + seen["혼자", True]
    assert not any(c.manner and c.instrument for c in derived), "drew together with a pen"


def test_what_is_denied_is_not_denied_of_every_day(derived: list[Clause]) -> None:
    """매일 자지 않는다 (on no day) is not `does not sleep every day`: denied clauses have no time that can be denied."""
    scoped = {"매일", "자주", "항상", "가끔", "날마다", "밤마다", "아침마다", "주말마다", "곧", "언젠가"}
    times = Counter(c.time.ko for c in derived if c.negative and c.time is not None)
    assert times.total() > 100
    assert not scoped & times.keys()


def test_a_cause_that_happened_is_past(derived: list[Clause]) -> None:
    """-어서 has no tense of its own: with something that happens it tells what was before, whatever the main tense."""
    causes = [c.other for c in derived if c.link == "because" and c.other is not None]
    assert len(causes) > 200
    assert all(c.tense == "past" for c in causes if c.verb is not None and not c.verb.stative)


def test_participants_of_linked_clauses_differ(derived: list[Clause]) -> None:
    """A noun said twice would be the same one in English (the student) and in Korean two; nor does anybody own what is
    told of her by her name (Jiyoung wiped Jiyoung's clock)."""
    for clause in derived:
        if clause.object is not None and clause.object.possessor is not None:
            assert clause.object.possessor not in (clause.subject.noun, clause.recipient and clause.recipient.noun)
        if clause.other is not None:
            assert clause.nouns.isdisjoint(clause.other.nouns)
        if clause.heavy and clause.object is not None and clause.object.relative is not None:
            assert clause.object.relative.subject.noun is not clause.subject.noun


def phrases(tree: Tree) -> Iterator[Tree]:
    yield tree
    for child in tree[1:]:
        if not isinstance(child, str):
            yield from phrases(child)


def test_nothing_follows_a_relative_clause_that_would_take_it_to_itself() -> None:
    """In the English verb phrase an object with a relative clause is last, and no adverbial clause comes after it."""
    heavy = 0
    for row in generate(Switches(pairs=2000)):
        for phrase in phrases(parse(row.trees["en"])):
            for at, child in enumerate(phrase[1:], 1):
                if phrase[0] in ("VP", "S") and child[0] == "VP":
                    objects = [part for part in child[1:] if part[0] == "NP-OBJ"]
                    if any(part[0] == "SBAR" for thing in objects for part in thing[1:]):
                        heavy += 1
                        assert child[-1] is objects[-1]
                        assert at == len(phrase) - 1
    assert heavy > 100


def test_frequency_stands_before_the_english_verb() -> None:
    seen = Counter()
    for row in generate(Switches(pairs=3000)):
        words = row.texts["en"].rstrip(".").split()
        for word in {"always", "often", "sometimes"} & set(words):
            at = words.index(word)
            assert words[at + 1 :], row.texts["en"]
            assert words[at - 1].lower() not in ("can", "is", "are", "to")
            seen[word] += 1
    assert seen.total() > 20
