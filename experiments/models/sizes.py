"""How many weights a network has and how much it computes, by formula; sizes that make models comparable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from experiments.errors import StudyError
from experiments.models import Model, get_model

GATES = {
    "rnn": ("state",),
    "gru": ("update", "reset", "candidate"),
    "lstm": ("input", "forget", "candidate", "output"),
}
READOUTS = ("last", "mean", "max", "attention")
HEADS = 4
CONTEXT = 32
"""Pieces that attention is counted over, where operations are counted."""
TOLERANCE = 0.01
REFERENCE = "lstm"


@dataclass(frozen=True)
class Group:
    """One group of weights: what it is for, its formula with the numbers put in, and how many weights it has."""

    part: str
    name: str
    formula: str
    weights: int


def recurrent_groups(kind: str, inputs: int, units: int, *, part: str = "", reset_after: bool = True) -> list[Group]:
    """The weights of one recurrent layer in one direction: for every gate an input matrix, a recurrent matrix and a
    bias; a GRU in the `reset_after` form (Keras' default and cuDNN's) has a bias at each of its two products."""
    groups = []
    for gate in GATES[kind]:
        groups.append(Group(part or kind, f"{gate}: input", f"{inputs} · {units}", inputs * units))
        groups.append(Group(part or kind, f"{gate}: recurrent", f"{units} · {units}", units * units))
        if kind == "gru" and reset_after:
            groups.append(Group(part or kind, f"{gate}: biases", f"2 · {units}", 2 * units))
        else:
            groups.append(Group(part or kind, f"{gate}: bias", f"{units}", units))
    return groups


def _dense(part: str, name: str, inputs: int, units: int, *, bias: bool = True) -> Group:
    formula = f"{inputs} · {units}" + (f" + {units}" if bias else "")
    return Group(part, name, formula, inputs * units + (units if bias else 0))


def _norm(part: str, name: str, width: int) -> Group:
    return Group(part, name, f"2 · {width}", 2 * width)


def body_groups(model: Model, embedding: int, units: int, *, reset_after: bool = True) -> list[Group]:
    """The weights between embedding and read-out."""
    groups: list[Group] = []
    if model.kind == "transformer":
        for layer in range(1, model.layers + 1):
            part = f"layer {layer}"
            groups += [
                _norm(part, "norm before attention", embedding),
                _dense(part, "query, key, value", embedding, 3 * embedding),
                _dense(part, "attention output", embedding, embedding),
                _norm(part, "norm before feed-forward", embedding),
                _dense(part, "feed-forward in", embedding, units),
                _dense(part, "feed-forward out", units, embedding),
            ]
        return [*groups, _norm("top", "last norm", embedding)]
    both = model.direction == "bidirectional"
    for layer in range(1, model.layers + 1):
        inputs = embedding if layer == 1 else units * (2 if both else 1)
        for direction in ("forward", "backward") if both else ("",):
            part = f"layer {layer} {direction}".strip()
            groups += recurrent_groups(model.kind, inputs, units, part=part, reset_after=reset_after)
    return groups


def body_width(model: Model, embedding: int, units: int) -> int:
    """How wide the states are that a read-out sees."""
    return embedding if model.kind == "transformer" else units * (2 if model.direction == "bidirectional" else 1)


def projection_groups(model: Model, embedding: int, units: int) -> list[Group]:
    """The projection of a language model's states back to the embedding width; a Transformer has that width."""
    return [] if model.kind == "transformer" else [_dense("projection", "to the embedding width", units, embedding)]


def language_model_groups(
    model: Model, embedding: int, units: int, vocabulary: int, *, tied: bool = True, reset_after: bool = True
) -> list[Group]:
    """All weights of a language model."""
    own = [] if tied else [Group("soft-max", "table", f"{vocabulary} · {embedding}", vocabulary * embedding)]
    return [
        Group("embedding", "table", f"{vocabulary} · {embedding}", vocabulary * embedding),
        *body_groups(model, embedding, units, reset_after=reset_after),
        *projection_groups(model, embedding, units),
        *own,
        Group("soft-max", "bias", f"{vocabulary}", vocabulary),
    ]


