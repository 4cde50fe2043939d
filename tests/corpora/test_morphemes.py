"""The morphemes that Korean is generated from, against what Kiwi, an analyser written by others, finds in the text."""

from __future__ import annotations

from collections import Counter

import pytest

from corpora.grammar.derivation import Deriver
from corpora.grammar.korean import Eojeol
from corpora.grammar.korean_text import KoreanWriter
from corpora.grammar.lexicon import lexicon
from corpora.grammar.stream import Stream
from corpora.grammar.switches import REGISTERS, Setting
from corpora.grammar.tree import leaves

SHAPES = {
    "어": "아 여", "었": "았 였", "시": "으시", "ㄴ": "은 ᆫ", "ㄹ": "을 ᆯ", "면": "으면", "어서": "아서", "어야": "아야",
    "어요": "아요 에요 예요", "습니다": "ᆸ니다", "는다": "ᆫ다", "는다고": "ᆫ다고", "라고": "이라고",
}  # fmt: skip
UNDERLYING = {shape: name for name, shapes in SHAPES.items() for shape in shapes.split()}


def sentences(count: int, seed: int) -> list[list[Eojeol]]:
    def one(number: int) -> list[Eojeol]:
        writer = KoreanWriter(Setting(register=REGISTERS[number % 3]), Stream(0))
        return leaves(writer.sentence(Deriver(lexicon(), Stream(seed, number, 0, 1)).sentence()))  # type: ignore[return-value]

    return [one(number) for number in range(count)]


def recovered(gold: tuple[str, ...], found: list[str]) -> int:
    """How many of the morphemes are a run of found ones, one after the other: 달려가 may be 달리, 어, 가 elsewhere, but
    an ending that the analyser sees in another place, or not at all, is lost."""
    at = count = 0
    for morpheme in gold:
        runs = ((i, j) for i in range(at, len(found)) for j in range(i + 1, len(found) + 1))
        run = next((j for i, j in runs if "".join(found[i:j]) == morpheme), None)
        if run is not None:
            at, count = run, count + 1
    return count


def test_runs_by_hand() -> None:
    assert recovered(("공부하", "었", "다"), ["공부", "하", "었", "다"]) == 3
    assert recovered(("지영", "이"), ["지영이"]) == 0
    assert recovered(("읽", "었", "다"), ["읽", "다"]) == 2


def test_kiwi_recovers_the_morphemes() -> None:
    """At least 97 of 100, over 900 sentences of all registers; Kiwi knows every word but perhaps one sentence's."""
    from kiwipiepy import Kiwi

    kiwi, hit, total, unknown = Kiwi(), 0, 0, 0
    for words in sentences(900, seed=9):
        tokens = kiwi.tokenize(" ".join(words))
        unknown += any(token.tag.startswith("UN") for token in tokens)
        start = 0
        for word in words:
            inside = [token for token in tokens if start <= token.start < start + len(word)]
            found = [token.form if token.tag[0] in "NJ" else UNDERLYING.get(token.form, token.form) for token in inside]
            hit += recovered(word.morphemes, found)
            total += len(word.morphemes)
            start += len(word) + 1
    assert unknown <= 9
    assert total > 10_000
    assert hit / total >= 0.97


@pytest.mark.parametrize(
    ("word", "morphemes"),
    [("들었다.", "듣 었 다 ."), ("선생님께서는", "선생님 께서 는"), ("아이들이", "아이 들 이"), ("빨간", "빨갛 ㄴ")],
)
def test_morphemes_by_hand(word: str, morphemes: str) -> None:
    made = Counter((str(one), one.morphemes) for words in sentences(3000, seed=1) for one in words)
    assert (word, tuple(morphemes.split())) in made
