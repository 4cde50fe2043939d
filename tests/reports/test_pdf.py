"""The PDF says what the page says: text as text, Hangul in the font that it carries, nothing of the machine."""

from __future__ import annotations

import re
import zlib

import pytest

from reports import pdf as pdf_module
from reports.analysis import analyse
from reports.compose import compose
from reports.errors import ReportError
from reports.pdf import pdf
from tests.reports.synthetic import inputs

MARKUP = "#panic(1) $x$ @y ~ *z* \\q `w` <v> = //"
"""What Typst would read as code, formula, reference, space, emphasis, escape, label, heading and comment."""


def streams(made: bytes) -> list[bytes]:
    """The decompressed streams of a PDF."""
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.S):
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            found.append(raw)
    return found


def letters(made: bytes) -> set[str]:
    """Every letter that the fonts of a PDF are said to draw (their ToUnicode maps)."""
    drawn = set()
    for stream in streams(made):
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", stream, re.S):
            for code in re.findall(rb"<[0-9a-fA-F]+>\s*<([0-9a-fA-F]+)>", block):
                drawn |= set(bytes.fromhex(code.decode()).decode("utf-16-be"))
    return drawn


@pytest.fixture(scope="module")
def made() -> bytes:
    given = inputs(seeds=2, contexts=(), title=MARKUP, examples={"ko": {"natural": ["뷁", " 읽었다"]}})
    return pdf(compose(given, analyse(given), "ko"))


def test_text_of_a_corpus_is_text_in_the_pdf(made: bytes) -> None:
    assert set(MARKUP.replace(" ", "")) <= letters(made)


def test_hangul_is_set_in_the_font_that_the_file_carries(made: bytes) -> None:
    assert set("뷁읽었다어순비용") <= letters(made)
    everything = made + b"".join(streams(made))
    names = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+([\w-]+)", everything))
    assert {b"NanumGothic", b"NanumGothicBold"} <= names
    assert names <= {b"NanumGothic", b"NanumGothicBold", b"DejaVuSansMono", b"LibertinusSerif-Regular"}, (
        "code, and the minus sign of text and of charts, which NanumGothic lacks; both come with Typst"
    )


def test_nothing_of_the_machine_or_the_time_is_in_it(made: bytes) -> None:
    everything = made + b"".join(streams(made))
    for word in (b"CreationDate", b"ModDate", b"CreateDate", b"/tmp/", b"/home/"):
        assert word not in everything
    assert b"/Lang" in everything, "a reader by ear is told the language"


def test_a_missing_font_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    given = inputs(seeds=1, langs=("en",), models=("unigram",), contexts=())
    document = compose(given, analyse(given))
    monkeypatch.setattr(pdf_module, "font_folder", lambda: tmp_path)
    with pytest.raises(ReportError, match=r"The PDF cannot be set: unknown font family: nanumgothic"):
        pdf(document)
