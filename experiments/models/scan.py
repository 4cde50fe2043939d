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

    forward(projected, states, kernel, bias) -> (states, saved): one time step; projected and saved are [batch, ·].
    backward(saved, before, gradients, kernel) -> (at the projection, at the recurrent product, gradients before):
    the step's exact gradient. `states` counts the state tensors, the first of which is the output.
    """

    gates: int
    states: int
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    saved: int


def _rnn_forward(projected: Tensor, states: list[Tensor], kernel: Tensor, bias: Tensor) -> Any:
    output = tf.tanh(projected + states[0] @ kernel)
    return [output], output


def _rnn_backward(saved: Tensor, before: list[Tensor], gradients: list[Tensor], kernel: Tensor) -> Any:
    at_gate = gradients[0] * (1.0 - tf.square(saved))
    return at_gate, at_gate, [tf.matmul(at_gate, kernel, transpose_b=True)]


def _lstm_forward(projected: Tensor, states: list[Tensor], kernel: Tensor, bias: Tensor) -> Any:
    i, f, g, o = tf.split(projected + states[0] @ kernel, 4, axis=-1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
    memory = f * states[1] + i * g
    squashed = tf.tanh(memory)
    return [o * squashed, memory], tf.concat([i, f, g, o, squashed], -1)


def _lstm_backward(saved: Tensor, before: list[Tensor], gradients: list[Tensor], kernel: Tensor) -> Any:
    i, f, g, o, squashed = tf.split(saved, 5, axis=-1)
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
    return at_gates, at_gates, [tf.matmul(at_gates, kernel, transpose_b=True), at_memory * f]


def _gru_forward(projected: Tensor, states: list[Tensor], kernel: Tensor, bias: Tensor) -> Any:
    xz, xr, xh = tf.split(projected, 3, axis=-1)
    hz, hr, hh = tf.split(states[0] @ kernel + bias, 3, axis=-1)
    z, r = tf.sigmoid(xz + hz), tf.sigmoid(xr + hr)
    candidate = tf.tanh(xh + r * hh)
    return [z * states[0] + (1.0 - z) * candidate], tf.concat([z, r, candidate, hh], -1)


def _gru_backward(saved: Tensor, before: list[Tensor], gradients: list[Tensor], kernel: Tensor) -> Any:
    z, r, candidate, hh = tf.split(saved, 4, axis=-1)
    at_output = gradients[0]
    at_candidate = at_output * (1.0 - z) * (1.0 - tf.square(candidate))
    at_z = at_output * (before[0] - candidate) * z * (1.0 - z)
    at_r = at_candidate * hh * r * (1.0 - r)
    at_product = tf.concat([at_z, at_r, at_candidate * r], -1)
    before_gradient = at_output * z + tf.matmul(at_product, kernel, transpose_b=True)
    return tf.concat([at_z, at_r, at_candidate], -1), at_product, [before_gradient]


CELLS = {
    "rnn": Cell(1, 1, _rnn_forward, _rnn_backward, 1),
    "gru": Cell(3, 1, _gru_forward, _gru_backward, 4),
    "lstm": Cell(4, 2, _lstm_forward, _lstm_backward, 5),
}


def _forward(
    cell: Cell, projected: Tensor, keep: Tensor, kernel: Tensor, bias: Tensor
) -> tuple[Tensor, list[Tensor], Tensor]:
    """Run all steps: outputs, the emptied states before each step, what the gradient needs; all [time, batch, ·]."""
    time, batch, units = projected.shape[0], projected.shape[1], kernel.shape[0]
    kind = projected.dtype

    def array(width: int) -> Any:
        return tf.TensorArray(kind, size=time, element_shape=(batch, width))

    def step(t: Tensor, states: list[Tensor], outputs: Any, befores: list[Any], saved: Any) -> Any:
        before = [state * keep[t] for state in states]
        states, kept = cell.forward(projected[t], before, kernel, bias)
        befores = [b.write(t, value) for b, value in zip(befores, before, strict=True)]
        return t + 1, states, outputs.write(t, states[0]), befores, saved.write(t, kept)

    start = [tf.zeros((batch, units), kind) for _ in range(cell.states)]
    _, _, outputs, befores, saved = tf.while_loop(
        lambda t, *_: t < time,
        step,
        (tf.constant(0), start, array(units), [array(units) for _ in start], array(cell.saved * units)),
        maximum_iterations=time,
    )
    return outputs.stack(), [b.stack() for b in befores], saved.stack()


def _backward(
    cell: Cell, kernel: Tensor, keep: Tensor, befores: list[Tensor], saved: Tensor, upstream: Tensor
) -> tuple[Tensor, Tensor]:
    """Gradients at the input projection and at the recurrent product, [time, batch, gates · units] each."""
    time, batch, units = upstream.shape
    width = cell.gates * units
    kind = upstream.dtype

    def step(t: Tensor, gradients: list[Tensor], projections: Any, products: Any) -> Any:
        gradients = [gradients[0] + upstream[t], *gradients[1:]]
        at_projection, at_product, before = cell.backward(saved[t], [b[t] for b in befores], gradients, kernel)
        before = [gradient * keep[t] for gradient in before]
        return t - 1, before, projections.write(t, at_projection), products.write(t, at_product)

    arrays = [tf.TensorArray(kind, size=time, element_shape=(batch, width)) for _ in range(2)]
    zeros = [tf.zeros((batch, units), kind) for _ in range(cell.states)]
    _, _, projections, products = tf.while_loop(
        lambda t, *_: t >= 0, step, (tf.constant(time - 1), zeros, *arrays), maximum_iterations=time
    )
    return projections.stack(), products.stack()


def run(kind: str, inputs: Tensor, keep: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor) -> Tensor:
    """Outputs [batch, time, units] of one recurrent layer over packed rows.

    inputs: [batch, time, features]; keep: [batch, time], 0 where a sentence begins and 1 elsewhere;
    kernel: [features, gates · units]; recurrent: [units, gates · units]; bias: [gates · units], the GRU's two of them.
    """
    cell = CELLS[kind]
    kernel, recurrent, bias = (tf.convert_to_tensor(weight) for weight in (kernel, recurrent, bias))
    input_bias, product_bias = (bias[0], bias[1]) if kind == "gru" else (bias, tf.zeros_like(bias))

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def scan(projected: Tensor, recurrent: Tensor, product_bias: Tensor) -> Any:
        gate = tf.transpose(keep)[:, :, None]
        outputs, befores, saved = _forward(cell, projected, gate, recurrent, product_bias)

        def gradient(upstream: Tensor) -> Any:
            at_projection, at_product = _backward(cell, recurrent, gate, befores, saved, upstream)
            flat = tf.reshape(at_product, (-1, at_product.shape[-1]))
            before = tf.reshape(befores[0], (-1, befores[0].shape[-1]))
            return at_projection, tf.matmul(before, flat, transpose_a=True), tf.reduce_sum(flat, 0)

        return outputs, gradient

    by_time = tf.transpose(inputs, (1, 0, 2))
    outputs = scan(tf.tensordot(by_time, kernel, 1) + input_bias, recurrent, product_bias)
    return tf.transpose(outputs, (1, 0, 2))
