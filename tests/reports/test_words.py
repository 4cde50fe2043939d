"""Both languages of a report say the same things, each in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from string import Formatter
from typing import Any

import pytest

from corpora.errors import EosunError
from experiments.study import load_study, study_names
from reports.analysis import analyse
from reports.compose import compose
from reports.document import Document
from reports.inputs import Inputs
from reports.sections.runs import gate
from reports.words import languages, words_of
from tests.reports.synthetic import inputs

SENTENCE = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,;:]+){3}[A-Za-z]{2,}")
"""Four Latin words in a row."""
EXAMPLES = {"ko": {"natural": ["학생은", " 책을"]}, "en": {"natural": ["the", " student", " read", " it"]}}


def places(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def test_the_languages_have_the_same_phrases_with_the_same_places() -> None:
    assert languages() == ["en", "ko"]
    english, korean = (words_of(lang).phrases for lang in ("en", "ko"))
    assert english.keys() == korean.keys()
    for key in english:
        assert places(english[key]) == places(korean[key]), key
        marks = [len(re.findall(r"\*\*|`", phrases[key])) % 2 for phrases in (english, korean)]
        assert marks == [0, 0], f"{key} opens a mark that it does not close"


def test_every_study_has_its_title_and_question_in_korean() -> None:
    studies = words_of("ko").studies
    assert set(studies) == set(study_names())
    for name in study_names():
        assert load_study(name).title
        assert re.search("[가-힣]", studies[name]["title"])
        assert not SENTENCE.search(studies[name]["question"])


def test_an_unknown_language_is_one_line() -> None:
    with pytest.raises(EosunError, match=r'Unknown language of reports "kr"\. Did you mean "ko"\? Available: en, ko'):
        words_of("kr")


def texts(part: Any, lang: str = "") -> Iterator[tuple[str, str, str]]:
    """Every string that a document shows, with its style and its language."""
    if isinstance(part, dict):
        own = part.get("lang") or lang
        if "style" in part:
            yield part["text"], part["style"], own
            return
        for name, value in part.items():
            if name not in ("svg", "spec", "kind", "anchor", "lang", "role", "tone"):
                yield from texts(value, own)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from texts(one, lang)
    elif isinstance(part, str):
        yield part, "", lang


def titled(given: Inputs) -> Inputs:
    """The made-up runs as those of a study that has a Korean title."""
    study = load_study("word_order")
    return replace(given, study={"name": "word_order", "title": study.title, "question": study.question})


def documents(given: Inputs) -> tuple[Document, Document]:
    analysis = analyse(given)
    english, korean = (compose(given, analysis, lang) for lang in ("en", "ko"))
    return english, korean


@pytest.mark.parametrize("seeds", [1, 3])
def test_the_korean_report_holds_no_english_sentence(seeds: int) -> None:
    given = titled(inputs(seeds=seeds, flagged=(("ko", "lstm", 2),), examples=EXAMPLES))
    english, korean = documents(given)
    found = [text for text, style, lang in texts(asdict(korean)) if style != "code" and lang == "ko"]
    assert not [text for text in found if SENTENCE.search(text)]
    assert sum(bool(SENTENCE.search(text)) for text, *_ in texts(asdict(english))) > 50, "the rule finds English"
    drawn = "".join(figure.svg for figure in korean.figures())
    assert "어순 비용, 문장당 비트" in drawn
    assert not SENTENCE.search(re.sub("<[^>]*>", " ", drawn))


def test_both_reports_hold_the_same_numbers_in_the_same_places() -> None:
    """Section by section, block by block, cell by cell: whatever has a digit and no letter is the same."""
    english, korean = (asdict(one) for one in documents(titled(inputs(examples=EXAMPLES))))
    kinds = [[[block["kind"] for block in s["blocks"]] for s in one["sections"]] for one in (english, korean)]
    assert kinds[0] == kinds[1]
    plain = re.compile(r"[−+\d.,\[\] %<≥()–]*\d[−+\d.,\[\] %<≥()–]*")
    figures = [[text for text, *_ in texts(one) if plain.fullmatch(text)] for one in (english, korean)]
    assert len(figures[0]) > 300
    assert figures[0] == figures[1]


def test_every_link_of_a_report_leads_somewhere() -> None:
    document = asdict(documents(inputs(flagged=(("en", "lstm", 0),), examples=EXAMPLES))[0])
    links, anchors = set(), set()

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            links.add(part.get("link") or "")
            anchors.add(part.get("anchor") or "")
        for one in part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ():
            walk(one)

    walk(document)
    assert len(links) > 8
    assert {link.removeprefix("#") for link in links} <= anchors


@pytest.mark.parametrize(
    ("said", "korean"),
    [
        ("passed", "통과"),
        ("flagged: training diverged", "제외: 학습 발산"),
        ("flagged: worse than the unigram floor", "제외: unigram 하한 모델보다 나쁨"),
        ("flagged: does not beat the bigram floor by 1 %", "제외: bigram 하한 모델을 1 % 이상 앞서지 못함"),
    ],
)
def test_gates_are_told_in_both_languages(said: str, korean: str) -> None:
    assert gate(said, words_of("en")) == said
    assert gate(said, words_of("ko")) == korean
