"""What goes on inside a recurrent layer, computed step by step as its textbook writes it, in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def _sigmoid(x: Values) -> Values:
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def trace(kind: str, inputs: Values, kernel: Values, recurrent: Values, bias: Values) -> dict[str, Values]:
    """Gates and states of one layer over one text that begins from an empty state: by name, [time, units] each.

    inputs: [time, features]; weights in Keras' layout.

    LSTM (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000): i, f, o = σ(W x + U h′ + b),
    g = tanh(W x + U h′ + b), c = f · c′ + i · g, h = o · tanh(c): `input`, `forget`, `candidate`, `output`, `cell`,
    `hidden`. GRU (Cho et al. 2014, the reset gate after the product, as in cuDNN): z, r = σ(W x + b + U h′ + b′),
    g = tanh(W x + b + r · (U h′ + b′)), h = z · h′ + (1 − z) · g: `update`, `reset`, `candidate`, `hidden`. Simple
    recurrent layer (Elman 1990): h = tanh(W x + U h′ + b): `hidden`.
    """
    steps = {"rnn": _rnn, "gru": _gru, "lstm": _lstm}
    return steps[kind](*(np.asarray(array, np.float64) for array in (inputs, kernel, recurrent, bias)))


def _rnn(inputs: Values, kernel: Values, recurrent: Values, bias: Values) -> dict[str, Values]:
    hidden, rows = np.zeros(recurrent.shape[0]), []
    for x in inputs:
        hidden = np.tanh(x @ kernel + hidden @ recurrent + bias)
        rows.append(hidden)
    return {"hidden": np.array(rows)}


def _lstm(inputs: Values, kernel: Values, recurrent: Values, bias: Values) -> dict[str, Values]:
    names = ("input", "forget", "candidate", "output", "cell", "hidden")
    hidden, cell = np.zeros(recurrent.shape[0]), np.zeros(recurrent.shape[0])
    rows = []
    for x in inputs:
        i, f, g, o = np.split(x @ kernel + hidden @ recurrent + bias, 4)
        i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
        cell = f * cell + i * g
        hidden = o * np.tanh(cell)
        rows.append((i, f, g, o, cell, hidden))
    return {name: np.array([row[at] for row in rows]) for at, name in enumerate(names)}


def _gru(inputs: Values, kernel: Values, recurrent: Values, bias: Values) -> dict[str, Values]:
    names = ("update", "reset", "candidate", "hidden")
    hidden, rows = np.zeros(recurrent.shape[0]), []
    for x in inputs:
        xz, xr, xg = np.split(x @ kernel + bias[0], 3)
        hz, hr, hg = np.split(hidden @ recurrent + bias[1], 3)
        z, r = _sigmoid(xz + hz), _sigmoid(xr + hr)
        g = np.tanh(xg + r * hg)
        hidden = z * hidden + (1.0 - z) * g
        rows.append((z, r, g, hidden))
    return {name: np.array([row[at] for row in rows]) for at, name in enumerate(names)}
