"""The trained models: a language model with a tied soft-max, and a classifier of texts or pairs."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from experiments.models import Model
from experiments.models.layers import ReadOut, Transformer, dropped, new_stack
from experiments.models.softmax import surprisals, weighted_surprisal

Tensor = Any
Rates = tuple[float, float]
"""Shares that dropout takes: of values, and of whole pieces."""


class _Reader(keras.Model):  # type: ignore[misc]
    """Embedding and body, which every model has: ids in, states of every step out."""

    def __init__(self, model: Model, vocabulary: int, embedding: int, units: int, rates: Rates, dtype: str) -> None:
        super().__init__(name=model.name, dtype=dtype)
        self.spec = model
        self.rate, self.piece_rate = rates
        self.embedding = keras.layers.Embedding(
            vocabulary, embedding, embeddings_initializer=_uniform(embedding), dtype=dtype
        )
        self.embedding.build((None, None))
        both = model.direction == "bidirectional"
        self.body = (
            new_stack(model.kind, units, model.layers, both, embedding, dtype)
            if model.recurrent
            else Transformer(embedding, units, model.layers, model.positions, dtype)
        )

    def states(
        self, ids: Tensor, keep: Tensor, before: list[Tensor], masks: list[Tensor], learning: bool
    ) -> tuple[Tensor, list[Any]]:
        """States [time, batch, width] for ids and keep [batch, time], beginning from the states `before`.

        masks: [time, batch, ·], see `mask_widths`. Without `learning` nothing is kept for a gradient.
        """
        keep = tf.cast(tf.transpose(keep), self.compute_dtype)
        inputs = self.embedding(tf.transpose(ids))
        if masks:
            inputs = dropped(dropped(inputs, masks[0], self.piece_rate), masks[1], self.rate)
        before = before or self.body.empty_states(ids.shape[0])
        outputs, after = self.body.read(inputs, keep, before, masks[2:-1], self.rate, learning)
        return outputs, after


def _by_time(values: Tensor) -> Tensor:
    """[time · batch] from [batch, time]."""
    return tf.reshape(tf.transpose(values), (-1,))


class LanguageModel(_Reader):
    """Predicts each next piece from the pieces before it.

    Weights: an `Embedding` [vocabulary, embedding]; the body, for recurrent models stock Keras layers in their own
    layout and a `Dense` projection [units, embedding]; the soft-max over `tied` embeddings, or over a table of its own
    of the same shape; the soft-max bias [vocabulary].
    """

    def __init__(
        self,
        model: Model,
        vocabulary: int,
        embedding: int,
        units: int,
        rates: Rates = (0.0, 0.0),
        *,
        tied: bool = True,
        dtype: str = "float32",
    ) -> None:
        super().__init__(model, vocabulary, embedding, units, rates, dtype)
        self.projection = None
        if model.recurrent:
            self.projection = keras.layers.Dense(embedding, dtype=dtype)
            self.projection.build((None, None, units))
        self.table = None
        if not tied:
            self.table = self.add_weight(
                shape=(vocabulary, embedding), initializer=_uniform(embedding), name="softmax_table"
            )
        self.softmax_bias = self.add_weight(shape=(vocabulary,), initializer="zeros", name="softmax_bias")
        self.built = True

    def mask_widths(self) -> list[int]:
        """Widths of what dropout falls on: pieces, embeddings, between the layers, the projected states."""
        width = int(self.embedding.output_dim)
        return [1, width, *self.body.mask_widths(), width]

    def projected(
        self, ids: Tensor, keep: Tensor, before: list[Tensor], masks: list[Tensor], learning: bool = True
    ) -> tuple[Tensor, list[Any]]:
        """[time · batch, embedding] states as the soft-max reads them, and the states after the last step."""
        outputs, after = self.states(ids, keep, before, masks, learning)
        if self.projection is not None:
            outputs = self.projection(outputs)
        outputs = dropped(outputs, masks[-1] if masks else None, self.rate)
        return tf.reshape(outputs, (-1, outputs.shape[-1])), after

    @property
    def _softmax(self) -> tuple[Tensor, Tensor]:
        table = self.embedding.embeddings if self.table is None else self.table
        return tf.convert_to_tensor(table), tf.convert_to_tensor(self.softmax_bias)

    def objective(
        self, ids: Tensor, keep: Tensor, targets: Tensor, weight: Tensor, *, before: list[Tensor], masks: list[Tensor]
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Mean surprisal of the targets in nats, their summed nats, and the states after; all given [batch, time].

        weight: 1 for a target that counts, 0 for filling.
        """
        states, after = self.projected(ids, keep, before, masks)
        weights = tf.cast(_by_time(weight), states.dtype)
        count = tf.maximum(tf.reduce_sum(weights), 1.0)
        mean, nats = weighted_surprisal(states, *self._softmax, _by_time(targets), weights / count)
        return mean, tf.reduce_sum(nats * weights), after

    def nats(
        self, ids: Tensor, keep: Tensor, targets: Tensor, chosen: Tensor, count: Tensor, before: list[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """Surprisal in nats of the targets at the first `count` of the flat places `chosen`, [batch · time]."""
        states, after = self.projected(ids, keep, before, [], learning=False)
        wanted = tf.gather(tf.reshape(targets, (-1,)), chosen)
        batch, time = ids.shape
        places = chosen % time * batch + chosen // time
        return surprisals(tf.gather(states, places), *self._softmax, wanted, count), after

    def states_of_all_steps(self, ids: Tensor, keep: Tensor, before: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Every state of every layer after every step, and the gates that keep them, [time, batch, units] each; ids and
        keep [batch, time]."""
        keep = tf.cast(tf.transpose(keep), self.compute_dtype)
        return self.body.all_states(self.embedding(tf.transpose(ids)), keep, before)

    def gradient_norms(
        self, ids: Tensor, keep: Tensor, targets: Tensor, weight: Tensor, before: list[Tensor]
    ) -> Tensor:
        """[batch, time]: the squared norm of the gradient of Σ weight · nats at the embedding of every input."""
        inputs = self.embedding(tf.transpose(ids))
        keep = tf.cast(tf.transpose(keep), self.compute_dtype)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs, _ = self.body.read(inputs, keep, before, [], 0.0, True)
            if self.projection is not None:
                outputs = self.projection(outputs)
            states = tf.reshape(outputs, (-1, outputs.shape[-1]))
            total, _ = weighted_surprisal(states, *self._softmax, _by_time(targets), _by_time(weight))
        return tf.transpose(tf.reduce_sum(tf.square(tape.gradient(total, inputs)), -1))


class Classifier(_Reader):
    """Gives each text, or each pair of texts, one of several classes from a read-out of its states.

    A pair's classes are read from [u, v, |u − v|, u · v] of its two texts (Conneau et al. 2017).
    """

    def __init__(
        self,
        model: Model,
        vocabulary: int,
        embedding: int,
        units: int,
        classes: int,
        rates: Rates = (0.0, 0.0),
        *,
        readout: str = "last",
        pairs: bool = False,
        consistency: float = 0.0,
        dtype: str = "float32",
    ) -> None:
        super().__init__(model, vocabulary, embedding, units, rates, dtype)
        self.pairs = pairs
        self.consistency = consistency
        self.width = self.body.width
        self.readout = ReadOut(readout, self.width, model.direction == "bidirectional", dtype)
        self.classes = keras.layers.Dense(classes, dtype=dtype)
        self.classes.build((None, None, self.width * (4 if pairs else 1)))
        self.built = True

    def mask_widths(self) -> list[int]:
        """Widths of what dropout falls on: pieces, embeddings, between the layers, the vectors that are read out."""
        return [1, int(self.embedding.output_dim), *self.body.mask_widths(), self.width]

    def logits(
        self, ids: Tensor, keep: Tensor, slot: Tensor, ends: Tensor, masks: list[Tensor], learning: bool = False
    ) -> Tensor:
        """[batch, slots or pairs, classes]; slot: [batch, time], the text's place in its row, or a number past the
        last place for filling; ends: [batch, 2, slots], the first and last step of the text in each place.

        A text's vector is dropped from by the random bytes of its last step: of its states one by one, a maximum would
        be over values that dropout has scaled up and seldom left out, and a mean over nearly all."""
        states, _ = self.states(ids, keep, [], masks, learning)
        states = tf.transpose(states, (1, 0, 2))
        inside = tf.one_hot(slot, ends.shape[2], dtype=states.dtype)
        vectors = self.readout.read(states, inside, ends[:, 0], ends[:, 1])
        if masks:
            mask = tf.gather(tf.transpose(masks[-1], (1, 0, 2)), ends[:, 1], axis=1, batch_dims=1)
            vectors = dropped(vectors, mask, self.rate)
        if self.pairs:
            u, v = vectors[:, 0::2], vectors[:, 1::2]
            vectors = tf.concat([u, v, tf.abs(u - v), u * v], -1)
        return self.classes(vectors)

    def objective(
        self, ids: Tensor, keep: Tensor, slot: Tensor, ends: Tensor, labels: Tensor, weight: Tensor, *,
        before: list[Tensor], masks: list[Tensor],
    ) -> tuple[Tensor, Tensor, list[Tensor]]:  # fmt: skip
        """Mean surprisal of the labels in nats, and their summed nats; labels and weight: [batch, slots or pairs].

        Where `consistency` is asked for every row is read twice, masks being [time, 2 · batch, ·], and to the mean of
        both surprisals comes how far apart the two readings are.
        """
        arrays = ids, keep, slot, ends, labels, weight
        if self.consistency:
            ids, keep, slot, ends, labels, weight = (tf.concat([array, array], 0) for array in arrays)
        logits = self.logits(ids, keep, slot, ends, masks, learning=True)
        weight = tf.cast(weight, logits.dtype)
        count = tf.maximum(tf.reduce_sum(weight), 1.0)
        nats = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits) * weight)
        if not self.consistency:
            return nats / count, nats, before
        apart = tf.reduce_sum(divergence(*tf.split(logits, 2)) * tf.split(weight, 2)[0])
        return (nats + 2.0 * self.consistency * apart) / count, nats / 2.0, before


def divergence(one: Tensor, other: Tensor) -> Tensor:
    """Half of what the two Kullback–Leibler divergences between the soft-maxes of logits [·, classes] come to, [·]."""
    one, other = tf.nn.log_softmax(one), tf.nn.log_softmax(other)
    return 0.5 * tf.reduce_sum((tf.exp(one) - tf.exp(other)) * (one - other), -1)


def _uniform(embedding: int) -> Any:
    """Small enough that the tied soft-max begins near the uniform distribution."""
    return keras.initializers.RandomUniform(-(embedding**-0.5), embedding**-0.5)
