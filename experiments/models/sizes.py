"""How many weights a recurrent language model has, by formula, and the sizes that make models comparable."""

from __future__ import annotations

from collections.abc import Callable

from experiments.errors import StudyError

RECURRENT_WEIGHTS: dict[str, Callable[[int, int], int]] = {
    "rnn": lambda inputs, units: units * (inputs + units + 1),
    "gru": lambda inputs, units: 3 * units * (inputs + units + 2),
    "lstm": lambda inputs, units: 4 * units * (inputs + units + 1),
}
"""One layer's weights: every gate has an input matrix, a recurrent matrix and a bias (the GRU of Cho et al. 2014 in its
`reset_after` form, which is Keras' default, has two biases). None depends on the number of time steps."""

TOLERANCE = 0.01
REFERENCE = "lstm"


def matched_weights(kind: str, embedding: int, units: int) -> int:
    """Recurrent weights plus the projection back to the embedding width: what `match: parameters` makes equal.

    The soft-max is tied to the embedding and so has the same size in every model.
    """
    return RECURRENT_WEIGHTS[kind](embedding, units) + units * embedding + embedding


def total_weights(kind: str, embedding: int, units: int, vocabulary: int) -> int:
    """All weights: the tied embedding and the soft-max bias beside the matched ones."""
    return matched_weights(kind, embedding, units) + vocabulary * embedding + vocabulary


def matched_units(kind: str, embedding: int, units: int, match: str) -> int:
    """The hidden size of a model that stands beside an LSTM of `units`.

    match "units": the same number; "parameters": the number whose matched weights come nearest, within 1 %.
    Raises StudyError, with the nearest sizes, where 1 % cannot be met.
    """
    if match == "units":
        return units
    target = matched_weights(REFERENCE, embedding, units)
    best = min(range(1, 4 * units + 8), key=lambda n: abs(matched_weights(kind, embedding, n) - target))
    apart = abs(matched_weights(kind, embedding, best) - target) / target
    if apart > TOLERANCE:
        raise StudyError(
            f"A {kind} cannot match an LSTM of {units} units over {embedding} within 1 %: the nearest, {best} units, "
            f"is {100 * apart:.1f} % apart. Set sizes.units larger, or match to units."
        )
    return best
