"""Units: literal segmentations, and nothing lost."""

from __future__ import annotations

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


@pytest.mark.parametrize(("unit", "lang"), [("eojeol", "ko"), ("morpheme", "ko"), ("word", "en")])
@settings(max_examples=150, deadline=None)
@given(text=LETTERS)
def test_joining_the_units_gives_the_sentence_back(unit: str, lang: str, text: str) -> None:
    assert "".join(cut(text, unit, lang)) == marked(normalise(text, lang))


def test_the_mark_itself_is_refused_in_text() -> None:
    with pytest.raises(PipelineError, match=r"U\+2581"):
        normalise("a▁b", "en")


def test_a_unit_of_another_language_is_refused_with_what_there_is() -> None:
    with pytest.raises(PipelineError, match='Units of "en": word'):
        get_unit("eojeol", "en")


def test_an_unknown_unit_is_answered_with_the_nearest() -> None:
    with pytest.raises(PipelineError, match='Did you mean "morpheme"'):
        get_unit("morphem", "ko")
