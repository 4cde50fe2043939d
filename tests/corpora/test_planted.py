"""Planted languages hold what was planted: everything here is counted, and held to the exact value."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Any

import pyarrow.compute as pc
import pytest

from corpora.build import build
from corpora.errors import CorpusError
from corpora.planted import KINDS, design_of
from corpora.planted.chain import Chain, Fertility, Renamed
from corpora.planted.clauses import MARKS, Clauses
from corpora.planted.copying import Copying
from corpora.planted.design import NAMES
from corpora.readers import Row, Source, get_reader
from corpora.syntax import parsed

CARDS = ("planted-copy", "planted-recall", "planted-free-order", "planted-renamed", "planted-fertility")
CODES = ("qaa", "qab", "qac", "qad")


def conditional_entropy(pairs: Counter[tuple[Any, Any]]) -> float:
    """Bits of the second of two things once the first is known, as counted."""
    total, firsts = sum(pairs.values()), Counter[Any]()
    for (first, _), count in pairs.items():
        firsts[first] += count
    return -sum(count / total * math.log2(count / firsts[first]) for (first, _), count in pairs.items())


def texts(design: Copying | Chain | Clauses, lang: int = 0) -> list[str]:
    codes = CODES[: design.count]
    return [row.texts[codes[lang]] for row in design.rows(codes)]


def test_the_entropy_of_a_copied_symbol_by_hand() -> None:
    """Eight letters, .8: the copied one comes with .8 + .2 / 8 = .825, the other seven with .025 each. So
    .825 · .2775 + 7 · .025 · 5.3219 = .2290 + .9313 bits."""
    copying = Copying(lag=3)
    assert [copying.entropy(context) for context in range(3)] == [3.0] * 3
    assert [round(copying.entropy(context), 4) for context in (3, 4, 100)] == [1.1603] * 3
    assert copying.entropy(100, place=2) == 3.0, "at the first places there is nothing to copy"
    assert copying.sentence_entropy(3) == pytest.approx(3 * 3.0 + 197 * copying.entropy(3))
    assert Copying(letters=2, probability=0.5).entropy(9) == pytest.approx(2.0 - 0.75 * math.log2(3.0))
    assert Copying(probability=1.0).entropy(9) == 0.0
    assert Copying(probability=0.0).entropy(9) == pytest.approx(3.0)


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("lag", [1, 2, 3, 4])
def test_a_context_is_worth_what_was_planted(lag: int, step: int) -> None:
    """78,000 symbols: surprisals of .234 and 4.32 bits spread by 1.46, so three standard errors are .016 bits. Counting
    3 · 4^context free frequencies takes 3 · 4^context / (2 n ln 2) bits off, .03 at a context of five (Miller 1955). Read from the last symbol to the first
    it is the same: of two symbols `lag` apart all pairs of equal ones are alike, and all pairs of unequal ones."""
    copying = Copying(sentences=400, letters=4, lag=lag)
    found = [text[::step] for text in texts(copying)]
    for context in range(6):
        pairs = Counter((text[i - context : i], text[i]) for text in found for i in range(lag + context, len(text)))
        bias = 3 * 4**context / (2 * math.log(2) * sum(pairs.values()))
        assert conditional_entropy(pairs) + bias == pytest.approx(copying.entropy(context), abs=0.016)


@pytest.mark.parametrize("lag", [3, 8, 20])
def test_one_symbol_alone_tells_only_at_the_lag_and_its_multiples(lag: int) -> None:
    found = texts(Copying(sentences=400, lag=lag))
    for back in range(1, 25):
        pairs = Counter((text[i - back], text[i]) for text in found for i in range(back + lag, len(text)))
        repeated = sum(count for (first, second), count in pairs.items() if first == second) / sum(pairs.values())
        steps, rest = divmod(back, lag)
        expected = 1 / 8 if rest else 0.8**steps + (1 - 0.8**steps) / 8
        assert repeated == pytest.approx(expected, abs=0.012)


@pytest.mark.parametrize("kind", [Renamed, Fertility])
def test_words_of_a_chain_are_uniform_until_the_word_before_is_known(kind: type[Chain]) -> None:
    chain = kind(words=16, successors=3, sentences=8_000)
    sentences = [text.split(" ") for text in texts(chain)]
    counts = Counter(word for words in sentences for word in words)
    alone = conditional_entropy(Counter({("", word): count for word, count in counts.items()}))
    assert alone == pytest.approx(chain.entropy(0), abs=0.002)
    one = Counter(pair for words in sentences for pair in pairwise(words))
    assert conditional_entropy(one) == pytest.approx(chain.entropy(1), abs=0.01)
    two = Counter(((a, b), c) for words in sentences for a, b, c in zip(words, words[1:], words[2:], strict=False))
    assert conditional_entropy(two) == pytest.approx(chain.entropy(1), abs=0.01)
    assert set(map(len, sentences)) == set(range(6, 15))


def test_a_chain_by_hand() -> None:
    """Two successors of 1/1 and 1/2 have the chances 2/3 and 1/3: log2 3 − 2/3 bits. Sentences of 2 or 4 words … of 2
    to 4, 3 on average: 4 + 2 · h, and log2 3 for where they end."""
    chain = Renamed(words=16, successors=2, shortest=2, longest=4)
    assert chain.chances == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    assert chain.entropy(1) == pytest.approx(math.log2(3) - 2 / 3)
    assert chain.sentence_entropy == pytest.approx(4 + 2 * (math.log2(3) - 2 / 3) + math.log2(3))
    for j in range(2):
        assert sorted(chain.follows(word, j) for word in range(16)) == list(range(16))


def bijection(first: list[str], second: list[str]) -> dict[str, str]:
    """Which thing stands for which, if every thing always stands for the same one and no two for one."""
    pairs = set(zip(first, second, strict=True))
    assert len(pairs) == len(dict(pairs)) == len({b for _, b in pairs})
    return dict(pairs)


def test_a_renamed_language_is_the_same_letter_by_letter() -> None:
    design = Renamed(sentences=2_000)
    one, other = (texts(design, number) for number in (0, 1))
    letters = bijection(list("".join(one)), list("".join(other)))
    assert letters[" "] == " "
    assert one != other
    assert any(a != b for a, b in letters.items())


def test_the_second_spelling_is_half_as_long_again_in_every_sentence() -> None:
    design = Fertility(sentences=2_000)
    one, other = ([text.split(" ") for text in texts(design, number)] for number in (0, 1))
    words = bijection([word for line in one for word in line], [word for line in other for word in line])
    assert len(words) == design.words
    assert {len(word) for word in words} == {2}
    assert {len(word) for word in words.values()} == {3}


@pytest.fixture(scope="module")
def clauses() -> list[Row]:
    return list(Clauses(sentences=12_000).rows(CODES))


def roles(row: Row, lang: str) -> list[str]:
    return [word.relation for word in parsed(row.syntax[lang])]


def test_the_four_languages_have_the_same_words_of_a_clause(clauses: list[Row]) -> None:
    for row in clauses[:2_000]:
        plain, marked, free, free_marked = (row.texts[code].split(" ") for code in CODES)
        assert sorted(plain) == sorted(free)
        assert sorted(marked) == sorted(free_marked)
        for bare, words, code in ((plain, marked, "qab"), (free, free_marked, "qad")):
            assert [a + MARKS.get(role, "") for a, role in zip(bare, roles(row, code), strict=True)] == words


def test_marks_tell_the_agent_in_any_order_and_fixed_order_without(clauses: list[Row]) -> None:
    for row in clauses:
        for code in ("qab", "qad"):
            assert [word[:-1] for word in row.texts[code].split(" ") if word.endswith("a")] == [row.label]
        assert row.texts["qaa"].split(" ")[0] == row.label
        assert roles(row, "qaa") == ["nsubj", *["advmod"] * (len(roles(row, "qaa")) - 3), "obj", "root"]


def test_without_marks_free_order_tells_nothing_of_who_did_it(clauses: list[Row]) -> None:
    """Wherever the two nouns stand, either is the agent in half of the clauses; so is the one that stands first in
    the list of nouns; and no clause comes twice, with its roles as they are or exchanged."""
    first: dict[tuple[int, ...], list[bool]] = {}
    lower: list[bool] = []
    for row in clauses:
        words = row.texts["qac"].split(" ")
        places = tuple(place for place, role in enumerate(roles(row, "qac")) if role in MARKS)
        first.setdefault((len(words), *places), []).append(words[places[0]] == row.label)
        lower.append(row.label == min(words[place] for place in places))
    assert len(first) == 3 + 6 + 10, "two places of three, four and five"
    for found in [*first.values(), lower]:
        assert sum(found) / len(found) == pytest.approx(0.5, abs=3.5 * 0.5 / len(found) ** 0.5)
    assert len({tuple(sorted(row.texts["qac"].split(" "))) for row in clauses}) == len(clauses)


def test_free_order_is_uniform_and_every_noun_is_the_agent_alike(clauses: list[Row]) -> None:
    orders = Counter(tuple(found) for row in clauses if len(found := roles(row, "qac")) == 3)
    assert len(orders) == 6
    assert chi_square(orders) < 20.5, "p = .001 at five degrees of freedom"
    agents = Counter(row.label for row in clauses)
    assert len(agents) == 24
    assert chi_square(agents) < 49.7, "p = .001 at 23 degrees of freedom"


def chi_square(counts: Counter[Any]) -> float:
    expected = sum(counts.values()) / len(counts)
    return sum((count - expected) ** 2 / expected for count in counts.values())


def test_nouns_apart_tell_the_agent_where_only_one_could_have_done_it() -> None:
    """Eight of 24 nouns are never objects, eight never subjects. Both nouns are among the other eight in 1/2 · 7/15 of
    the clauses, and then the guess is even: .883 right."""
    design = Clauses(sentences=6000, apart=8)
    rows = list(design.rows(CODES))
    clauses = [[word[:2] for word in row.texts["qab"].split() if word[-1] in MARKS.values()] for row in rows]
    nouns = {name: i for i, name in enumerate(NAMES[:24])}
    assert {nouns[subject] for subject, _ in clauses} == set(range(16))
    assert {nouns[other] for _, other in clauses} == set(range(8, 24))
    doubtful = [8 <= nouns[a] < 16 and 8 <= nouns[b] < 16 for a, b in clauses]
    assert design.best_accuracy(free=True, marks=False) == pytest.approx(1 - 7 / 60)
    assert sum(doubtful) / len(rows) == pytest.approx(7 / 30, abs=3.5 * math.sqrt(7 * 23 / 900 / len(rows)))


@pytest.mark.parametrize("freedom", [0.0, 0.5, 1.0])
def test_freedom_is_the_share_of_clauses_in_random_order(freedom: float) -> None:
    """The best guess without marks is the first noun: right in all clauses that keep their order, in half of the rest."""
    design = Clauses(sentences=4_000, freedom=freedom)
    right = []
    for row in design.rows(CODES):
        nouns = [
            word for word, role in zip(row.texts["qac"].split(" "), roles(row, "qac"), strict=True) if role in MARKS
        ]
        right.append(nouns[0] == row.label)
    assert sum(right) / len(right) == pytest.approx(design.best_accuracy(free=True, marks=False), abs=0.025)
    assert design.best_accuracy(free=True, marks=False) == 1 - freedom / 2
    assert {design.best_accuracy(free=free, marks=marks) for free, marks in [(0, 0), (0, 1), (1, 1)]} == {1.0}


def test_freedom_changes_order_and_nothing_else() -> None:
    fixed, free = (list(Clauses(sentences=300, freedom=freedom).rows(CODES)) for freedom in (0.0, 1.0))
    assert [(row.name, row.label, row.texts["qab"]) for row in fixed] == [
        (row.name, row.label, row.texts["qab"]) for row in free
    ]
    assert all(row.texts["qac"] == row.texts["qaa"] for row in fixed)


def test_the_first_sentences_are_the_same_everywhere() -> None:
    assert texts(Copying(sentences=1, length=24)) == ["affaffaffafbafbafdafdafa"]
    assert [texts(design(sentences=1), number)[0] for design in (Clauses, Renamed, Fertility) for number in (0, 1)] == [
        "b3 k7 m1 b5 j0",
        "b3a k7 m1 b5o j0",
        "b3 f5 j2 g3 g1 b1 k3",
        "l7 v4 g3 b7 b6 l6 p7",
        "b3 f5 j2 g3 g1 b1 k3",
        "b0o d1e f2i d2o d2e b0e g0o",
    ]
    assert [texts(Clauses(sentences=1), number)[0] for number in (2, 3)] == ["j0 b5 b3 m1 k7", "j0 b5o b3a m1 k7"]


@pytest.mark.parametrize("name", CARDS)
def test_every_card_builds_with_all_its_sentences_and_none_twice(name: str) -> None:
    corpus = build(name, options={"sentences": 600})
    for lang in corpus.languages:
        table = corpus.table(lang)
        assert len(table) == len(pc.unique(table["text"])) == 600
    assert corpus.removed == {}
    other = build(name, options={"sentences": 600, "seed": 1})
    assert other.sha256 != corpus.sha256


def test_every_kind_has_a_card_that_names_as_many_languages_as_it_has() -> None:
    assert {name.removeprefix("planted-") for name in CARDS} == set(KINDS)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kind": "copies"}, 'Unknown kind of planted language "copies". Did you mean "copy"'),
        ({"kind": "copy", "lags": 3}, 'planted copy: Unknown option "lags". Did you mean "lag"'),
        ({"kind": "copy", "lag": 0}, "lag is a whole number of at least 1, not 0"),
        ({"kind": "copy", "lag": 9, "length": 9}, "length 9 has no place for a lag of 9"),
        ({"kind": "copy", "letters": 27}, "letters is a whole number from 2 to 26, not 27"),
        ({"kind": "copy", "probability": 1.5}, "probability is a share between 0 and 1, not 1.5"),
        ({"kind": "renamed", "words": 40}, "words is a multiple of 16, not 40"),
        ({"kind": "free-order", "nouns": 100}, "nouns, verbs and adverbs together are at most 128"),
        ({"kind": "free-order", "nouns": 10, "apart": 5}, "with apart=5 nouns is at least 12"),
        ({"kind": "recall", "gaps": 3}, "gaps is a list of whole numbers of at least 0, not 3"),
        ({"kind": "recall", "gaps": [4, 8], "trained": 2}, "no gap is as short as trained=2"),
        ({"kind": "free-order", "freedom": True}, "freedom is a share between 0 and 1, not True"),
    ],
)
def test_an_option_that_makes_no_language_is_answered(options: dict[str, Any], said: str) -> None:
    with pytest.raises(CorpusError, match=said):
        design_of(options)


def test_a_language_that_has_no_more_sentences_says_so() -> None:
    with pytest.raises(CorpusError, match="after 8 sentences hardly a new one comes: ask for fewer"):
        texts(Copying(sentences=20, letters=2, lag=1, length=3))


def test_a_card_with_too_few_languages_is_answered() -> None:
    with pytest.raises(CorpusError, match=r"renamed is written in 2 language\(s\), and the card names 1: qaa"):
        list(get_reader("planted")(Source({}, ("qaa",), {"kind": "renamed"})))
