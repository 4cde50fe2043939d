"""Korean units that an analyser finds: the morpheme, and the host with its chain of particles or endings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pipelines.analysers import Part, analyser_names, get_analyser
from pipelines.analysers.mecab import surfaces
from pipelines.normalise import MARK, split_final
from pipelines.units import unit


def _surfaces(parts: Sequence[Part]) -> list[str]:
    return [part.surface for part in parts]


def _host_and_chain(parts: Sequence[Part]) -> list[str]:
    """The letters before the first particle (J…), ending (E…) or copula (VCP), and those from it on."""
    for i, part in enumerate(parts):
        if i and part.tag.startswith(("J", "E", "VCP")):
            return ["".join(_surfaces(parts[:i])), "".join(_surfaces(parts[i:]))]
    return ["".join(_surfaces(parts))]


def _spelt(sentences: Sequence[str]) -> list[list[str]]:
    """The surfaces of Mecab, which writes them out faster than all that it knows of them."""
    found = [surfaces(sentence) if sentence else [] for sentence in sentences]
    rest = [sentence for sentence, units in zip(sentences, found, strict=True) if units is None]
    others = iter(_cut(rest, "mecab", _surfaces))
    return [next(others) if units is None else units for units in found]


def _cut(sentences: Sequence[str], name: str, parts_of: Callable[[Sequence[Part]], list[str]]) -> list[list[str]]:
    result = []
    for analysis, sentence in zip(get_analyser(name).analyse(sentences), sentences, strict=True):
        _, final = split_final(sentence)
        units: list[str] = []
        for parts in analysis:
            first, *rest = parts_of(parts)
            units += [MARK + first, *rest]
        result.append([*units, final] if final else units)
    return result


def _register() -> None:
    """`고양이가 잔다.` becomes `▁고양이`, `가`, `▁잔다`, `.` (a contracted ending stays with its stem)."""
    for name in analyser_names():
        unit(
            "morpheme" if name == "mecab" else f"morpheme_{name}",
            f"surface morphemes of {name.capitalize()}",
            whole=False,
            version=get_analyser(name).version,
            pace=get_analyser(name).pace,
        )(_spelt if name == "mecab" else partial(_cut, name=name, parts_of=_surfaces))


_register()


@unit(
    "particle",
    "an eojeol in two: the host, and its chain of particles or endings",
    whole=False,
    version=lambda: get_analyser("mecab").version(),
    pace=get_analyser("mecab").pace,
)
def particle(sentences: Sequence[str]) -> list[list[str]]:
    """`선생님께서는 먹었다.` becomes `▁선생님`, `께서는`, `▁먹`, `었다`, `.`; a contraction stays with its stem."""
    return _cut(sentences, "mecab", _host_and_chain)