def classifier_groups(
    model: Model, embedding: int, units: int, vocabulary: int, classes: int, *, readout: str = "last",
    pairs: bool = False, reset_after: bool = True,
) -> list[Group]:  # fmt: skip
    """All weights of a classifier."""
    width = body_width(model, embedding, units)
    attention = [_dense("read-out", "attention: hidden", width, width),
                 _dense("read-out", "attention: score", width, 1, bias=False)]  # fmt: skip
    return [
        Group("embedding", "table", f"{vocabulary} · {embedding}", vocabulary * embedding),
        *body_groups(model, embedding, units, reset_after=reset_after),
        *(attention if readout == "attention" else []),
        _dense("classes", "read-out of a pair" if pairs else "read-out", width * (4 if pairs else 1), classes),
    ]


def total(groups: list[Group]) -> int:
    return sum(group.weights for group in groups)


def matched_weights(model: Model, embedding: int, units: int, *, classifies: bool = False) -> int:
    """The body's weights plus the projection back to the embedding width, which a classifier does not have: what
    `match: parameters` makes equal.

    The soft-max is tied to the embedding (or to a table of its size), and so is the same in every model; a classifier's
    read-out has a weight a class for every number of the states that it sees, and stands beside.
    """
    projection = [] if classifies else projection_groups(model, embedding, units)
    return total(body_groups(model, embedding, units) + projection)


def operations(model: Model, embedding: int, units: int, *, classifies: bool = False) -> int:
    """Floating-point operations a piece, forward, in the products of body and projection (none in a classifier): two a
    weight of a matrix.

    Attention is counted over CONTEXT pieces. Training takes three times as many: each product has two in its gradient.
    """
    if model.kind == "transformer":
        a_layer = 2 * (4 * embedding**2 + 2 * embedding * units) + 4 * CONTEXT * embedding
        return model.layers * a_layer
    both = 2 if model.direction == "bidirectional" else 1
    gates, count = len(GATES[model.kind]), 0
    for layer in range(model.layers):
        inputs = embedding if layer == 0 else units * both
        count += both * 2 * gates * units * (inputs + units)
    return count + (0 if classifies else 2 * units * embedding)


def softmax_operations(embedding: int, vocabulary: int) -> int:
    """Floating-point operations a scored piece, forward, in the product with the soft-max table."""
    return 2 * embedding * vocabulary


_MATCHES: dict[str, Callable[..., int]] = {"parameters": matched_weights, "flops": operations}


def matched_units(name: str | Model, embedding: int, units: int, match: str, *, classifies: bool = False) -> int:
    """The hidden size (a Transformer's feed-forward width) of a model that stands beside a one-layer LSTM of `units`.

    match "units": the same number; "parameters": the number whose matched weights come nearest; "flops": whose
    operations do. Raises StudyError, with the nearest sizes, where they are more than 1 % apart.
    """
    model = get_model(name) if isinstance(name, str) else name
    if match == "units":
        return units

    def count(of: Model, size: int) -> int:
        return _MATCHES[match](of, embedding, size, classifies=classifies)

    target = count(get_model(REFERENCE), units)
    low, high = 1, 2
    while count(model, high) < target:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(model, middle) <= target else (low, middle)
    near = sorted((low, high), key=lambda n: abs(count(model, n) - target))
    apart = [100 * (count(model, n) - target) / target for n in near]
    if abs(apart[0]) > 100 * TOLERANCE:
        sizes = " and ".join(f"{n} ({by:+.1f} %)" for n, by in zip(near, apart, strict=True))
        raise StudyError(
            f"A {model.name} cannot match an LSTM of {units} units over {embedding} within 1 % in {match}: the nearest "
            f"sizes are {sizes}. Set sizes.units larger, or match=units."
        )
    return near[0]


def check_embedding(model: Model, embedding: int) -> None:
    """StudyError where a Transformer's heads do not divide the embedding."""
    if model.kind == "transformer" and embedding % (2 * HEADS):
        raise StudyError(
            f"A {model.name} has {HEADS} heads and sinusoids in pairs: sizes.embedding must be a multiple of "
            f"{2 * HEADS}, not {embedding}."
        )
