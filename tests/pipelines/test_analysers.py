"""Analysers: what they say of literal sentences, laid over the letters, with nothing lost."""

from __future__ import annotations

import gzip
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.analysers import Part, analyser_names, get_analyser
from pipelines.analysers.align import aligned, from_spans
from pipelines.errors import PipelineError
from pipelines.normalise import normalise, split_final
from pipelines.units import get_unit

EVERY = ("mecab", "kiwi", "komoran", "okt", "hannanum", "kkma")
LETTERS = st.text(alphabet="가나다라마ㅋㅠ 고양이는학교에서갔았었습니다했셨.,?!…\"'()abcXYZ019é-", max_size=30)

pytestmark = pytest.mark.xdist_group("analysers")
"""One process starts the Java machine and loads the models once for all of these."""


def said(name: str, sentence: str) -> str:
    """Eojeol apart by spaces, parts by |, as surface=form/tag+form/tag."""
    (analysis,) = get_analyser(name).analyse([sentence])
    return " ".join(
        "|".join(f"{part.surface}=" + "+".join(f"{form}/{tag}" for form, tag in part.forms) for part in parts)
        for parts in analysis
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mecab", "그=그/NP|는=는/JX 집=집/NNG|에=에/JKB 갔=가/VV+았/EP|다=다/EC"),
        ("kiwi", "그=그/NP|는=는/JX 집=집/NNG|에=에/JKB 갔=가/VV+었/EP|다=다/EF"),
        ("komoran", "그=그/NP|는=는/JX 집=집/NNG|에=에/JKB 갔=가/VV+았/EP|다=다/EC"),
        ("okt", "그=그/Noun|는=는/Josa 집=집/Noun|에=에/Josa 갔다=갔다/Verb"),
        ("hannanum", "그=그/N|는=는/J 집=집/N|에=에/J 갔=가/P|다=아다/E"),
        ("kkma", "그=그/NP|는=는/JX 집=집/NNG|에=에/JKM 갔=가/VV+었/EPT|다=다/EFN"),
    ],
)
def test_a_contraction_keeps_its_letters_and_its_morphemes(name: str, expected: str) -> None:
    """The forms are what each analyser says through its own interface (Hannanum: 가/P 아다/E)."""
    assert said(name, "그는 집에 갔다") == expected


@pytest.mark.parametrize(("name", "tag"), [("mecab", "EF"), ("komoran", "EF"), ("kiwi", "EF"), ("kkma", "EFN")])
def test_the_full_stop_tells_that_an_ending_is_final(name: str, tag: str) -> None:
    """Without the stop Mecab and Komoran take 온다 for a connective form; the stop itself is not in the analysis."""
    assert said(name, "비가 온다.").endswith(f"/{tag}")
    assert "." not in said(name, "비가 온다.")


def test_every_analyser_is_registered_and_named() -> None:
    assert tuple(sorted(analyser_names())) == tuple(sorted(EVERY))
    with pytest.raises(PipelineError, match=r'Unknown analyser "mekab"\. Did you mean "mecab"'):
        get_analyser("mekab")


@pytest.mark.parametrize("name", EVERY)
def test_each_is_a_unit_whose_version_names_program_and_dictionary(name: str) -> None:
    unit = get_unit("morpheme" if name == "mecab" else f"morpheme_{name}", "ko")
    assert any(letter.isdigit() for letter in unit.version())
    (units,) = unit.segment(["고양이가 생선을 먹었다."])
    assert "".join(units) == "▁고양이가▁생선을▁먹었다."
    assert units[:2] == ["▁고양이", "가"]


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=60, deadline=None)
@given(text=LETTERS)
def test_nothing_is_lost_of_any_text(name: str, text: str) -> None:
    text = normalise(text, "ko")
    body, _ = split_final(text)
    (analysis,) = get_analyser(name).analyse([text])
    assert ["".join(part.surface for part in parts) for parts in analysis] == (body.split(" ") if body else [])


@cache
def _reviews(every: int) -> list[str]:
    path = Path(os.environ["EOSUN_MIRROR"]) / "nsmc/reviews_all.tsv.gz"
    texts = []
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for number, line in enumerate(stream):
            if number and number % every == 0:
                texts.append(normalise(line.rstrip("\n").split("\t")[-1], "ko"))
    return [text for text in texts if split_final(text)[0]]


@pytest.mark.skipif(not os.environ.get("EOSUN_MIRROR"), reason="EOSUN_MIRROR names no mirror folder")
@pytest.mark.parametrize(("name", "every"), [("mecab", 60), ("kiwi", 600), *((name, 6000) for name in EVERY[2:])])
def test_nothing_is_lost_of_film_reviews(name: str, every: int) -> None:
    """Bare jamo, typing errors and all: 13 % of the reviews hold letters like ㅋ and ㅠ."""
    texts = _reviews(every)
    for text, analysis in zip(texts, get_analyser(name).analyse(texts), strict=True):
        assert ["".join(part.surface for part in parts) for parts in analysis] == split_final(text)[0].split(" ")


