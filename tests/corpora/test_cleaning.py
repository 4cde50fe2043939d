"""Cleaning: every step by hand, counted, and in all languages of aligned text at once."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from corpora.build import build
from corpora.cleaning import Cleaner, Cleaning, bare_key, share
from corpora.errors import CorpusError

KO = [f"학생 {chr(0xAC00 + 28 * i)}{chr(0xAC00 + 7 * i)}이 책을 읽었다." for i in range(100)]
EN = [f"Student {chr(97 + i % 26)}{chr(97 + i // 26)}x read a book." for i in range(100)]


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path / "var"))


def test_texts_are_changed_and_counted() -> None:
    cleaner = Cleaner(Cleaning(markup=True))
    assert cleaner.text("a <b>b</b>&amp;c  d") == "a b &c d"
    assert cleaner.text(unicodedata.normalize("NFD", "한")) == "한", "decomposed letters are composed"
    assert cleaner.text("2 < 3 > 1") == "2 < 3 > 1", "no tag begins with a space"
    assert cleaner.changed == {"markup": 1, "NFC": 1, "whitespace": 1}


def test_without_a_step_nothing_of_it_happens() -> None:
    cleaner = Cleaner(Cleaning())
    assert cleaner.text("a <b>b</b>") == "a <b>b</b>"
    assert cleaner.keeps({"ko": "all Latin letters"})
    assert not cleaner.keeps({"ko": ""})
    assert cleaner.removed == {"empty": 1}


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("한글 abc", "ko", 2 / 5),
        ("abc 한", "en", 3 / 4),
        ("123", "ko", 0.0),
        ("שלום", "he", 1.0),
        ("مرحبا x", "ar", 5 / 6),
    ],
)
def test_shares_of_scripts_by_hand(text: str, lang: str, expected: float) -> None:
    assert share(text, lang) == pytest.approx(expected)


def test_near_duplicates_are_letters_alone() -> None:
    assert bare_key("en", "It is 3 o'clock!") == bare_key("en", "it is 4 OCLOCK")
    assert bare_key("en", "12") != bare_key("en", "13")
    assert bare_key("en", "a") != bare_key("ko", "a")


def built(folder: Path, cleaning: dict[str, Any]) -> Any:
    lines = [
        *zip(KO, EN, strict=True),
        ("한국어 문장이다.", "이것은 영어가 아니다."),
        ("짧다", "Short it is, but long."),
        (KO[3] + "!", "It is a new sentence."),
    ]
    path = folder / "own.tsv"
    path.write_text("\n".join("\t".join(pair) for pair in lines), encoding="utf-8")
    return build(str(path), options={"cleaning": cleaning} if cleaning else {})


def test_a_row_goes_in_all_languages(tmp_path: Path) -> None:
    plain = built(tmp_path, {})
    assert sum(plain.counts["ko"].values()) == 103
    found = built(tmp_path, {"script": 0.5, "words": [2, 20], "near_duplicates": True})
    assert found.removed == {"another script": 1, "too short": 1, "nearly repeated": 1}
    assert sum(found.counts["ko"].values()) == sum(found.counts["en"].values()) == 100
    assert found.sha256 != plain.sha256


@pytest.mark.parametrize(
    ("cleaning", "message"),
    [
        ({"scirpt": 0.5}, 'Unknown step of cleaning "scirpt". Did you mean "script"'),
        ({"script": 2}, "cleaning.script: Input should be less than or equal to 1"),
        ("all", "cleaning is declared as a mapping"),
    ],
)
def test_mistakes_are_named(cleaning: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=message):
        built(tmp_path, cleaning)
