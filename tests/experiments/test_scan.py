"""The recurrence against Keras' own layers, and against the definition of a fresh start."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from experiments.models.layers import LAYERS
from experiments.models.scan import run


def layer_and_inputs(kind: str, units: int = 7, features: int = 5, batch: int = 3, time: int = 9):  # type: ignore[no-untyped-def]
    generator = np.random.default_rng(1)
    layer = LAYERS[kind](units, return_sequences=True)
    layer.build((batch, time, features))
    for weight in layer.weights:
        weight.assign(generator.normal(size=weight.shape) * 0.4)
    return layer, tf.constant(generator.normal(size=(batch, time, features)), tf.float32), generator


def scanned(kind: str, layer, inputs, keep):  # type: ignore[no-untyped-def]
    cell = layer.cell
    by_time = tf.transpose(inputs, (1, 0, 2))
    states, _ = run(kind, by_time, tf.transpose(keep), cell.kernel, cell.recurrent_kernel, cell.bias)
    return tf.transpose(states, (1, 0, 2))


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_outputs_and_gradients_are_those_of_keras(kind: str) -> None:
    """Same weights, same outputs and the same gradient of every weight group and input, within 1e-5."""
    layer, inputs, generator = layer_and_inputs(kind)
    upstream = tf.constant(generator.normal(size=(3, 9, 7)), tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        theirs, ours = layer(inputs), scanned(kind, layer, inputs, tf.ones((3, 9)))
        sums = [tf.reduce_sum(outputs * upstream) for outputs in (theirs, ours)]
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    weights = [inputs, *(weight.value for weight in layer.weights)]
    for expected, found in zip(*(tape.gradient(total, weights) for total in sums), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_gradient_across_a_fresh_start_against_central_differences(kind: str) -> None:
    """Keras has no reset inside a row, so the gradient with one is held to finite differences, in float64."""
    generator = np.random.default_rng(2)
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    shapes = [(6, 2, 3), (3, gates * 4), (4, gates * 4), (2, gates * 4) if kind == "gru" else (gates * 4,)]
    arrays = [generator.normal(size=shape) * 0.5 for shape in shapes]
    keep = np.ones((6, 2))
    keep[3, 0] = keep[1, 1] = keep[5, 1] = 0.0
    upstream = generator.normal(size=(6, 2, 4))

    def value(given: list[np.ndarray]) -> float:  # type: ignore[type-arg]
        inputs, kernel, recurrent, bias = (tf.constant(a) for a in given)
        return float(tf.reduce_sum(run(kind, inputs, tf.constant(keep), kernel, recurrent, bias)[0] * upstream))

    tensors = [tf.constant(a) for a in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        total = tf.reduce_sum(run(kind, tensors[0], tf.constant(keep), *tensors[1:])[0] * upstream)
    gradients = tape.gradient(total, tensors)
    step = 1e-6
    for number, gradient in enumerate(gradients):
        for place in generator.choice(arrays[number].size, 4, replace=False):
            sides = []
            for sign in (1, -1):
                moved = [a.copy() for a in arrays]
                moved[number].flat[place] += sign * step
                sides.append(value(moved))
            difference = (sides[0] - sides[1]) / (2 * step)
            assert gradient.numpy().flat[place] == pytest.approx(difference, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_a_sentence_in_a_row_gives_what_it_gives_alone(kind: str) -> None:
    layer, inputs, _ = layer_and_inputs(kind)
    keep = np.ones((3, 9), np.float32)
    keep[:, 4] = 0.0
    together = scanned(kind, layer, inputs, tf.constant(keep))
    np.testing.assert_allclose(together[:, :4], scanned(kind, layer, inputs[:, :4], tf.ones((3, 4))), atol=1e-6)
    np.testing.assert_allclose(together[:, 4:], scanned(kind, layer, inputs[:, 4:], tf.ones((3, 5))), atol=1e-6)
