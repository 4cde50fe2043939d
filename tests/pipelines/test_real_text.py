"""Every unit on every corpus at hand: joining the units gives the text back, and counting them gives sizes."""

from __future__ import annotations

import csv
import gzip
import json
import os
import tarfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import polib
import pytest

from pipelines.languages import get_language, language_files
from pipelines.normalise import MARK, marked, normalise
from pipelines.unit_counts import unit_counts
from pipelines.units import get_unit

MIRROR = Path(os.environ.get("EOSUN_MIRROR") or "absent")
real = pytest.mark.skipif(not MIRROR.is_dir(), reason="EOSUN_MIRROR names no mirror folder")
TEXTS = int(os.environ.get("EOSUN_TEST_TEXTS", "1200"))
"""Texts of each corpus that every unit cuts here, evenly over the file; set it to a large number to cut all."""
SLOW = {"morpheme_kiwi": 10, "morpheme_komoran": 10, "morpheme_okt": 20, "morpheme_hannanum": 40, "morpheme_kkma": 150}
"""Analysers that see only every so manieth of these texts."""


def lines(path: str) -> Iterator[str]:
    file = MIRROR / path
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as stream:
        yield from (line.rstrip("\n") for line in stream)


def column(path: str, number: int) -> Iterator[str]:
    yield from (row[number] for row in csv.reader(lines(path), delimiter="\t", quoting=csv.QUOTE_NONE))


def values(path: str, *names: str) -> Iterator[str]:
    yield from (json.loads(line)[name] for line in lines(path) for name in names)


def treebank(*names: str) -> Iterator[str]:
    for name in names:
        for file in sorted((MIRROR / "ud" / name).glob("*.conllu.gz")):
            texts = (line for line in lines(str(file.relative_to(MIRROR))) if line.startswith("# text = "))
            yield from (line.removeprefix("# text = ") for line in texts)


def catalogue(field: str) -> Iterator[str]:
    with tarfile.open(MIRROR / "python-docs/python-docs-ko-3.13.tar.gz") as archive:
        for member in archive:
            if member.name.endswith(".po"):
                file = archive.extractfile(member)
                assert file is not None
                yield from (getattr(entry, field) for entry in polib.pofile(file.read().decode()))


def blimp() -> Iterator[str]:
    for file in sorted((MIRROR / "blimp/data").glob("*.jsonl.gz")):
        yield from values(str(file.relative_to(MIRROR)), "sentence_good", "sentence_bad")


def both(*sources: Iterable[str]) -> Iterator[str]:
    for source in sources:
        yield from source


NTREX = {"ko": "ref.kor", "en": "src.eng", "ar": "ref.arb", "he": "ref.heb"}
CORPORA: dict[tuple[str, str], Callable[[], Iterator[str]]] = {
    ("nsmc", "ko"): lambda: column("nsmc/reviews_all.tsv.gz", -1),
    ("imdb", "en"): lambda: column("imdb/imdb_50k.tsv.gz", 4),
    ("blimp", "en"): blimp,
    ("python-docs", "ko"): lambda: catalogue("msgstr"),
    ("python-docs", "en"): lambda: catalogue("msgid"),
    ("ud", "ko"): lambda: treebank("UD_Korean-GSD", "UD_Korean-Kaist", "UD_Korean-PUD"),
    ("ud", "en"): lambda: treebank("UD_English-EWT", "UD_English-PUD"),
    ("ud", "ar"): lambda: treebank("UD_Arabic-PUD"),
    ("ud", "he"): lambda: treebank("UD_Hebrew-HTB"),
    **{
        ("massive", code): lambda code=code, land=land: values(f"massive/{code}-{land}.jsonl.gz", "utt")  # type: ignore[misc]
        for code, land in (("ko", "KR"), ("en", "US"), ("ar", "SA"), ("he", "IL"))
    },
    **{
        ("ntrex", code): lambda name=name: lines(f"ntrex/newstest2019-{name}.txt")  # type: ignore[misc]
        for code, name in NTREX.items()
    },
    **{
        ("pawsx", code): lambda code=code: both(
            *(column(f"pawsx/{part}-{code}.tsv", i) for part in ("dev", "test") for i in (0, 1))
        )  # type: ignore[misc]
        for code in ("ko", "en")
    },
}


@cache
def texts_of(corpus: str, lang: str) -> list[str]:
    """Normalised texts of a corpus, evenly over all of it, none empty."""
    found = [text for text in CORPORA[corpus, lang]() if text.strip() and MARK not in text]
    step = max(1, len(found) // TEXTS)
    return [normalise(text, lang) for text in found[::step]]


@real
@pytest.mark.parametrize("lang", sorted(code for code in language_files() if len(code) == 2))
@pytest.mark.xdist_group("analysers")
def test_every_unit_gives_every_text_back(lang: str) -> None:
    corpora = [name for name, code in CORPORA if code == lang]
    assert len(corpora) >= 3
    for corpus in corpora:
        everything = texts_of(corpus, lang)
        assert len(everything) >= 950
        for name in get_language(lang).units:
            texts = everything[:: SLOW.get(name, 1)]
            for text, units in zip(texts, get_unit(name, lang).segment(texts), strict=True):
                joined = "".join(units)
                assert joined == marked(text) or unicodedata.normalize("NFC", joined) == marked(text), (corpus, name)
                assert all(units), (corpus, name, text)


@real
def test_aligned_news_counted_in_every_unit() -> None:
    """The shares that the corpus notes give for UD PUD, 1,000 aligned sentences, Korean over English: words 0.670, NFC
    characters 0.491, jamo 1.001, UTF-8 bytes 1.192 (spaces included here, so near, not equal)."""
    korean, english = ([*treebank(f"UD_{name}-PUD")] for name in ("Korean", "English"))
    assert len(korean) == len(english) == 1000

    def total(size: Callable[[str], int]) -> float:
        return sum(map(size, korean)) / sum(map(size, english))

    assert total(lambda text: len(text.split())) == pytest.approx(0.670, abs=0.005)
    assert total(lambda text: len(unicodedata.normalize("NFC", text))) == pytest.approx(0.491, abs=0.01)
    assert total(lambda text: len(unicodedata.normalize("NFD", text))) == pytest.approx(1.001, abs=0.02)
    assert total(lambda text: len(text.encode())) == pytest.approx(1.192, abs=0.02)
    counts = unit_counts([normalise(text, "ko") for text in korean], "ko")
    words = sum(len(text.split()) for text in korean)
    assert 1.5 < counts["particle"].sum() / words < 2.0, "most eojeol have a particle or an ending"
    assert counts["morpheme"].sum() > counts["particle"].sum()
