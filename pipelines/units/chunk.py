"""The English mirror of an eojeol: a host word with the function words that lean on it."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.languages import get_language
from pipelines.normalise import MARK, split_final
from pipelines.units import unit


@unit("chunk", "a host word with the function words before it, the mirror of an eojeol", whole=False, joined=True)
def chunk(sentences: Sequence[str]) -> list[list[str]]:
    """`the cat slept on the mat.` becomes `▁the▁cat`, `▁slept`, `▁on▁the▁mat`, `.`

    Function words wait for the next content word; those that end a sentence lean back on the last one.
    """
    function_words = get_language("en").function_words
    return [_chunks(sentence, function_words) for sentence in sentences]


def _chunks(sentence: str, function_words: frozenset[str]) -> list[str]:
    body, final = split_final(sentence)
    units: list[str] = []
    waiting = ""
    for word in body.split(" ") if body else []:
        waiting += MARK + word
        if word.strip("\"'“”‘’(),;:").lower().replace("’", "'") not in function_words:
            units.append(waiting)
            waiting = ""
    if waiting:
        units[-1:] = [units[-1] + waiting] if units else [waiting]
    return [*units, final] if final else units
