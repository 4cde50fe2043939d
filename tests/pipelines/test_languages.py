"""Languages as declarations, and script transforms on verses and sentences whose bare spelling is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import PipelineError
from pipelines.languages import get_language, language_files
from pipelines.orders import get_order
from pipelines.perturb import perturb
from pipelines.plain import Spelling
from pipelines.transforms import get_transform, transformed
from pipelines.units import all_units, get_unit

GENESIS = "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם וְאֵ֥ת הָאָֽרֶץ׃"
OPENING = "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ ٱلرَّحِيمِ"


def bare(text: str, lang: str, name: str, unit: str) -> list[str]:
    change = get_transform(name, lang)
    assert change is not None
    return [one for one in transformed(get_unit(unit, lang).segment([text])[0], change.letter) if one]


def test_every_declared_unit_transform_and_analyser_is_there() -> None:
    for code in language_files():
        language = get_language(code)
        assert set(language.units) <= set(all_units())
        for name in language.transforms:
            assert get_transform(name, code) is not None


def test_hebrew_without_points_and_cantillation() -> None:
    assert bare(GENESIS, "he", "strip_vowels", "word") == [
        "▁בראשית", "▁ברא", "▁אלהים", "▁את", "▁השמים", "▁ואת", "▁הארץ", "׃",
    ]  # fmt: skip


def test_arabic_without_harakat_keeps_its_letters() -> None:
    assert bare(OPENING, "ar", "strip_vowels", "word") == ["▁بسم", "▁ٱلله", "▁ٱلرحمن", "▁ٱلرحيم"]
    assert bare("أُولَٰئِكَ آمَنُوا", "ar", "strip_vowels", "word") == ["▁أولئك", "▁آمنوا"], "hamza and madda are letters"


def test_points_stay_with_their_letter_where_letters_are_units() -> None:
    assert get_unit("character", "he").segment(["בָּרָא"])[0] == ["▁בָּ", "רָ", "א"]
    assert bare("בָּרָא", "he", "strip_vowels", "character") == ["▁ב", "ר", "א"]


def test_english_and_korean_without_vowels() -> None:
    assert bare("the cat ate a fish.", "en", "drop_vowels", "word") == ["▁th", "▁ct", "▁t", "▁a", "▁fsh", "."]
    assert bare("고양이가 먹었다.", "ko", "drop_vowels", "eojeol") == ["▁ㄱㅇㅇㅇㄱ", "▁ㅁㄱㅇㅆㄷ", "."]
    assert bare("an apple.", "en", "drop_vowels", "character") == ["▁n", "▁p", "p", "l", "."]
    assert "".join(bare("책.", "ko", "drop_vowels", "jamo")) == "▁\u110e\u11a8."


def test_borders_are_drawn_before_vowels_go() -> None:
    """Particles are found in the full spelling, so text with and without vowels has the same units to permute."""
    assert bare("학생이 책을 읽었다.", "ko", "drop_vowels", "particle") == [
        "▁ㅎㄱㅅㅇ", "ㅇ", "▁ㅊㄱ", "ㅇㄹ", "▁ㅇㄺ", "ㅇㅆㄷ", ".",
    ]  # fmt: skip


def test_hebrew_and_arabic_sentences_are_put_in_order() -> None:
    (line,) = perturb(
        [GENESIS], "he", get_unit("word", "he"), get_order("reverse"), spelling=Spelling(transform="strip_vowels")
    )
    assert line == "הארץ ואת השמים את אלהים ברא בראשית׃"
    (line,) = perturb([OPENING], "ar", get_unit("word", "ar"), get_order("reverse"))
    assert line == " ".join(reversed(OPENING.split()))


def test_a_transform_of_another_language_is_refused() -> None:
    with pytest.raises(PipelineError, match='not one of language "ko", which has: drop_vowels'):
        get_transform("strip_vowels", "ko")


def test_another_language_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "de.yaml").write_text("name: German\nscript: Latin\ncased: true\n", encoding="utf-8")
    monkeypatch.setenv("EOSUN_LANGUAGES", str(tmp_path))
    (line,) = perturb(["Der Hund schläft."], "de", get_unit("word", "de"), get_order("reverse"))
    assert line == "schläft hund der."
    assert get_language("de").units == ("word", "subword", "character")


def test_mistakes_in_a_declaration_and_in_a_code_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PipelineError, match=r'Unknown language "kr"\. Did you mean "ko"'):
        get_language("kr")
    (tmp_path / "xx.yaml").write_text("name: X\nscript: Latin\nunit: [word]\n", encoding="utf-8")
    monkeypatch.setenv("EOSUN_LANGUAGES", str(tmp_path))
    with pytest.raises(PipelineError, match=r'xx\.yaml: unit: .* Did you mean "units"'):
        get_language("xx")
