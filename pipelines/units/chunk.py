"""The English mirror of an eojeol: a host word with the function words that lean on it."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.normalise import MARK, split_final
from pipelines.units import unit

FUNCTION_WORDS = frozenset(
    (
        *("a", "an", "the", "this", "that", "these", "those", "my", "your", "his", "her", "its", "our", "their"),
        *(
            "some",
            "any",
            "no",
            "every",
            "each",
            "of",
            "in",
            "on",
            "at",
            "to",
            "from",
            "by",
            "with",
            "for",
            "about",
            "into",
        ),
        *(
            "over",
            "under",
            "after",
            "before",
            "between",
            "through",
            "during",
            "without",
            "within",
            "as",
            "than",
            "like",
        ),
        *("and", "or", "but", "nor", "if", "because", "when", "while", "although", "whether", "who", "which", "whose"),
        *("is", "am", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did"),
        *("will", "would", "can", "cannot", "could", "may", "might", "must", "shall", "should", "not"),
        *("i", "you", "he", "she", "it", "we", "they", "there"),
    )
)
"""Closed-class words: determiners, prepositions, conjunctions, auxiliaries, negation, subject pronouns."""


@unit("chunk", "a host word with the function words before it, the mirror of an eojeol", languages=("en",), whole=False)
def chunk(sentences: Sequence[str]) -> list[list[str]]:
    """`the cat slept on the mat.` becomes `▁the▁cat`, `▁slept`, `▁on▁the▁mat`, `.`

    Function words wait for the next content word; those that end a sentence lean back on the last one.
    """
    return [_chunks(sentence) for sentence in sentences]


def _chunks(sentence: str) -> list[str]:
    body, final = split_final(sentence)
    units: list[str] = []
    waiting = ""
    for word in body.split(" ") if body else []:
        waiting += MARK + word
        if word.strip("\"'“”‘’(),;:") not in FUNCTION_WORDS:
            units.append(waiting)
            waiting = ""
    if waiting:
        units[-1:] = [units[-1] + waiting] if units else [waiting]
    return [*units, final] if final else units
