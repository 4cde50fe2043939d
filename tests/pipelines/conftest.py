"""A small corpus that is written down here, so that everything about its dataset can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.table import Corpus, Sentence, write

SUBJECTS = ("민수", "학생", "선생님", "아이", "친구", "동생", "언니", "할머니")
OBJECTS = ("책", "사과", "물", "편지", "영화", "빵", "노래", "그림")
VERBS = ("보았다", "찾았다", "샀다", "좋아했다")


def _final(word: str) -> bool:
    return (ord(word[-1]) - 0xAC00) % 28 > 0


def corpus_rows() -> list[Sentence]:
    """256 aligned pairs; every tenth is for testing, the one after it for validation."""
    rows = []
    for number, (a, b, c) in enumerate((a, b, c) for a in range(8) for b in range(8) for c in range(4)):
        subject, thing = SUBJECTS[a], OBJECTS[b]
        korean = f"{subject}{'은' if _final(subject) else '는'} {thing}{'을' if _final(thing) else '를'} {VERBS[c]}."
        english = f"Person{a} did{c} the thing{b}{' quite slowly' if b % 3 == 0 else ''}."
        split = {0: "test", 1: "valid"}.get(number % 10, "train")
        rows += [Sentence(f"s{number}", "ko", korean, split), Sentence(f"s{number}", "en", english, split)]
    return rows


@pytest.fixture
def tiny_corpus(tmp_path: Path) -> Corpus:
    folder = tmp_path / "tiny"
    folder.mkdir()
    counts, sha256 = write(folder, ("ko", "en"), iter(corpus_rows()))
    return Corpus("tiny", folder, ("ko", "en"), True, sha256, counts, {}, {})
