"""Korean units that an analyser finds: the morpheme, and the host with its chain of particles or endings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.normalise import MARK, split_final
from pipelines.units import unit
from pipelines.units.mecab import Morpheme, analyse, analyser


@unit(
    "morpheme", "surface morphemes of KoNLPy's Mecab", whole=False, version=analyser
)  # fmt: skip
def morpheme(sentences: Sequence[str]) -> list[list[str]]:
    """`고양이가 잔다.` becomes `▁고양이`, `가`, `▁잔다`, `.` (a contracted ending stays with its stem)."""
    return [_cut(sentence, lambda parts: [surface for surface, _ in parts]) for sentence in sentences]


@unit(
    "particle",
    "an eojeol in two: the host, and its chain of particles or endings",
    whole=False,
    version=analyser,
)
def particle(sentences: Sequence[str]) -> list[list[str]]:
    """`선생님께서는 먹었다.` becomes `▁선생님`, `께서는`, `▁먹`, `었다`, `.`; a contraction stays with its stem."""
    return [_cut(sentence, _host_and_chain) for sentence in sentences]


def _host_and_chain(parts: list[Morpheme]) -> list[str]:
    """The letters before the first particle (J…), ending (E…) or copula (VCP), and those from it on."""
    surfaces = [surface for surface, _ in parts]
    for i, (_, tag) in enumerate(parts):
        if i and tag.startswith(("J", "E", "VCP")):
            return ["".join(surfaces[:i]), "".join(surfaces[i:])]
    return ["".join(surfaces)]


def _cut(sentence: str, parts_of: Callable[[list[Morpheme]], list[str]]) -> list[str]:
    body, final = split_final(sentence)
    units = []
    for parts in analyse(body):
        first, *rest = parts_of(parts)
        units += [MARK + first, *rest]
    return [*units, final] if final else units