@pytest.mark.skipif(not os.environ.get("EOSUN_MIRROR"), reason="EOSUN_MIRROR names no mirror folder")
def test_mecab_says_what_konlpy_says() -> None:
    """Our reading of the tagger's answer against `Mecab.pos` of KoNLPy, on whole sentences."""
    from pipelines.analysers.mecab import tagger

    agree = 0
    texts = _reviews(400)
    for text, analysis in zip(texts, get_analyser("mecab").analyse(texts), strict=True):
        ours = [(part.surface, part.tag) for parts in analysis for part in parts]
        agree += _before_the_final(tagger().pos(text), text) == ours
    assert agree >= 0.99 * len(texts), "only where a morpheme crosses a space or a final mark is it asked otherwise"


@pytest.mark.skipif(not os.environ.get("EOSUN_MIRROR"), reason="EOSUN_MIRROR names no mirror folder")
def test_surfaces_alone_are_the_surfaces_of_the_analysis() -> None:
    texts = _reviews(60)
    spelt = get_unit("morpheme", "ko").segment(texts)
    for text, units, analysis in zip(texts, spelt, get_analyser("mecab").analyse(texts), strict=True):
        final = split_final(text)[1]
        whole = [unit.lstrip("▁") for unit in (units[:-1] if final else units)]
        assert whole == [part.surface for parts in analysis for part in parts]


def _before_the_final(morphemes: list[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    """Morphemes without those that spell the final punctuation."""
    final, kept = split_final(text)[1], list(morphemes)
    while kept and final.endswith(kept[-1][0]):
        final = final.removesuffix(kept.pop()[0])
    return kept if not final else []


def test_komoran_puts_single_jamo_together_and_its_places_are_then_not_believed() -> None:
    """다ㅋ becomes 닼 inside Komoran, and every place after it is one too small: 지루 would be 하 + ㄴ."""
    assert said("komoran", "영화다ㅋ 지루한면도").split(" ")[1] == "지루=지루/XR|한=하/XSA+ㄴ/ETM|면도=면도/NNP"


@pytest.mark.skipif(not os.environ.get("EOSUN_MIRROR"), reason="EOSUN_MIRROR names no mirror folder")
def test_okt_does_not_look_at_neighbours() -> None:
    """What lets us analyse an eojeol once: KoNLPy's Okt on whole reviews says the same (all of 7,820 eojeol did)."""
    from pipelines.analysers.java import _tagger

    bodies = [split_final(split_final(text)[0])[0] for text in _reviews(3000)]
    for body, analysis in zip(bodies, get_analyser("okt").analyse(bodies), strict=True):
        assert [pair for parts in analysis for part in parts for pair in part.forms] == _tagger("Okt").pos(body)


def test_shared_syllables_hold_both_morphemes() -> None:
    assert aligned("갔다", (("가", "V"), ("았", "E"), ("다", "E"))) == (
        Part("갔", (("가", "V"), ("았", "E"))), Part("다", (("다", "E"),)),
    )  # fmt: skip
    assert aligned("읽은", (("읽", "V"), ("은", "E"))) == (Part("읽", (("읽", "V"),)), Part("은", (("은", "E"),)))
    assert aligned("간", (("가", "V"), ("ㄴ", "E"))) == (Part("간", (("가", "V"), ("ㄴ", "E"))),)


def test_a_morpheme_of_which_nothing_is_written_goes_with_the_next() -> None:
    assert aligned("의사다", (("의사", "N"), ("이", "C"), ("다", "E"))) == (
        Part("의사", (("의사", "N"),)), Part("다", (("이", "C"), ("다", "E"))),
    )  # fmt: skip


def test_an_analysis_of_something_else_is_not_laid_over() -> None:
    assert aligned("학교에", (("병원", "N"), ("으로", "J"))) is None


def test_spans_that_cross_a_space_or_leave_gaps() -> None:
    assert from_spans("가 나", [(0, 3, "가 나", "N")]) is None
    assert from_spans("가나다 라", [(1, 2, "나", "N"), (4, 5, "라", "N")]) == [
        [Part("가나다", (("나", "N"),))], [Part("라", (("라", "N"),))],
    ]  # fmt: skip
    assert from_spans("가", []) == [[Part("가", ())]]


def test_one_java_machine_serves_all_four() -> None:
    import jpype

    from pipelines.analysers import java

    for name in EVERY[2:]:
        get_analyser(name).analyse(["말"])
    assert jpype.isJVMStarted()
    assert java._tagger.cache_info().currsize == 4
