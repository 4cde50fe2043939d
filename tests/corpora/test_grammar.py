"""The generated corpus: what it promises of every pair, and pairs that were read by eye."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from pathlib import Path

import pytest

from corpora.grammar.clause import Clause, NounPhrase
from corpora.grammar.english_text import EnglishWriter
from corpora.grammar.generate import Seen, generate
from corpora.grammar.korean_text import KoreanWriter
from corpora.grammar.lexicon import Noun, Verb, lexicon, third_person
from corpora.grammar.stream import Stream, mix
from corpora.grammar.switches import Setting, Switches
from corpora.grammar.tree import bracketed, leaves, parse
from corpora.readers import Row


def pairs(count: int, **switches: object) -> list[Row]:
    return list(generate(Switches(pairs=count, **switches)))  # type: ignore[arg-type]


def noun(ko: str) -> Noun:
    return next(n for group in lexicon().nouns.values() for n in group.items if n.ko == ko)


def verb(frame: str, base: str) -> Verb:
    return next(v for v in lexicon().verbs[frame].items if v.base == base)


def both(clause: Clause, register: str = "plain") -> tuple[str, str]:
    korean = KoreanWriter(Setting(register=register), Stream(0)).sentence(clause)
    english = EnglishWriter(Setting(case_marking="dropped"), Stream(0)).sentence(clause)
    return " ".join(leaves(korean)), " ".join(leaves(english))


PINNED = "f373216ef8efc855a4951d85afac184bd8b85428ec6a175690f319ff4e3a4b4d"

STUDENT, TEACHER, MINSU = NounPhrase(noun("학생")), NounPhrase(noun("선생님")), NounPhrase(noun("민수"))
BOOK, SONG = NounPhrase(noun("책"), "a"), NounPhrase(noun("노래"))
READ = verb("transitive", "read")
STUDENT_READ = Clause("transitive", STUDENT, "past", READ, object=BOOK)


@pytest.mark.parametrize(
    ("clause", "register", "korean", "expected"),
    [
        (STUDENT_READ, "plain", "학생은 책을 읽었다.", "The student read a book."),
        (STUDENT_READ, "formal", "학생은 책을 읽었습니다.", "The student read a book."),
        (
            Clause("transitive", TEACHER, "present", READ, object=BOOK),
            "polite", "선생님께서는 책을 읽으세요.", "The teacher reads a book.",
        ),
        (
            Clause("transitive", STUDENT, "past", READ, object=BOOK, negative=True),
            "plain", "학생은 책을 읽지 않았다.", "The student did not read a book.",
        ),
        (
            Clause("transitive", STUDENT, "present", READ, object=BOOK, negative=True, aux="can"),
            "plain", "학생은 책을 읽을 수 없다.", "The student cannot read a book.",
        ),
        (
            Clause("transitive", STUDENT, "future", verb("transitive", "listen to"), object=SONG),
            "plain", "학생은 노래를 들을 것이다.", "The student will listen to the song.",
        ),
        (
            Clause("transitive", MINSU, "past", verb("transitive", "sing"), object=SONG, aux="progressive"),
            "plain", "민수는 노래를 부르고 있었다.", "Minsu was singing the song.",
        ),
        (
            Clause("intransitive", TEACHER, "past", verb("intransitive", "sleep")),
            "plain", "선생님께서는 주무셨다.", "The teacher slept.",
        ),
        (
            Clause("ditransitive", MINSU, "past", verb("ditransitive", "give"), object=BOOK, recipient=TEACHER),
            "plain", "민수는 선생님께 책을 드렸다.", "Minsu gave a book to the teacher.",
        ),
        (
            Clause("report", TEACHER, "past", verb("report", "say"), complement=STUDENT_READ),
            "plain", "선생님께서는 학생이 책을 읽었다고 말씀하셨다.", "The teacher said that the student had read a book.",
        ),
        (
            Clause("know", MINSU, "past", verb("know", "know"), complement=STUDENT_READ),
            "plain", "민수는 학생이 책을 읽은 것을 알았다.", "Minsu knew that the student had read a book.",
        ),
        (
            Clause("passive", MINSU, "past", verb("passive", "praise"), agent=TEACHER),
            "plain", "민수는 선생님께 칭찬받았다.", "Minsu was praised by the teacher.",
        ),
        (
            Clause("passive", NounPhrase(noun("상자"), plural=False), "past", verb("passive", "close"), negative=True),
            "formal", "상자는 닫히지 않았습니다.", "The box was not closed.",
        ),
        (Clause("copula", MINSU, "present", identity=noun("의사")), "plain", "민수는 의사다.", "Minsu is a doctor."),
        (Clause("copula", MINSU, "past", identity=noun("학생")), "polite", "민수는 학생이었어요.", "Minsu was a student."),
        (
            Clause("transitive", NounPhrase(noun("아이"), plural=True), "present", verb("transitive", "help"), object=MINSU),
            "plain", "아이들은 민수를 돕는다.", "The children help Minsu.",
        ),
        (
            Clause(
                "intransitive", MINSU, "past", verb("intransitive", "rest"), link="because", other=STUDENT_READ
            ),
            "plain", "학생이 책을 읽어서 민수는 쉬었다.", "Because the student read a book, Minsu rested.",
        ),
        (
            Clause(
                "transitive",
                NounPhrase(noun("학생"), relative=Clause("transitive", STUDENT, "past", READ, object=BOOK, gap="subject")),
                "present", verb("transitive", "like"), object=SONG,
            ),
            "plain", "책을 읽은 학생은 노래를 좋아한다.", "The student who read a book likes the song.",
        ),
        (
            Clause("transitive", MINSU, "past", verb("transitive", "buy"), object=NounPhrase(noun("책"), "a", number=1)),
            "plain", "민수는 책 세 권을 샀다.", "Minsu bought three books.",
        ),
    ],
)  # fmt: skip
def test_literal_pairs(clause: Clause, register: str, korean: str, expected: str) -> None:
    assert both(clause, register) == (korean, expected)


@pytest.mark.parametrize(
    ("aux", "negative", "tense", "korean", "expected"),
    [
        ("can", False, "past", "민수는 쉴 수 있었다.", "Minsu was able to rest."),
        ("can", True, "past", "민수는 쉴 수 없었다.", "Minsu could not rest."),
        ("can", False, "future", "민수는 쉴 수 있을 것이다.", "Minsu will be able to rest."),
        ("can", True, "future", "민수는 쉴 수 없을 것이다.", "Minsu will not be able to rest."),
        ("must", False, "past", "민수는 쉬어야 했다.", "Minsu had to rest."),
        ("must", False, "future", "민수는 쉬어야 할 것이다.", "Minsu will have to rest."),
        ("want", False, "present", "민수는 쉬고 싶어 한다.", "Minsu wants to rest."),
        ("want", False, "future", "민수는 쉬고 싶어 할 것이다.", "Minsu will want to rest."),
        ("want", True, "future", "민수는 쉬고 싶어 하지 않을 것이다.", "Minsu will not want to rest."),
        ("progressive", False, "future", "민수는 쉬고 있을 것이다.", "Minsu will be resting."),
    ],
)
def test_auxiliaries_in_all_tenses(aux: str, negative: bool, tense: str, korean: str, expected: str) -> None:
    rest = verb("intransitive", "rest")
    assert both(Clause("intransitive", MINSU, tense, rest, negative=negative, aux=aux)) == (korean, expected)


def test_both_languages_speak_of_the_same_time() -> None:
    """Where the Korean main clause is future (ㄹ 것이다, 거예요), its English has will, and nowhere else."""
    seen = Counter()
    for row in pairs(3000):
        korean = row.texts["ko"].endswith(("것이다.", "거예요.", "것입니다."))
        tree = next(part for part in reversed(parse(row.trees["en"])) if part[0] in ("S", "VP"))
        verbs = tree if tree[0] == "VP" else next(part for part in tree[1:] if part[0] == "VP")
        assert (("V", "will") in verbs) == korean, row.texts
        seen[korean] += 1
    assert seen[True] > 300


def test_leaves_of_the_tree_are_the_text() -> None:
    for row in pairs(500):
        for lang, tree in row.trees.items():
            assert " ".join(leaves(parse(tree))) == row.texts[lang]
            assert bracketed(parse(tree)) == tree


def test_no_sentence_occurs_twice_in_either_language() -> None:
    rows = pairs(20_000)
    assert len(rows) == 20_000
    for lang in ("ko", "en"):
        assert len({row.texts[lang] for row in rows}) == 20_000
    shares = Counter(row.split for row in rows)
    assert 0.045 < shares["test"] / 20_000 < 0.055
    assert 0.045 < shares["valid"] / 20_000 < 0.055
    lengths = [len(row.texts["ko"].split()) for row in rows]
    assert 6 < sum(lengths) / len(lengths) < 8
    assert min(lengths) >= 3


def test_the_same_seed_gives_the_same_bytes_everywhere() -> None:
    """Pinned: a change of the grammar changes it on purpose, a change of Python must not."""
    digest = hashlib.sha256()
    for row in itertools.islice(generate(Switches(pairs=1000)), 1000):
        digest.update(repr((row.name, row.texts, row.split, row.trees)).encode())
    assert digest.hexdigest() == PINNED


def test_the_lexicon_is_of_some_size_and_no_word_stands_for_two() -> None:
    """At least 600 lemmas; a noun's Korean and English are its own, a verb's Korean is among those of its frame."""
    words = lexicon()
    assert words.lemmas >= 600
    nouns = {(noun.ko, noun.en) for group in words.nouns.values() for noun in group.items}
    for side in zip(*nouns, strict=True):
        assert len(set(side)) == len(nouns)
    for verbs in words.verbs.values():
        assert len({verb.stem for verb in verbs.items}) == len(verbs.items)


def test_frequencies_fall_with_rank_as_zipf_has_it() -> None:
    """Of 20,000 draws the item of rank r comes as 1 / (r + 2) of the harmonic sum, within four standard errors."""
    ranked, stream = lexicon().nouns["person"], Stream(3)
    seen = Counter(ranked.draw(stream).ko for _ in range(20_000))
    total = sum(1 / (rank + 2) for rank in range(len(ranked.items)))
    for rank in (0, 1, 5, 20):
        chance = 1 / (rank + 2) / total
        assert abs(seen[ranked.items[rank].ko] / 20_000 - chance) < 4 * (chance / 20_000) ** 0.5


def test_another_seed_gives_other_sentences() -> None:
    ours, theirs = ({row.texts["ko"] for row in pairs(300, seed=seed)} for seed in (0, 1))
    assert len(ours & theirs) < 10


@pytest.mark.parametrize(("register", "ending"), [("plain", "다."), ("polite", "요."), ("formal", "니다.")])
def test_a_register_is_kept(register: str, ending: str) -> None:
    assert all(row.texts["ko"].endswith(ending) for row in pairs(200, register=register))


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("read", "reads"),
        ("watch", "watches"),
        ("study", "studies"),
        ("play", "plays"),
        ("go", "goes"),
        ("listen to", "listens to"),
    ],
)
def test_third_person(base: str, expected: str) -> None:
    assert third_person(base) == expected


def test_the_analyser_knows_every_morpheme() -> None:
    """Mecab (through KoNLPy) tags at least 99 of 100 sentences without an unknown morpheme."""
    from pipelines.analysers.mecab import tagger

    rows = pairs(500)
    unknown = sum(any(tag == "UNKNOWN" for _, tag in tagger().pos(row.texts["ko"])) for row in rows)
    assert unknown <= 0.01 * len(rows)


def test_the_pairs_of_the_documentation_are_the_generators() -> None:
    text = (Path(__file__).parents[2] / "docs" / "grammar.md").read_text(encoding="utf-8")
    listed = text.split("| Korean | English |\n|---|---|\n")[1].splitlines()
    assert listed == [f"| {row.texts['ko']} | {row.texts['en']} |" for row in pairs(200, seed=7)]


def test_what_was_seen_is_found_and_little_else() -> None:
    """5,000 keys set 10,000 of 65,536 bits or fewer: of new ones (1 − exp(−10000/65536))² are taken for old, 2.0 %."""
    seen = Seen(bits=16)
    old, new = [mix(i) for i in range(5000)], [mix(i) for i in range(5000, 55_000)]
    seen.update(old)
    assert all(key in seen for key in old)
    assert sum(key in seen for key in new) / len(new) == pytest.approx(0.0200, abs=0.003)


def test_a_small_memory_redraws_and_repeats_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = pairs(600)
    monkeypatch.setattr("corpora.grammar.generate.Seen", lambda: Seen(bits=13))
    other = pairs(600)
    assert len(other) == len({row.texts["ko"] for row in other}) == len({row.texts["en"] for row in other}) == 600
    assert 0 < sum(a.texts != b.texts for a, b in zip(usual, other, strict=True)) < 300
