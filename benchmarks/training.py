"""One training step after another: our packed scan, and a stock Keras model over padded batches of the same text."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable

EMBEDDING, UNITS, ROWS, ROW = 128, 256, 32, 64


def contenders(vocabulary: int) -> dict[str, Callable[[], float]]:
    """Each call trains on the same sentences (5–60 pieces) and returns the number of pieces predicted."""
    os.environ.update(
        {"OMP_NUM_THREADS": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    )
    import keras
    import numpy as np
    import tensorflow as tf

    from experiments.packing import Passages, pack
    from experiments.study import Training
    from experiments.trainer import fix_runtime, new_network

    if not tf.config.threading.get_intra_op_parallelism_threads():
        fix_runtime()
    generator = np.random.default_rng(0)
    lengths = generator.integers(5, 60, 400)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ids = generator.integers(4, vocabulary, offsets[-1]).astype(np.int32)
    given = Passages(ids, np.roll(ids, -1), offsets)
    training = Training(rows=ROWS, row=ROW, dropout=0.0)
    network = new_network("lstm", vocabulary, EMBEDDING, UNITS, training, 0)
    rows = pack(given, ROW, ROWS, generator)

    padded, targets = (np.zeros((len(lengths), ROW), np.int32) for _ in range(2))
    weights = np.zeros((len(lengths), ROW), np.float32)
    for i, (begin, end) in enumerate(itertools.pairwise(offsets)):
        padded[i, : end - begin], targets[i, : end - begin] = given.inputs[begin:end], given.targets[begin:end]
        weights[i, : end - begin] = 1.0

    def stock() -> keras.Model:
        model = keras.Sequential(
            [
                keras.layers.Embedding(vocabulary, EMBEDDING),
                keras.layers.LSTM(UNITS, return_sequences=True),
                keras.layers.Dense(EMBEDDING),
                keras.layers.Dense(vocabulary),
            ]
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.003, global_clipnorm=1.0), loss)
        return model

    model = stock()

    def ours() -> float:
        for begin in range(0, len(rows.ids), ROWS):
            nats = network.learn(rows, slice(begin, begin + ROWS))
        float(nats)
        return float(offsets[-1])

    def theirs() -> float:
        for begin in range(0, len(padded) - ROWS + 1, ROWS):
            batch = slice(begin, begin + ROWS)
            model.train_on_batch(padded[batch], targets[batch], sample_weight=weights[batch])
        return float(lengths[: len(padded) // ROWS * ROWS].sum())

    found = {"packed rows, one XLA program (eosun)": ours, "keras.Model.train_on_batch, padded to 64": theirs}
    for contender in found.values():
        contender()
    return found
