"""Building corpora: own text, splits, duplicates, and the real ones at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpora.build import build
from corpora.counts import count
from corpora.errors import CorpusError
from corpora.readers.gettext import plain
from corpora.splits import UNTOLD, dealt
from corpora.table import Corpus

MIRROR = os.environ.get("EOSUN_MIRROR", "")
real = pytest.mark.skipif(not MIRROR, reason="EOSUN_MIRROR names no mirror folder")


def texts(corpus: Corpus, lang: str, split: str | None = None) -> list[str]:
    rows = corpus.table(lang).to_pylist()
    return [row["text"] for row in rows if split in (None, row["split"])]


def own(tmp_path: Path, content: str, name: str = "own.txt") -> str:
    path = tmp_path / name
    path.write_bytes(content.encode())
    return str(path)


LINES = [f"문장 {i} 번이다." for i in range(400)]


def test_own_text_keeps_every_sentence_once(tmp_path: Path) -> None:
    corpus = build(own(tmp_path, "\n".join([*LINES, "", LINES[3], "  " + LINES[4] + "  "])), langs=("ko",))
    assert sorted(texts(corpus, "ko")) == sorted(LINES)
    assert corpus.removed == {"repeated": 2}
    assert 8 <= corpus.counts["ko"]["test"] <= 35


def test_bom_and_windows_line_ends_are_tolerated(tmp_path: Path) -> None:
    plain_corpus = build(own(tmp_path, "\n".join(LINES), "a.txt"), langs=("ko",))
    other = build(own(tmp_path, "\ufeff" + "\r\n".join(LINES), "b.txt"), langs=("ko",))
    assert plain_corpus.sha256 == other.sha256


def test_a_text_keeps_its_split_when_others_come(tmp_path: Path) -> None:
    first = build(own(tmp_path, "\n".join(LINES), "a.txt"), langs=("ko",))
    second = build(own(tmp_path, "\n".join([*LINES[::-1], "새 문장이다."]), "b.txt"), langs=("ko",))
    for split in ("train", "valid", "test"):
        assert set(texts(first, "ko", split)) <= set(texts(second, "ko", split))


def test_decomposed_hangul_is_composed(tmp_path: Path) -> None:
    import unicodedata

    corpus = build(own(tmp_path, unicodedata.normalize("NFD", "\n".join(LINES))), langs=("ko",))
    assert sorted(texts(corpus, "ko")) == sorted(LINES)


def test_a_text_file_needs_its_language(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="say which, as in LANG=ko"):
        build(own(tmp_path, "\n".join(LINES)))


@pytest.mark.parametrize("header", ["ko\ten\n", "en\tko\n", ""])
def test_aligned_pairs_by_header_or_by_script(header: str, tmp_path: Path) -> None:
    korean_first = header != "en\tko\n"
    pairs = [(line, f"sentence {i}.") for i, line in enumerate(LINES)]
    body = "".join("\t".join(pair if korean_first else pair[::-1]) + "\n" for pair in pairs)
    corpus = build(own(tmp_path, header + body, "own.tsv"))
    assert dict(zip(texts(corpus, "ko"), texts(corpus, "en"), strict=True)) == dict(pairs)
    assert corpus.table("ko")["split"].to_pylist() == corpus.table("en")["split"].to_pylist()


def test_a_pair_that_repeats_in_one_language_goes_in_both(tmp_path: Path) -> None:
    pairs = [(line, f"sentence {i // 2}.") for i, line in enumerate(LINES)]
    corpus = build(own(tmp_path, "".join(f"{a}\t{b}\n" for a, b in pairs), "own.tsv"))
    assert len(texts(corpus, "ko")) == len(texts(corpus, "en")) == len(LINES) // 2
    assert set(corpus.removed) == {"repeated", "repeats training"}, "where the two are in different splits"
    assert sum(corpus.removed.values()) == len(LINES) // 2


def test_a_damaged_cache_entry_is_built_again(tmp_path: Path) -> None:
    path = own(tmp_path, "\n".join(LINES))
    first = build(path, langs=("ko",))
    (first.folder / "ko.parquet").write_bytes(b"damaged")
    again = build(path, langs=("ko",))
    assert sorted(texts(again, "ko")) == sorted(LINES)
    (again.folder / "corpus.json").write_text("{}")
    assert build(path, langs=("ko",)).sha256 == first.sha256


def test_counts_by_hand(tmp_path: Path) -> None:
    """한 글 is two words, three characters, ㅎㅏㄴ ㄱㅡㄹ and a space (7 jamo code points), 7 bytes."""
    lines = [f"한 글{chr(0xAC00 + i)}" for i in range(60)]
    found = count(build(own(tmp_path, "\n".join(lines)), langs=("ko",)), "ko")
    assert found["words (eojeol)"] == 120
    assert found["characters (NFC)"] == 240
    assert found["bytes (UTF-8)"] == 60 * 10
    assert found["distinct words"] == 61


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("Return :class:`~io.TextIO`\\의 *name*.", "Return TextIO의 name."),
        ("See `the guide <https://x.org>`_ or :ref:`this page <page>`.", "See the guide or this page."),
        ("If ``x`` is true, ``a + b`` is used [#f1]_.", "If x is true, CODE is used."),
        ("Do this::", "Do this:"),
        ("**Bold** and 2 * 3 * 4", "Bold and 2 * 3 * 4"),
        ("``None``\\을 반환합니다.", "None을 반환합니다."),
        (":mod:`!fractions` --- Rational numbers", "fractions — Rational numbers"),
    ],
)
def test_markup_is_taken_off(markup: str, expected: str) -> None:
    assert plain(markup) == expected


@real
def test_massive_keeps_the_official_partitions() -> None:
    corpus = build("massive")
    assert corpus.counts["ko"] == corpus.counts["en"]
    assert corpus.counts["ko"]["train"] == 11_514, "FitzGerald et al. 2023"
    assert sum(corpus.counts["ko"].values()) + sum(corpus.removed.values()) == 16_521
    training = {lang: {text.lower() for text in texts(corpus, lang, "train")} for lang in ("ko", "en")}
    for lang in ("ko", "en"):
        assert not training[lang] & {text.lower() for text in texts(corpus, lang, "test")}


@real
def test_python_docs_is_prose_and_split_by_file() -> None:
    corpus = build("python-docs")
    rows = corpus.table("ko").to_pylist()
    assert 25_000 < len(rows) < 30_600
    by_file: dict[str, set[str]] = {}
    for row in rows:
        by_file.setdefault(row["document"], set()).add(row["split"])
    assert all(len(splits) == 1 for splits in by_file.values())
    marked = [row["text"] for row in rows if "``" in row["text"] or ":class:" in row["text"] or "`_" in row["text"]]
    assert len(marked) <= 0.001 * len(rows)
    assert len(set(texts(corpus, "en"))) == len(rows)


def test_of_two_rows_in_different_splits_the_training_one_stays(tmp_path: Path) -> None:
    """Documents decide the split here, and held-out ones come first in the file."""
    names = [f"d{i}" for i in range(200)]
    held = [name for name in names if dealt(name, UNTOLD, "split") != "train"]
    training = [name for name in names if dealt(name, UNTOLD, "split") == "train"]
    assert len(held) > 5
    rows = [(f"모두가 아는 문장 {i}번.", name) for i, name in enumerate(held)]
    rows += [(f"모두가 아는 문장 {i}번.", name) for i, name in enumerate(training[: len(held)])]
    rows += [(f"{name}의 문장 {i}번.", name) for name in names for i in range(2)]
    text = "text,document\n" + "".join(f"{text},{name}\n" for text, name in rows)
    corpus = build(own(tmp_path, text, "own.csv"), langs=("ko",))
    table = corpus.table("ko").to_pandas()
    shared = table[table["text"].str.startswith("모두가")]
    assert len(shared) == len(held)
    assert set(shared["split"]) == {"train"}
    assert dict(corpus.removed) == {"repeats training": len(held)}


def test_training_keeps_its_repetitions_where_only_those_across_splits_go(tmp_path: Path) -> None:
    lines = [f"이것은 문장 {i}번이다." for i in range(200) for _ in range(2)]
    counts = {}
    for how in ("none", "across"):
        corpus = build(own(tmp_path, "\n".join(lines), "own.txt"), langs=("ko",), options={"deduplicate": how})
        counts[how] = corpus.counts["ko"]
    assert counts["across"]["train"] == counts["none"]["train"]
    assert 2 * counts["across"]["test"] == counts["none"]["test"]
