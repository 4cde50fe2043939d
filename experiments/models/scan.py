"""The recurrence itself, run over packed rows with the weights of a stock Keras layer.

A row holds several sentences end to end; `keep` is 0 where a sentence begins and empties the state there, so no
step is spent on padding and no sentence sees another. Input projections are one product for all time steps. The
gradient is written out: the backward loop makes the gradients at the gates only, and the gradient of the recurrent
weights is one product after it. Weights stay in Keras' layout; a test holds outputs and gradients to `keras.layers`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

Tensor = Any


@dataclass(frozen=True)
class Cell:
    """One kind of recurrence.

    forward(projected, states, kernel, biases) -> (states, gates): one time step; all are [batch, ·], biases those of
    the input and of the recurrent product (the latter is the GRU's alone).
    backward(gates, before, after, gradients, transposed) -> (at the projection, at the recurrent product, gradients
    before): the step's exact gradient, `before` and `after` being the states around the step and `transposed` the
    recurrent kernel's transpose. `states` counts the state tensors, the first of which is the output; `saved` counts
    the widths of `gates` in units.
    """

    gates: int
    states: int
    saved: int
    forward: Callable[..., Any]
    backward: Callable[..., Any]


def _sigmoid(values: Tensor) -> Tensor:
    """The logistic function by tanh, which takes a fifth less time here than by the exponential."""
    return 0.5 + 0.5 * tf.tanh(0.5 * values)


def _rnn_forward(projected: Tensor, states: list[Tensor], kernel: Tensor, biases: list[Tensor]) -> Any:
    output = tf.tanh(projected + states[0] @ kernel + biases[0])
    return [output], None


def _rnn_backward(
    gates: Tensor, before: list[Tensor], after: list[Tensor], gradients: list[Tensor], transposed: Tensor
) -> Any:
    at_gate = gradients[0] * (1.0 - tf.square(after[0]))
    return at_gate, at_gate, [at_gate @ transposed]


def _lstm_forward(projected: Tensor, states: list[Tensor], kernel: Tensor, biases: list[Tensor]) -> Any:
    i, f, g, o = tf.split(projected + states[0] @ kernel + biases[0], 4, axis=-1)
    i, f, g, o = _sigmoid(i), _sigmoid(f), tf.tanh(g), _sigmoid(o)
    memory = f * states[1] + i * g
    return [o * tf.tanh(memory), memory], tf.concat([i, f, g, o], -1)


def _lstm_backward(
    gates: Tensor, before: list[Tensor], after: list[Tensor], gradients: list[Tensor], transposed: Tensor
) -> Any:
    i, f, g, o = tf.split(gates, 4, axis=-1)
    squashed = tf.tanh(after[1])
    at_memory = gradients[1] + gradients[0] * o * (1.0 - tf.square(squashed))
    at_gates = tf.concat(
        [
            at_memory * g * i * (1.0 - i),
            at_memory * before[1] * f * (1.0 - f),
            at_memory * i * (1.0 - tf.square(g)),
            gradients[0] * squashed * o * (1.0 - o),
        ],
        -1,
    )
    return at_gates, at_gates, [at_gates @ transposed, at_memory * f]


def _gru_forward(projected: Tensor, states: list[Tensor], kernel: Tensor, biases: list[Tensor]) -> Any:
    xz, xr, xh = tf.split(projected + biases[0], 3, axis=-1)
    hz, hr, hh = tf.split(states[0] @ kernel + biases[1], 3, axis=-1)
    z, r = _sigmoid(xz + hz), _sigmoid(xr + hr)
    candidate = tf.tanh(xh + r * hh)
    return [z * states[0] + (1.0 - z) * candidate], tf.concat([z, r, candidate, hh], -1)


def _gru_backward(
    gates: Tensor, before: list[Tensor], after: list[Tensor], gradients: list[Tensor], transposed: Tensor
) -> Any:
    z, r, candidate, hh = tf.split(gates, 4, axis=-1)
    at_output = gradients[0]
    at_candidate = at_output * (1.0 - z) * (1.0 - tf.square(candidate))
    at_z = at_output * (before[0] - candidate) * z * (1.0 - z)
    at_r = at_candidate * hh * r * (1.0 - r)
    at_product = tf.concat([at_z, at_r, at_candidate * r], -1)
    return tf.concat([at_z, at_r, at_candidate], -1), at_product, [at_output * z + at_product @ transposed]


CELLS = {
    "rnn": Cell(1, 1, 0, _rnn_forward, _rnn_backward),
    "gru": Cell(3, 1, 4, _gru_forward, _gru_backward),
    "lstm": Cell(4, 2, 4, _lstm_forward, _lstm_backward),
}


def _forward(
    cell: Cell, projected: Tensor, keep: Tensor, kernel: Tensor, biases: list[Tensor], initial: list[Tensor]
) -> tuple[list[Tensor], Tensor]:
    """Run all steps: the states after each step, [time, batch, units] each, and the gates, [time, batch, ·].

    Biases are added inside the loop, where they cost nothing; added to all projections at once they are a pass over
    memory of their own.
    """
    time, batch, units = projected.shape[0], projected.shape[1], kernel.shape[0]
    kind = projected.dtype

    def array(width: int) -> Any:
        return tf.TensorArray(kind, size=time, element_shape=(batch, width))

    def step(t: Tensor, states: list[Tensor], afters: list[Any], saved: list[Any]) -> Any:
        states, gates = cell.forward(projected[t], [state * keep[t] for state in states], kernel, biases)
        afters = [a.write(t, state) for a, state in zip(afters, states, strict=True)]
        return t + 1, states, afters, [s.write(t, gates) for s in saved]

    saved = [array(cell.saved * units)] if cell.saved else []
    _, _, afters, saved = tf.while_loop(
        lambda t, *_: t < time,
        step,
        (tf.constant(0), initial, [array(units) for _ in initial], saved),
        maximum_iterations=time,
    )
    return [a.stack() for a in afters], saved[0].stack() if saved else afters[0].stack()


def _outputs(
    cell: Cell, projected: Tensor, keep: Tensor, kernel: Tensor, biases: list[Tensor], initial: list[Tensor]
) -> list[Tensor]:
    """Run all steps and keep nothing for a gradient: outputs [time, batch, units], and the states after the last."""
    time = projected.shape[0]

    def step(t: Tensor, states: list[Tensor], outputs: Any) -> Any:
        states, _ = cell.forward(projected[t], [state * keep[t] for state in states], kernel, biases)
        return t + 1, states, outputs.write(t, states[0])

    outputs = tf.TensorArray(projected.dtype, size=time, element_shape=initial[0].shape)
    _, states, outputs = tf.while_loop(
        lambda t, *_: t < time, step, (tf.constant(0), initial, outputs), maximum_iterations=time
    )
    return [outputs.stack(), *states]


def _backward(
    cell: Cell,
    transposed: Tensor,
    keep: Tensor,
    befores: list[Tensor],
    afters: list[Tensor],
    saved: Tensor,
    upstream: Tensor,
) -> tuple[Tensor, Tensor]:
    """Gradients at the input projection and at the recurrent product, [time, batch, gates · units] each.

    The transposed kernel comes from outside the loop: transposing inside it costs a third of each product.
    """
    time, batch, units = upstream.shape
    kind = upstream.dtype

    def step(t: Tensor, gradients: list[Tensor], arrays: list[Any]) -> Any:
        gradients = [gradients[0] + upstream[t], *gradients[1:]]
        at_projection, at_product, before = cell.backward(
            saved[t], [b[t] for b in befores], [a[t] for a in afters], gradients, transposed
        )
        found = [at_projection, at_product][: len(arrays)]
        arrays = [array.write(t, value) for array, value in zip(arrays, found, strict=True)]
        return t - 1, [gradient * keep[t] for gradient in before], arrays

    different = 2 if cell is CELLS["gru"] else 1
    shape = (batch, cell.gates * units)
    arrays = [tf.TensorArray(kind, size=time, element_shape=shape) for _ in range(different)]
    zeros = [tf.zeros((batch, units), kind) for _ in range(cell.states)]
    _, _, arrays = tf.while_loop(
        lambda t, *_: t >= 0, step, (tf.constant(time - 1), zeros, arrays), maximum_iterations=time
    )
    stacked = [array.stack() for array in arrays]
    return stacked[0], stacked[-1]


def empty_states(kind: str, batch: int, units: int, dtype: Any = tf.float32) -> list[Tensor]:
    """The states from which a sentence begins: zeros, [batch, units] each."""
    return [tf.zeros((batch, units), dtype) for _ in range(CELLS[kind].states)]


def every_state(
    kind: str, inputs: Tensor, keep: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor, initial: list[Tensor]
) -> tuple[list[Tensor], Tensor]:
    """The states of one layer after every step, [time, batch, units] each, and its gates, [time, batch, ·], in the
    order of `Cell.forward`; arguments as in `run`, without gradient."""
    kernel, recurrent, bias = (tf.convert_to_tensor(weight) for weight in (kernel, recurrent, bias))
    biases = [bias[0], bias[1]] if kind == "gru" else [bias]
    return _forward(CELLS[kind], tf.tensordot(inputs, kernel, 1), keep[:, :, None], recurrent, biases, initial)


KEEPING = {"lstm": 1, "gru": 0}
"""Which of the saved gates says how much of the state is kept: the LSTM's forget gate, the GRU's update gate."""


def run(
    kind: str,
    inputs: Tensor,
    keep: Tensor,
    kernel: Tensor,
    recurrent: Tensor,
    bias: Tensor,
    initial: list[Tensor] | None = None,
    *,
    learning: bool = True,
) -> tuple[Tensor, list[Tensor]]:
    """Outputs [time, batch, units] of one recurrent layer over packed rows, and its states after the last step.

    inputs: [time, batch, features]; keep: [time, batch], 0 where a sentence begins and 1 elsewhere;
    kernel: [features, gates · units]; recurrent: [units, gates · units]; bias: [gates · units], the GRU's two of them;
    initial: states to begin with ([batch, units] each), zeros if None. No gradient flows into `initial` or out of the
    last states: carried states are cut off there, as truncated backpropagation through time does. Without `learning`
    nothing is kept for a gradient.
    """
    cell = CELLS[kind]
    kernel, recurrent, bias = (tf.convert_to_tensor(weight) for weight in (kernel, recurrent, bias))
    biases = [bias[0], bias[1]] if kind == "gru" else [bias]
    start = initial or empty_states(kind, inputs.shape[1], recurrent.shape[0], inputs.dtype)
    start = [tf.stop_gradient(state) for state in start]

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def scan(projected: Tensor, recurrent: Tensor, *biases: Tensor) -> Any:
        afters, saved = _forward(cell, projected, gate, recurrent, list(biases), start)

        def gradient(upstream: Tensor, *_: Tensor) -> Any:
            befores = [
                tf.concat([first[None], after[:-1]], 0) * gate for first, after in zip(start, afters, strict=True)
            ]
            transposed = tf.transpose(recurrent)
            at_projection, at_product = _backward(cell, transposed, gate, befores, afters, saved, upstream)
            flat = tf.reshape(at_product, (-1, at_product.shape[-1]))
            before = tf.reshape(befores[0], (-1, befores[0].shape[-1]))
            at_biases = [tf.reduce_sum(at, (0, 1)) for at in (at_projection, at_product)[: len(biases)]]
            return at_projection, tf.matmul(before, flat, transpose_a=True), *at_biases

        return (afters[0], *(after[-1] for after in afters)), gradient

    gate = keep[:, :, None]
    projected = tf.tensordot(inputs, kernel, 1)
    outputs, *last = (
        scan(projected, recurrent, *biases) if learning else _outputs(cell, projected, gate, recurrent, biases, start)
    )
    return outputs, [tf.stop_gradient(state) for state in last]
