"""The soft-max and its cross-entropy in chunks: the logits of all steps are never held at once."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

Tensor = Any
CHUNK = 512
"""Steps whose logits are held at a time: few enough to stay near the processor, enough for a fast product."""


def _chunks(steps: int) -> int:
    """The largest number of steps, at most CHUNK, that divides all of them evenly."""
    return max(size for size in range(1, min(CHUNK, steps) + 1) if steps % size == 0)


def _log_sums(states: Tensor, table: Tensor, bias: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, their exponentials over the largest, and the sums of those; table is [width, vocabulary]."""
    logits = states @ table + bias
    exponentials = tf.exp(logits - tf.reduce_max(logits, 1, keepdims=True))
    return logits, exponentials, tf.reduce_sum(exponentials, 1, keepdims=True)


def _surprisal(logits: Tensor, sums: Tensor, targets: Tensor) -> Tensor:
    picked = tf.gather(logits, targets, axis=1, batch_dims=1)
    return tf.math.log(sums[:, 0]) + tf.reduce_max(logits, 1) - picked


def surprisals(states: Tensor, embeddings: Tensor, bias: Tensor, targets: Tensor, count: Tensor) -> Tensor:
    """[steps]: surprisal in nats of the target after each of the first `count` states, the rest zeros.

    states: [steps, width]; embeddings: [vocabulary, width]; bias: [vocabulary]; targets: [steps]. Work is done for
    `count` steps only, rounded up to a chunk.
    """
    steps, width = states.shape
    size = _chunks(steps)
    table = tf.transpose(embeddings)
    pieces, wanted = tf.reshape(states, (-1, size, width)), tf.reshape(targets, (-1, size))

    def body(i: Tensor, found: Any) -> Any:
        logits, _, sums = _log_sums(pieces[i], table, bias)
        return i + 1, tf.tensor_scatter_nd_update(found, [[i]], [_surprisal(logits, sums, wanted[i])])

    _, found = tf.while_loop(
        lambda i, _: i * size < count, body, (tf.constant(0), tf.zeros((steps // size, size), states.dtype))
    )
    return tf.reshape(found, (steps,))


def weighted_surprisal(
    states: Tensor, embeddings: Tensor, bias: Tensor, targets: Tensor, weights: Tensor
) -> tuple[Tensor, Tensor]:
    """The weighted sum of all surprisals in nats, and the surprisals [steps] themselves (without gradient).

    Arguments as in `surprisals`, weights: [steps]. Of the loss L = Σ wₜ (log Σᵥ exp zₜᵥ − zₜ,target) the gradient at
    the logits is wₜ (softmax(zₜ) − onehot(targetₜ)), so that all gradients are made in the one pass that makes L.
    """
    steps, width = states.shape
    size = _chunks(steps)
    kind = states.dtype

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def loss(states: Tensor, embeddings: Tensor, bias: Tensor) -> Any:
        table = tf.transpose(embeddings)
        pieces, wanted, weight = (
            tf.reshape(values, (-1, size, *values.shape[1:])) for values in (states, targets, weights)
        )
        number = steps // size

        def body(i: Tensor, at_table: Tensor, at_bias: Tensor, at_states: Any, found: Any) -> Any:
            given = pieces[i]
            logits, exponentials, sums = _log_sums(given, table, bias)
            right = tf.one_hot(wanted[i], logits.shape[1], dtype=kind)
            at_logits = (exponentials / sums - right) * weight[i][:, None]
            surprisal = tf.math.log(sums[:, 0]) + tf.reduce_max(logits, 1) - tf.reduce_sum(right * logits, 1)
            return (
                i + 1,
                at_table + tf.matmul(given, at_logits, transpose_a=True),
                at_bias + tf.reduce_sum(at_logits, 0),
                at_states.write(i, at_logits @ embeddings),
                found.write(i, surprisal),
            )

        _, at_table, at_bias, at_states, found = tf.while_loop(
            lambda i, *_: i < number,
            body,
            (
                tf.constant(0),
                tf.zeros_like(table),
                tf.zeros_like(bias),
                tf.TensorArray(kind, number, element_shape=(size, width)),
                tf.TensorArray(kind, number, element_shape=(size,)),
            ),
            maximum_iterations=number,
        )
        at_states = tf.reshape(at_states.stack(), (steps, width))
        surprisals = tf.reshape(found.stack(), (steps,))

        def gradient(upstream: Tensor, _: Tensor) -> Any:
            return upstream * at_states, upstream * tf.transpose(at_table), upstream * at_bias

        return (tf.reduce_sum(surprisals * weights), surprisals), gradient

    total, found = loss(states, tf.convert_to_tensor(embeddings), tf.convert_to_tensor(bias))
    return total, tf.stop_gradient(found)
