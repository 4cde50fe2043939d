"""One process that takes training steps when told to: ours, stock Keras, PyTorch, or bare matrix products.

`python steps.py WHO KIND VOCABULARY ROWS ROW THREADS` says "ready SECONDS" when it has compiled, and then answers each
line "train SECONDS" or "score SECONDS" with the pieces it has done and the seconds that took, and "memory" with its
peak in MB.
PyTorch runs from another interpreter, so nothing of the laboratory is imported for it.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

EMBEDDING, UNITS = 128, 256
BATCHES = 8
Step = Callable[[int], Any]


def ids_of(vocabulary: int, rows: int, row: int) -> Any:
    """[batches, rows, row]: the same random pieces for everyone."""
    import numpy as np

    return np.random.default_rng(0).integers(4, vocabulary, (BATCHES, rows, row)).astype(np.int32)


def eosun(kind: str, vocabulary: int, rows: int, row: int, threads: int) -> tuple[Step, Step]:
    """The laboratory's own step, one thread as in every cell."""
    import numpy as np

    from experiments.models import get_model
    from experiments.packing import Passages, Rows
    from experiments.study import Sizes, Study, Training, load_study
    from experiments.trainer import SCORING_ROWS, fix_runtime, new_language_model

    fix_runtime()
    training = Training(rows=rows, row=row, dropout=0.0)
    study: Study = load_study("word_order").model_copy(
        update={"training": training, "sizes": Sizes(embedding=EMBEDDING, units=UNITS)}
    )
    network = new_language_model(get_model(kind), vocabulary, study, UNITS, 0)
    ids = ids_of(vocabulary, rows, row).reshape(-1, row)
    keep = np.ones(ids.shape, np.float32)
    keep[:, 0] = 0.0
    laid = Rows(ids, np.roll(ids, -1), keep, np.ones(ids.shape, np.float32), np.arange(ids.size))
    flat = np.resize(ids.reshape(-1), SCORING_ROWS * row)
    offsets = np.arange(0, len(flat) + 1, row)
    given = Passages(flat, np.roll(flat, -1), offsets, offsets)

    def train(batch: int) -> int:
        float(network.learn(laid, batch % BATCHES, 1))
        return rows * row

    def score(batch: int) -> int:
        network.bits(given)
        return len(flat)

    return train, score


def keras(kind: str, vocabulary: int, rows: int, row: int, threads: int) -> tuple[Step, Step]:
    """`keras.Model.fit` over the same batches, an epoch a call, with all threads as it comes."""
    import keras as library
    import numpy as np

    layer = {"rnn": library.layers.SimpleRNN, "gru": library.layers.GRU, "lstm": library.layers.LSTM}[kind]
    model = library.Sequential(
        [
            library.layers.Embedding(vocabulary, EMBEDDING),
            layer(UNITS, return_sequences=True),
            library.layers.Dense(EMBEDDING),
            library.layers.Dense(vocabulary),
        ]
    )
    loss = library.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(library.optimizers.Adam(0.003, global_clipnorm=1.0), loss)
    ids = ids_of(vocabulary, rows, row).reshape(-1, row)
    targets = np.roll(ids, -1)

    def train(batch: int) -> int:
        model.fit(ids, targets, batch_size=rows, shuffle=False, verbose=0)
        return int(ids.size)

    def score(batch: int) -> int:
        model.evaluate(ids, targets, batch_size=rows, verbose=0)
        return int(ids.size)

    return train, score


def torch(kind: str, vocabulary: int, rows: int, row: int, threads: int) -> tuple[Step, Step]:
    """PyTorch's own recurrent module with the soft-max tied to the embedding, clipping and its fused Adam."""
    import torch as library

    library.set_num_threads(threads)
    library.manual_seed(0)
    nn = library.nn
    embedding = nn.Embedding(vocabulary, EMBEDDING)
    module = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind](EMBEDDING, UNITS, batch_first=True)
    projection = nn.Linear(UNITS, EMBEDDING)
    bias = nn.Parameter(library.zeros(vocabulary))
    weights = [*embedding.parameters(), *module.parameters(), *projection.parameters(), bias]
    optimizer = library.optim.Adam(weights, lr=0.003, fused=True)
    ids = library.as_tensor(ids_of(vocabulary, rows, row)).long()
    targets = library.roll(ids.reshape(-1), -1).reshape(ids.shape)

    def loss(batch: int) -> Any:
        states, _ = module(embedding(ids[batch % BATCHES]))
        logits = projection(states) @ embedding.weight.T + bias
        wanted = targets[batch % BATCHES].reshape(-1)
        return nn.functional.cross_entropy(logits.reshape(-1, vocabulary), wanted)

    def train(batch: int) -> int:
        optimizer.zero_grad()
        loss(batch).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        return rows * row

    def score(batch: int) -> int:
        with library.no_grad():
            float(loss(batch))
        return rows * row

    return train, score


def products(kind: str, vocabulary: int, rows: int, row: int, threads: int) -> tuple[Step, Step]:
    """Square float32 matrix products of 1,024 under XLA; what it counts are millions of operations."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    size, many = 1024, 10
    left, right = (tf.random.stateless_normal((size, size), (0, n)) * 0.03 for n in (1, 2))

    @tf.function(jit_compile=True)
    def chain(value: Any, other: Any) -> Any:
        return tf.while_loop(lambda i, _: i < many, lambda i, v: (i + 1, tf.tanh(v @ other)), (0, value))[1]

    def multiply(batch: int) -> int:
        float(chain(left, right)[0, 0])
        return many * 2 * size**3 // 1_000_000

    return multiply, multiply


def main() -> None:
    who, kind = sys.argv[1:3]
    vocabulary, rows, row, threads = map(int, sys.argv[3:7])
    os.environ.update({"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)})
    if who != "keras":
        os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"
    begun = time.perf_counter()
    makers = {"eosun": eosun, "keras": keras, "torch": torch, "products": products}
    train, score = makers[who](kind, vocabulary, rows, row, threads)
    made = time.perf_counter()
    train(0)
    compiled = time.perf_counter()
    train(1), score(0)
    print("ready", compiled - made, made - begun, flush=True)
    for line in sys.stdin:
        what, *rest = line.split()
        if what == "memory":
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, flush=True)
            continue
        step, lasting = {"train": train, "score": score}[what], float(rest[0])
        begun, done, batch = time.perf_counter(), 0, 0
        while time.perf_counter() - begun < lasting:
            done += step(batch)
            batch += 1
        print(done, time.perf_counter() - begun, flush=True)


if __name__ == "__main__":
    main()
