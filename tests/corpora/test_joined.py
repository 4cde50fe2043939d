"""Corpora that join others, a language each: text of one kind that was written in each language."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpora.build import build
from corpora.cards import load_card
from corpora.cli import app
from corpora.errors import CorpusError
from corpora.readers.table import sentences_of
from corpora.table import Corpus
from experiments.cells import plan, prepare
from experiments.material import material_of
from experiments.study import load_study

PART = """name: {name}
title: {name}
languages: [{lang}]
kind: monolingual
aligned: false
licence: CC0
citation: nobody
reader: lines
files: [{{path: {name}.txt, lang: {lang}, local: {name}.txt}}]
"""
JOINED = """name: both
title: both
languages: [ko, en]
kind: monolingual
aligned: false
licence: CC0
citation: nobody
parts: {ko: korean, en: english}
"""


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cards of 150 Korean and 90 English sentences, and of both together."""
    folder = tmp_path / "cards"
    folder.mkdir()
    monkeypatch.setenv("EOSUN_CARDS", str(folder))
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("EOSUN_MIRROR", raising=False)
    lines = {
        "korean": [f"사람 {n}명이 책을 {n % 7}권 읽었다." for n in range(150)],
        "english": [f"In the year {n} a film of {n % 7} hours was seen by me." for n in range(90)],
    }
    for name, lang in (("korean", "ko"), ("english", "en")):
        (folder / f"{name}.yaml").write_text(PART.format(name=name, lang=lang), encoding="utf-8")
        (folder / f"{name}.txt").write_text("\n".join(lines[name]) + "\n", encoding="utf-8")
    (folder / "both.yaml").write_text(JOINED, encoding="utf-8")
    return folder


def texts(corpus: Corpus, lang: str) -> list[str]:
    return [str(text) for text in corpus.table(lang)["text"].to_pylist()]


def test_each_language_is_that_of_its_part(cards: Path) -> None:
    both, korean, english = build("both"), build("korean"), build("english")
    assert (texts(both, "ko"), texts(both, "en")) == (texts(korean, "ko"), texts(english, "en"))
    assert {lang: sum(counts.values()) for lang, counts in both.counts.items()} == {"ko": 150, "en": 90}
    assert (both.aligned, both.settings["comparable"], both.settings["alike"]) == (False, False, True)
    assert build("both").folder == both.folder


def test_another_part_is_another_corpus(cards: Path) -> None:
    before = build("both")
    with (cards / "english.txt").open("a", encoding="utf-8") as file:
        file.write("One more sentence stands here now.\n")
    for record in (cards.parent / "var" / "cache").glob("*english.txt.sha256"):
        record.unlink()
    after = build("both")
    assert after.sha256 != before.sha256
    assert sum(after.counts["en"].values()) == 91


def test_commands_know_what_is_joined(cards: Path) -> None:
    run = CliRunner()
    fetched = run.invoke(app, ["fetch", "both"])
    assert [line.split(":")[0] for line in fetched.stdout.splitlines()] == ["korean", "english", "both"]
    assert "rows kept: 240" in run.invoke(app, ["show", "both"]).stdout
    listed = run.invoke(app, ["list"]).stdout
    assert any(line.split()[:3] == ["both", "ko", "en"] and "built" in line for line in listed.splitlines())


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (JOINED.replace("en: english", "de: english"), "parts names a card for each of the languages, ko, en"),
        (JOINED + "reader: lines\n", "parts are unaligned and stand in the place of reader"),
        (JOINED.replace("parts: {ko: korean, en: english}", ""), "which one reads the files"),
        (JOINED.replace("en: english", "en: korean"), "the part korean has no en; it has ko"),
        (JOINED.replace("en: english", "en: englisch"), 'Did you mean "english"'),
        (JOINED.replace("en: english", "en: both"), "the part both is joined of others itself"),
    ],
)
def test_what_cannot_be_joined_is_said(cards: Path, card: str, message: str) -> None:
    (cards / "both.yaml").write_text(card, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        build("both")


def test_options_belong_to_the_parts(cards: Path) -> None:
    with pytest.raises(CorpusError, match="set in their own cards"):
        build("both", options={"cleaning": {}})


def test_every_language_keeps_sentences_of_its_own(cards: Path) -> None:
    """No id is in both languages, so none may be asked to be; in a corpus of translations every one has to be."""
    study = load_study("order_gain", preset="smoke", corpus="both", settings=[
        "models=[unit_unigram]", "vocabulary=320", "sample={words: [1, 60]}", "seeds=1",
    ])  # fmt: skip
    prepared = prepare(study, ("ko", "en"))
    cells = {cell.lang: cell for cell in plan(prepared, ("ko", "en"))}
    assert cells["ko"].settings["alike"] is True
    for lang, total in (("ko", 150), ("en", 90)):
        numbers = material_of(cells[lang], prepared.datasets).numbers
        assert sum(map(len, numbers.values())) == total


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is bad. Very bad!! 3 of 10", ["It is bad.", "Very bad!!", "3 of 10"]),
        ("Mr. Bean met J. R. Smith. (Really.) So what?", ["Mr. Bean met J. R. Smith.", "(Really.)", "So what?"]),
        ('He said "No." Then he left', ['He said "No."', "Then he left"]),
        ("No. This is no. 2, not No. 1. Bye", ["No.", "This is no. 2, not No. 1.", "Bye"]),
        ("Nobody is better than I. The end came.", ["Nobody is better than I.", "The end came."]),
        ("it costs 3.5 dollars... or more", ["it costs 3.5 dollars... or more"]),
        ("", []),
    ],
)
def test_english_sentences_by_hand(text: str, expected: list[str]) -> None:
    assert list(sentences_of(text)) == expected


def test_the_cards_that_are_joined_exist() -> None:
    card = load_card("film-reviews")
    assert {lang: load_card(part).languages for lang, part in card.parts.items()} == {"ko": ("ko",), "en": ("en",)}
