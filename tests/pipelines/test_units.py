"""Units: literal segmentations, and nothing lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import PipelineError
from pipelines.normalise import marked, normalise
from pipelines.units import get_unit

LETTERS = st.text(alphabet="가나다라마ㅋㅠ 고양이는학교에서았었습니다.,?!…\"'()abcXYZ019é-", max_size=60)


def cut(text: str, unit: str, lang: str) -> list[str]:
    return get_unit(unit, lang).segment([normalise(text, lang)])[0]


def test_eojeol() -> None:
    assert cut("나는 학교에 가지 않았다.", "eojeol", "ko") == ["▁나는", "▁학교에", "▁가지", "▁않았다", "."]


def test_morphemes_keep_the_mark_on_the_first_of_an_eojeol() -> None:
    assert cut("고양이가 생선을 먹었다.", "morpheme", "ko") == ["▁고양이", "가", "▁생선", "을", "▁먹", "었", "다", "."]


def test_words_are_lower_cased_and_lose_their_final_stop() -> None:
    assert cut('He said, "Go home."', "word", "en") == ["▁he", "▁said,", '▁"go', "▁home", '."']


def test_composed_and_decomposed_hangul_are_one_spelling() -> None:
    assert normalise("한글", "ko") == normalise("한글", "ko") == "한글"


EVERY = [("eojeol", "ko"), ("particle", "ko"), ("morpheme", "ko"), ("syllable", "ko"), ("jamo", "ko")]
EVERY += [("word", "en"), ("chunk", "en"), ("character", "en")]


@pytest.mark.parametrize(("unit", "lang"), EVERY)
@settings(max_examples=120, deadline=None)
@given(text=LETTERS)
def test_joining_the_units_gives_the_sentence_back(unit: str, lang: str, text: str) -> None:
    joined = "".join(cut(text, unit, lang))
    assert unicodedata.normalize("NFC", joined) == marked(normalise(text, lang))
    assert unit == "jamo" or joined == marked(normalise(text, lang))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("선생님께서는 책을 읽으셨다.", "▁선생님 께서는 ▁책 을 ▁읽 으셨다 ."),
        ("학생이 집에서 먹었다.", "▁학생 이 ▁집 에서 ▁먹 었다 ."),
        ("나는 의사이다.", "▁나 는 ▁의사 이다 ."),
        ("아주 빨리 갔다.", "▁아주 ▁빨리 ▁갔 다 ."),
    ],
)
def test_hosts_and_their_particles(text: str, expected: str) -> None:
    assert " ".join(cut(text, "particle", "ko")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cat slept on the mat.", "▁the▁cat|▁slept|▁on▁the▁mat|."),
        ("She did not give it to him.", "▁she▁did▁not▁give|▁it▁to▁him|."),
        ("What is it for?", "▁what▁is▁it▁for|?"),
    ],
)
def test_chunks_are_hosts_with_their_function_words(text: str, expected: str) -> None:
    assert "|".join(cut(text, "chunk", "en")) == expected


def test_syllables_jamo_and_characters() -> None:
    assert cut("책이 있다.", "syllable", "ko") == ["▁책", "이", "▁있", "다", "."]
    assert cut("책.", "jamo", "ko") == ["▁\u110e", "\u1162", "\u11a8", "."]
    assert cut("A cat!", "character", "en") == ["▁a", "▁c", "a", "t", "!"]


def test_the_mark_itself_is_refused_in_text() -> None:
    with pytest.raises(PipelineError, match=r"U\+2581"):
        normalise("a▁b", "en")


def test_a_unit_of_another_language_is_refused_with_what_there_is() -> None:
    with pytest.raises(PipelineError, match='Units of "en": word, chunk, subword, character'):
        get_unit("eojeol", "en")


def test_an_unknown_unit_is_answered_with_the_nearest() -> None:
    with pytest.raises(PipelineError, match='Did you mean "morpheme"'):
        get_unit("morphem", "ko")
