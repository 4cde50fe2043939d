"""Cleaning: every step by hand, counted, and in all languages of aligned text at once."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from corpora.build import build
from corpora.cleaning import Cleaner, Cleaning, letters_of
from corpora.counts import bars, lengths
from corpora.errors import CorpusError
from corpora.scripts import script_of, share_in_script
from corpora.table import Corpus

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
    assert share_in_script(text, script_of(lang)) == pytest.approx(expected)


def test_near_duplicates_are_letters_alone() -> None:
    assert letters_of("It is 3 o'clock!") == letters_of("it is 4 OCLOCK") == "itisoclock"
    assert letters_of("최고!! 10점") == letters_of("최고 9점") == "최고점"
    assert letters_of("Straße") == letters_of("STRASSE")
    assert letters_of("가나") != letters_of("나가")
    assert letters_of("10:30") == "10:30", "a text without letters is like itself only"


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


NAMES = ["".join(chr(0xAC00 + (i * 37 + j * 911) % 11_172) for j in range(4)) for i in range(400)]
LINES = [f"{name} 학생이 책을 읽었다." for name in NAMES]


def texts(corpus: Corpus, lang: str = "ko") -> list[str]:
    return [str(text) for text in corpus.table(lang, ["text"])["text"].to_pylist()]


def test_lengths_and_bars_by_hand(tmp_path: Path) -> None:
    lines = [" ".join([name] * n) for name, n in zip(NAMES, [1] * 60 + [5] * 20 + [6] * 10 + [70], strict=False)]
    path = tmp_path / "own.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = lengths(build(str(path), langs=("ko",)), "ko")
    assert {band: n for band, n in found.items() if n} == {"1": 60, "5–6": 30, "65+": 1}
    assert bars(found, width=10)[0] == "    1  ██████████  60"
    assert bars(found, width=10)[4] == "  5–6  █████       30"


def test_of_near_duplicates_the_training_one_stays(tmp_path: Path) -> None:
    rows = [f"{line}\t{'train' if i % 4 else 'valid' if i % 8 else 'test'}" for i, line in enumerate(LINES)]
    rows = ["시작!\ttest", *rows, "시작…\ttrain"]
    path = tmp_path / "own.tsv"
    path.write_text("text\tsplit\n" + "\n".join(rows), encoding="utf-8")
    corpus = build(str(path), langs=("ko",), options={"cleaning": {"near_duplicates": True}})
    assert corpus.removed == {"nearly repeats training": 1}
    assert texts(corpus) == [*LINES, "시작…"]


def slow(rows: list[tuple[str, str, str, str]], once: bool) -> list[str]:
    """Which rows (split, label, one text, another) stay, by sets in memory and in one loop."""
    keys = [{f"a{row[2].lower()}", f"b{row[3].lower()}"} for row in rows]
    training = set().union(*(key for key, row in zip(keys, rows, strict=True) if row[0] == "train"))
    labels: dict[str, set[str]] = {}
    for key, row in zip(keys, rows, strict=True):
        for one in key:
            labels.setdefault(one, set()).add(row[1])
    seen: set[str] = set()
    kept = []
    for key, row in zip(keys, rows, strict=True):
        doubtful = once and any(len(labels[one]) > 1 for one in key)
        held_out = row[0] != "train"
        if doubtful or (held_out and key & training) or (key & seen and (held_out or once)):
            continue
        seen |= key
        kept.append(row[2])
    return kept


@pytest.mark.parametrize("deduplicate", ["all", "across"])
@pytest.mark.parametrize("partition", [1 << 21, 64])
def test_repetitions_as_in_memory(
    deduplicate: str, partition: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Aligned, labelled, with splits, parts of 50 rows and keys shared out to many files: as one loop over sets has it."""
    monkeypatch.setattr("corpora.duplicates.SORTED_AT_ONCE", partition)
    monkeypatch.setattr("corpora.spool.ROW_GROUP", 50)
    draw = random.Random(0)
    rows = [
        (draw.choice(["train", "train", "valid", "test"]), "y" if number % 9 else "z", f"글 {draw.randrange(700)}",
         draw.choice(["Text", "text"]) + f" {draw.randrange(900)}")
        for number in range(1500)
    ]  # fmt: skip
    path = tmp_path / "own.tsv"
    path.write_text("split\tlabel\tko\ten\n" + "\n".join("\t".join(row) for row in rows), encoding="utf-8")
    corpus = build(str(path), options={"deduplicate": deduplicate})
    kept = texts(corpus)
    assert kept == slow(rows, deduplicate == "all")
    assert 100 < len(kept) < 1400
    assert len(kept) + sum(corpus.removed.values()) == len(rows)


def test_entities_stand_for_one_letter_once(tmp_path: Path) -> None:
    text = "don&apos;t caf&eacute; &mdash; &#8217; &amp;lt;b&amp;gt;&nbsp;<i>x</i>"
    path = tmp_path / "a.txt"
    path.write_text("\n".join([text, *(f"문장 {i}번." for i in range(300))]), encoding="utf-8")
    corpus = build(str(path), langs=("en",), options={"cleaning": {"markup": True}})
    assert "don't café — ’ &lt;b&gt; x" in {row["text"] for row in corpus.table("en").to_pylist()}


def test_markup_that_is_a_word_of_a_tree_is_not_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    text = ""
    for i in range(200):
        rows = ((f"개{i}", 3, "nsubj"), ("<br>", 1, "dep"), ("잔다", 0, "root"))
        text += "".join(f"{n}\t{w}\t_\tNOUN\t_\t_\t{h}\t{r}\t_\t_\n" for n, (w, h, r) in enumerate(rows, 1)) + "\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.conllu, sentence 1.*: markup is a word of its tree"):
        build(str(path), langs=("ko",), options={"cleaning": {"markup": True}})
    assert build(str(path), langs=("ko",)).counts["ko"]["train"]
