"""Word classes of units: one small set for all languages, from an analyser, a treebank or a list of closed classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.analysers import get_analyser
from pipelines.languages import Language, get_language
from pipelines.normalise import MARK, split_final
from pipelines.predicates import MODAL

OPEN = ("noun", "name", "numeral", "verb", "adjective", "adverb", "interjection", "content")
CLOSED = (
    "pronoun", "determiner", "adposition", "conjunction", "auxiliary", "copula", "negation", "bound_noun",
    "structural", "adverbial", "auxiliary_particle", "other_particle", "ending", "suffix", "function",
)  # fmt: skip
TAGS = ("none", *OPEN, *CLOSED, "punctuation", "other")
"""`content` and `function`: open or closed class, nothing finer known. `structural`, `adverbial` and
`auxiliary_particle` are the three kinds of Korean particles (격조사: 주격·목적격·관형격·보격; 부사격; 보조사)."""
CODES = {name: code for code, name in enumerate(TAGS)}
GROUPS = {"noun": ("noun", "name"), "content": OPEN, "function": CLOSED}
"""Names that stand for several classes where classes are asked for by name."""

Tags = NDArray[np.uint8]

_SEJONG = {
    "NNG": "noun", "NNP": "name", "NNB": "bound_noun", "NNBC": "noun", "NR": "numeral", "SN": "numeral",
    "NP": "pronoun", "VV": "verb", "VA": "adjective", "VX": "auxiliary", "VCP": "copula", "VCN": "adjective",
    "MM": "determiner", "MAG": "adverb", "MAJ": "conjunction", "IC": "interjection", "XR": "noun", "SL": "noun",
    "SH": "noun", "JKS": "structural", "JKO": "structural", "JKG": "structural", "JKC": "structural",
    "JKB": "adverbial", "JX": "auxiliary_particle", "JC": "other_particle", "JKV": "other_particle",
    "JKQ": "other_particle", "EP": "ending", "EF": "ending", "EC": "ending", "ETN": "ending", "ETM": "ending",
    "XPN": "suffix", "XSN": "suffix", "XSV": "suffix", "XSA": "suffix",
}  # fmt: skip
_UNIVERSAL = {
    "NOUN": "noun", "PROPN": "name", "PRON": "pronoun", "NUM": "numeral", "VERB": "verb", "AUX": "auxiliary",
    "ADJ": "adjective", "ADV": "adverb", "INTJ": "interjection", "DET": "determiner", "ADP": "adposition",
    "SCONJ": "conjunction", "CCONJ": "conjunction", "PART": "function", "PUNCT": "punctuation",
}  # fmt: skip
_NEGATION = frozenset(("안", "못"))
_PREDICATES = frozenset(("VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA"))
_WITH_SUBJECT_PARTICLE = frozenset(("수", "적", "리"))
_AROUND = "\"'“”‘’()[],;:«»،؛.?!…؟"


def codes_of(names: Sequence[str]) -> Tags:
    """The codes of some classes, groups opened up."""
    return np.array(sorted({CODES[one] for name in names for one in GROUPS.get(name, (name,))}), np.uint8)


def is_open(tags: Tags) -> NDArray[np.bool_]:
    """[units]: whether a unit is of an open class."""
    return np.isin(tags, codes_of(["content"]))


def has_tags(language: Language, treebank: bool) -> bool:
    """Whether units of the language can be told apart by class: by its analyser, a treebank or its function words."""
    return language.analyser is not None or treebank or bool(language.function_words)


COARSE = "of this text only content and function words are told apart; use a treebank, as --corpus ud-pud"
"""Why an order that asks for finer word classes cannot be applied."""


def has_classes(language: Language, treebank: bool) -> bool:
    """Whether classes finer than content and function are told apart: by its analyser or a treebank."""
    return language.analyser is not None or treebank


def tag(
    texts: Sequence[str], cut: Sequence[Sequence[str]], lang: str, universal: Sequence[Sequence[str]] | None = None
) -> list[list[int]]:
    """The code of every unit of some segmented sentences.

    texts: normalised sentences; cut: their units; universal: where there is a treebank, the UPOS tag of every
    space-delimited word. A language with an analyser is always tagged by it, so that its particles are seen.
    A unit of several words (a chunk) has the class of its host, the last one of an open class, else of its last one.
    """
    language = get_language(lang)
    if language.analyser is not None:
        return [_by_analysis(text, units) for text, units in zip(texts, cut, strict=True)]
    if universal is not None:
        return [_by_words(units, [CODES[_UNIVERSAL.get(name, "other")] for name in names])
                for units, names in zip(cut, universal, strict=True)]  # fmt: skip
    closed, function, content = language.function_words, CODES["function"], CODES["content"]
    result = []
    for text, units in zip(texts, cut, strict=True):
        words = [word.strip(_AROUND).lower().replace("’", "'") for word in text.split(" ")]
        result.append(_by_words(units, [function if word in closed else content for word in words]))
    return result


def _by_words(units: Sequence[str], words: Sequence[int]) -> list[int]:
    """The class of the host of the words that each unit opens; a unit that opens none is punctuation."""
    result, word, opened = [], 0, set(codes_of(["content"]))
    for unit in units:
        own = words[word : word + unit.count(MARK)]
        word += len(own)
        hosts = [code for code in own if code in opened] or own
        result.append(hosts[-1] if hosts else CODES["punctuation"])
    return result


def _by_analysis(text: str, units: Sequence[str]) -> list[int]:
    """Classes of Korean units by the morphemes that begin in them."""
    final = split_final(text)[1]
    (analysis,) = get_analyser("mecab").analyse([text])
    morphemes = [(part.surface, part.tag) for parts in analysis for part in parts]
    result, at, reached, begun = [], 0, 0, 0
    for unit in units[: len(units) - 1] if final else units:
        reached += len(unit) - unit.count(MARK)
        inside = []
        while at < len(morphemes) and begun < reached:
            inside.append(morphemes[at])
            begun += len(morphemes[at][0])
            at += 1
        result.append(CODES[_korean(inside)])
    return [*result, CODES["punctuation"]] if final else result


def _korean(morphemes: Sequence[tuple[str, str]]) -> str:
    """The class of an eojeol, or of a part of one.

    What begins with an ending or the copula is that, and so is a chain of particles alone (with punctuation, as in
    를,): one that goes on with anything else, as where a space is missing (를봤다), is none. An eojeol with a
    predicate in it is a verb or an adjective, also where a noun was made one (공부하다), unless it was made a noun
    again (먹기가). A bound noun with the copula (것이다) is an auxiliary; one that no predicate complex is made of
    (것을, 때문에) is a noun like others.
    """
    tags = [name for _, joined in morphemes for name in joined.split("+")]
    if not tags:
        return "other"
    first, rest = tags[0], tags[1:]
    if first.startswith("XS"):
        return "suffix"
    name = _SEJONG.get(first, "punctuation" if first.startswith("S") else "content")
    if name in ("structural", "adverbial", "auxiliary_particle", "other_particle"):
        return name if all(one.startswith(("J", "S")) for one in rest) else "other"
    if name in ("ending", "copula", "auxiliary"):
        return name
    if "ETN" in rest:
        return "noun"
    made = [one for one in tags if one in _PREDICATES]
    if made:
        if first == "NNB" and made[0] == "VCP":
            return "auxiliary"
        return "adjective" if made[0] in ("VA", "XSA", "VCN") else "verb"
    if first == "NNB":
        stem = morphemes[0][0]
        bare = stem in MODAL and not any(one in ("JKO", "JKB", "JKG") for one in rest)
        return "bound_noun" if bare and ("JKS" not in rest or stem in _WITH_SUBJECT_PARTICLE) else "noun"
    if first == "MAG" and morphemes[0][0] in _NEGATION:
        return "negation"
    if first in ("SSO", "SY", "SC") and rest:
        return _korean(morphemes[1:])
    return name
