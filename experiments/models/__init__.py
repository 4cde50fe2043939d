"""Models by name: three recurrent networks, and the floors that they must beat."""

from __future__ import annotations

from corpora.errors import unknown
from experiments.errors import StudyError

RECURRENT = ("rnn", "gru", "lstm")
FLOORS = ("unigram", "bigram")


def check_model(name: str) -> str:
    """The name, if a model has it; StudyError suggests the nearest."""
    if name not in (*RECURRENT, *FLOORS):
        raise StudyError(unknown("model", name, (*RECURRENT, *FLOORS)))
    return name
