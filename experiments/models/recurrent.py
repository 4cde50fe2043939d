"""The recurrent language model: embedding, one stock Keras layer, projection, soft-max tied to the embedding."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from experiments.models.scan import run

Tensor = Any
LAYERS = {"rnn": keras.layers.SimpleRNN, "gru": keras.layers.GRU, "lstm": keras.layers.LSTM}


class LanguageModel(keras.Model):  # type: ignore[misc]
    """Predicts each next piece of a sentence from the pieces before it.

    Holds the weights of an `Embedding` [vocabulary, embedding], of `keras.layers.SimpleRNN`, `GRU` or `LSTM` (in their
    own layout), of a `Dense` projection [units, embedding] and of the soft-max bias [vocabulary].
    """

    def __init__(self, kind: str, vocabulary: int, embedding: int, units: int, dropout: float = 0.0) -> None:
        super().__init__(name=kind)
        self.kind = kind
        self.embedding = keras.layers.Embedding(vocabulary, embedding, embeddings_initializer=_uniform(embedding))
        self.recurrent = LAYERS[kind](units, return_sequences=True)
        self.projection = keras.layers.Dense(embedding)
        self.dropout = keras.layers.Dropout(dropout)
        self.softmax_bias = self.add_weight(shape=(vocabulary,), initializer="zeros", name="softmax_bias")
        self.embedding.build((None, None))
        self.recurrent.build((None, None, embedding))
        self.projection.build((None, None, units))
        self.built = True

    def call(self, ids: Tensor, keep: Tensor, training: bool = False) -> Tensor:
        """Projected states [batch, time, embedding] for ids [batch, time] and keep [batch, time]."""
        weights = self.recurrent.cell
        inputs = self.dropout(self.embedding(ids), training=training)
        states = run(self.kind, inputs, keep, weights.kernel, weights.recurrent_kernel, weights.bias)
        return self.dropout(self.projection(states), training=training)

    def nats(self, ids: Tensor, keep: Tensor, targets: Tensor, training: bool = False) -> Tensor:
        """Surprisal of each target in nats, [batch, time]."""
        projected = self(ids, keep, training=training)
        logits = tf.einsum("bte,ve->btv", projected, self.embedding.embeddings) + self.softmax_bias
        return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)


def _uniform(embedding: int) -> Any:
    """Small enough that the tied soft-max begins near the uniform distribution."""
    return keras.initializers.RandomUniform(-(embedding**-0.5), embedding**-0.5)
