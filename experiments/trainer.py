"""Training a recurrent language model: one schedule and one stopping rule for every cell."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from experiments.models.recurrent import LanguageModel
from experiments.packing import Passages, Rows, pack
from experiments.study import Training

Progress = Callable[[float, str], None]
SCORING_ROWS = 32


def fix_runtime() -> None:
    """One thread and deterministic operations: bits depend on the number of threads. Call before TensorFlow works."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


class Network:
    """A language model with its compiled steps, one shape each: `learn` for training, `bits` for scoring."""

    def __init__(self, model: LanguageModel, training: Training) -> None:
        self.model = model
        self.row = training.row
        self.weights = int(model.count_params())
        self.optimizer = keras.optimizers.Adam(training.learning_rate, global_clipnorm=training.clip)
        self.optimizer.build(model.trainable_variables)
        self._learn = tf.function(self._step, jit_compile=True)
        self._score = tf.function(self.model.nats, jit_compile=True)

    def _step(self, ids: Any, keep: Any, targets: Any, weight: Any) -> Any:
        """One Adam step on the mean surprisal of the targets; returns their summed nats."""
        with tf.GradientTape() as tape:
            nats = tf.reduce_sum(self.model.nats(ids, keep, targets, training=True) * weight)
            loss = nats / tf.maximum(tf.reduce_sum(weight), 1.0)
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return nats

    def learn(self, rows: Rows, batch: slice) -> Any:
        arrays = (rows.ids, rows.keep, rows.targets, rows.weight)
        return self._learn(*(tf.constant(array[batch]) for array in arrays))

    def bits(self, given: Passages) -> NDArray[np.float64]:
        """[steps]: surprisal of every target in bits."""
        rows = pack(given, self.row, SCORING_ROWS)
        nats = np.empty(rows.ids.shape, np.float32)
        for begin in range(0, len(nats), SCORING_ROWS):
            batch = slice(begin, begin + SCORING_ROWS)
            arrays = (rows.ids, rows.keep, rows.targets)
            nats[batch] = self._score(*(tf.constant(array[batch]) for array in arrays)).numpy()
        return nats.reshape(-1)[rows.place].astype(np.float64) / math.log(2.0)


def new_network(kind: str, vocabulary: int, embedding: int, units: int, training: Training, seed: int) -> Network:
    """A network with the weights that belong to a seed."""
    keras.utils.set_random_seed(seed)
    return Network(LanguageModel(kind, vocabulary, embedding, units, training.dropout), training)


@dataclass
class History:
    """What happened in training, an entry an epoch; epoch 0 is the untrained network."""

    train_bits: list[float] = field(default_factory=list)
    valid_bits: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    best_epoch: int = 0
    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0

    @property
    def diverged(self) -> bool:
        return not all(map(math.isfinite, self.train_bits + self.valid_bits))


def train(
    network: Network,
    epoch_passages: Callable[[int], Passages],
    valid: Passages,
    training: Training,
    seed: int,
    progress: Progress,
) -> History:
    """Train until the stopping rule says so and leave the best epoch's weights in the network.

    `epoch_passages(epoch)` gives the training sentences of that epoch, perturbed anew. Validation is
    in bits per sentence. The order of the rows comes from (seed, epoch). An epoch that is not finite ends the training.
    """
    history = History(valid_bits=[_bits_per_sentence(network, valid)])
    best, weights, waited, rate = history.valid_bits[0], network.model.get_weights(), 0, training.learning_rate
    started = time.perf_counter()
    for epoch in range(1, training.epochs + 1):
        given = epoch_passages(epoch)
        rows = pack(given, training.row, training.rows, np.random.Generator(np.random.Philox([seed, epoch])))
        batches = range(0, len(rows.ids), training.rows)
        sums = []
        for done, begin in enumerate(batches):
            sums.append(network.learn(rows, slice(begin, begin + training.rows)))
            if done % 20 == 19:
                sums[-1].numpy()
                progress((epoch - 1 + done / len(batches)) / training.epochs, f"epoch {epoch}")
        steps = len(given.targets)
        history.train_bits.append(float(np.sum([s.numpy() for s in sums], dtype=np.float64)) / steps / math.log(2.0))
        history.valid_bits.append(_bits_per_sentence(network, valid))
        history.learning_rates.append(rate)
        history.steps += len(batches)
        history.tokens += steps
        if history.diverged:
            break
        if history.valid_bits[-1] < best:
            best, weights, waited, history.best_epoch = history.valid_bits[-1], network.model.get_weights(), 0, epoch
        else:
            waited += 1
            rate /= 2.0
            network.optimizer.learning_rate.assign(rate)
            if waited >= training.patience:
                break
    network.model.set_weights(weights)
    history.seconds = time.perf_counter() - started
    return history


def _bits_per_sentence(network: Network, given: Passages) -> float:
    return float(network.bits(given).sum()) / len(given.lengths)
