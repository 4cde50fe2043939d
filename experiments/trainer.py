"""Training a network: one schedule and one stopping rule for every cell, whatever it learns."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from experiments.checkpoint import History, Position, Validated, load, save
from experiments.declared import Training
from experiments.models import Model
from experiments.models.network import Classifier, LanguageModel, Rates
from experiments.packing import Passages, Rows, TextRows, pack, stream, streams
from experiments.study import Study

Progress = Callable[[float, str], None]
SCORING_ROWS = 128
CHECKPOINT_S = 60.0
"""Seconds of training between two checkpoints."""
REPORTED = 20


def fix_runtime() -> None:
    """One thread and deterministic operations: bits depend on the number of threads; of a GPU no more memory than a
    cell needs, as several share it. Call before TensorFlow makes its first variable, after which it refuses."""
    for device in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(device, True)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


def on_gpu() -> bool:
    return bool(tf.config.list_physical_devices("GPU"))


Steps = dict[bool, Callable[..., Any]]


def steps_of(function: Callable[..., Any]) -> Steps:
    """A step as it is compiled for rows that go through the packed scan (by XLA), and for fused kernels (which XLA does
    not have)."""
    return {fused: tf.function(function, jit_compile=not fused) for fused in (False, True)}


class Network:
    """A model with its compiled steps, one shape each: `learn` for training, `bits` and `label_bits` for scoring.

    carried: the states from which the next rows go on, where documents are streamed; empty for a fresh start. fused:
    on a GPU recurrent layers are called as Keras has them, over rows of one text, so that it takes the fused kernels;
    streams of documents and pairs, whose rows begin anew in the middle, go through the packed scan there too.
    """

    def __init__(self, model: LanguageModel | Classifier, training: Training, seed: int) -> None:
        self.model = model
        self.training = training
        self.seed = seed
        self.weights = int(model.count_params())
        self.optimizer = keras.optimizers.Adam(
            training.learning_rate,
            global_clipnorm=training.clip,
            weight_decay=training.weight_decay or None,
            use_ema=training.averaging > 0,
            ema_momentum=training.averaging or 0.99,
        )
        self.optimizer.build(model.trainable_variables)
        self.carried: list[Any] = []
        self.fused = on_gpu() and model.spec.recurrent and not getattr(model, "pairs", False)
        self.now_fused = False
        self._learn, self._nats, self._logits = (steps_of(step) for step in (self._step, self._score, self._classify))

    def begin_again(self, weights: list[Any], training: Training, seed: int) -> None:
        """Become a new network with these weights: nothing is left of the training before but what was compiled."""
        self.model.set_weights(weights)
        self.training, self.seed, self.carried = training, seed, []
        for variable in self.optimizer.variables:
            variable.assign(tf.zeros_like(variable.value))
        self.optimizer.learning_rate.assign(self.training.learning_rate)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Hold the running average of the weights meanwhile, where one is kept."""
        if not self.training.averaging or not int(self.optimizer.iterations.numpy()):
            yield
            return
        own = self.model.get_weights()
        self.optimizer.finalize_variable_values(self.model.trainable_variables)
        try:
            yield
        finally:
            self.model.set_weights(own)

    def _step(self, arrays: Any, masks: Any, before: Any) -> Any:
        """One Adam step on the mean surprisal of the targets; returns their summed nats and the states after."""
        with tf.GradientTape() as tape:
            loss, nats, after = self.model.objective(*arrays, before=before, masks=masks)
        variables = self.model.trainable_variables
        # rows of a piece that occurs more than once count together in the norm that gradients are clipped by
        gradients = [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, variables)]
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return nats, after

    def _score(self, arrays: Any, chosen: Any, count: Any, before: Any) -> Any:
        return self.model.nats(*arrays, chosen, count, before)  # type: ignore[call-arg]

    def _classify(self, arrays: Any) -> Any:
        return tf.nn.log_softmax(self.model.logits(*arrays, []))  # type: ignore[call-arg]

    def masks_of(self, rows: int, row: int, epoch: int, batch: int) -> list[NDArray[np.uint8]]:
        """The random bytes of one step's dropout, [row, rows, ·]: a function of (seed, epoch, batch) alone."""
        if not any(_rates(self.training)):
            return []
        generator = np.random.Generator(np.random.Philox([self.seed, epoch, batch, 1]))
        widths = self.model.mask_widths()
        return [generator.integers(0, 256, (row, rows, width), np.uint8) for width in widths]

    def learn(self, rows: Rows | TextRows, batch: int, epoch: int) -> Any:
        """Train on batch number `batch` of the rows; returns the summed nats of its targets."""
        many = self.training.rows
        arrays = [tf.constant(array[batch * many : (batch + 1) * many]) for array in rows.arrays]
        self.read_as(rows.carried)
        readings = 2 if self.training.consistency else 1
        masks = [tf.constant(m) for m in self.masks_of(readings * many, rows.ids.shape[1], epoch, batch)]
        before = self._before(many, rows.carried)
        nats, after = self._learn[self.now_fused](arrays, masks, before)
        self.carried = list(after) if rows.carried else []
        return nats

    def pack(self, given: Passages, generator: np.random.Generator | None = None) -> Rows:
        """Passages in rows for training, as the network reads them fastest."""
        return pack(given, self.training.row, self.training.rows, generator, 1 if self.fused else None)

    def read_as(self, carried: bool) -> None:
        """Choose how recurrent layers read the next rows; each way is compiled for itself."""
        self.now_fused = self.fused and not carried
        if self.model.spec.recurrent:
            self.model.body.fused = self.now_fused

    def nats(self, *given: Any) -> Any:
        """`LanguageModel.nats`, compiled, of rows as `read_as` was told they are."""
        return self._nats[self.now_fused](*given)

    def _before(self, many: int, carried: bool) -> list[Any]:
        return (self.carried or self.model.body.empty_states(many)) if carried else []

    def bits(self, given: Passages, wanted: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """[steps]: surprisal of every target in bits, or of the `wanted` ones and zero elsewhere."""
        kept = self.carried
        try:
            return self._bits(given, wanted)
        finally:
            self.carried = kept

    def _bits(self, given: Passages, wanted: NDArray[np.bool_] | None) -> NDArray[np.float64]:
        row = self.training.row
        long = given.lengths.max(initial=1) > row
        most = 1 if self.fused else None
        together = streams(given.lengths, row, SCORING_ROWS) if long else SCORING_ROWS
        rows = stream(given, row, together) if long else pack(given, row, together, most=most)
        self.read_as(rows.carried)
        scored = np.zeros(rows.ids.size, bool)
        scored[rows.place if wanted is None else rows.place[wanted]] = True
        nats = np.zeros(rows.ids.size, np.float32)
        size = together * row
        self.carried = []
        for begin in range(rows.ids.size // size):
            batch = slice(begin * together, (begin + 1) * together)
            here = scored[begin * size : (begin + 1) * size]
            chosen = np.argsort(~here, kind="stable").astype(np.int32)
            count = int(here.sum())
            arrays = [tf.constant(array[batch]) for array in (rows.ids, rows.keep, rows.targets)]
            before = self._before(together, rows.carried)
            found, after = self.nats(arrays, tf.constant(chosen), tf.constant(count), before)
            self.carried = list(after) if rows.carried else []
            nats[begin * size + chosen[:count]] = found.numpy()[:count]
        return nats[rows.place].astype(np.float64) / math.log(2.0)

    def label_bits(self, rows: TextRows) -> NDArray[np.float64]:
        """[texts or pairs, classes]: surprisal of every class in bits; rows come in multiples of SCORING_ROWS."""
        many = SCORING_ROWS
        self.read_as(rows.carried)
        found = [
            self._logits[self.now_fused](
                [tf.constant(array[begin : begin + many]) for array in rows.arrays[:4]]
            ).numpy()
            for begin in range(0, len(rows.ids), many)
        ]
        log = np.concatenate(found)
        return -log.reshape(-1, log.shape[-1])[rows.place].astype(np.float64) / math.log(2.0)


def _rates(training: Training) -> Rates:
    return training.dropout, training.piece_dropout


def new_language_model(
    model: Model, vocabulary: int, study: Study, units: int, seed: int, *, reuse: bool = False
) -> Network:
    """A language model with the weights that belong to a seed; with `reuse` it may be the last one of its shape in this
    process, begun again."""
    training, embedding = study.training, study.sizes.embedding

    def made() -> LanguageModel:
        return LanguageModel(model, vocabulary, embedding, units, _rates(training), tied=study.tied)

    return _fresh((model.name, vocabulary, embedding, units, study.tied), made, training, seed, reuse)


def new_classifier(
    model: Model, vocabulary: int, study: Study, units: int, classes: int, seed: int, *, reuse: bool = False
) -> Network:
    """A classifier with the weights that belong to a seed; `reuse` as in `new_language_model`."""
    training, embedding, pairs = study.training, study.sizes.embedding, study.task == "pairs"

    def made() -> Classifier:
        return Classifier(
            model, vocabulary, embedding, units, classes, _rates(training), readout=study.readout, pairs=pairs,
            consistency=training.consistency,
        )  # fmt: skip

    return _fresh(
        (model.name, vocabulary, embedding, units, classes, study.readout, pairs), made, training, seed, reuse
    )


COMPILED = {"rows", "row", "clip", "dropout", "piece_dropout", "weight_decay", "averaging", "consistency"}
"""Settings that are part of what is compiled; learning rates and how long to train are not."""
_compiled: dict[tuple[Any, ...], Network] = {}
KEPT = 4
"""Compiled networks that a process keeps for the next cell of the same shape."""


def _fresh(
    shape: tuple[Any, ...],
    made: Callable[[], LanguageModel | Classifier],
    training: Training,
    seed: int,
    reuse: bool,
) -> Network:
    """A network with new weights, its steps already compiled where this process has had one of the same shape."""
    keras.utils.set_random_seed(seed)
    model, key = made(), (*shape, *training.model_dump(include=COMPILED).values())
    if not reuse:
        return Network(model, training, seed)
    network = _compiled.pop(key, None)
    if network is None:
        network = Network(model, training, seed)
    else:
        network.begin_again(model.get_weights(), training, seed)
    _compiled[key] = network
    while len(_compiled) > KEPT:
        _compiled.pop(next(iter(_compiled)))
    return network


def rate_at(training: Training, halvings: int, done: float, step: int) -> float:
    """The learning rate of a step: `done` is the share of all epochs that lies behind it, `step` counts from 0."""
    rate = training.learning_rate * 0.5**halvings
    if training.schedule == "cosine":
        rate = training.learning_rate * 0.5 * (1.0 + math.cos(math.pi * done))
    return rate * min(1.0, (step + 1) / training.warmup) if training.warmup else rate


def train(
    network: Network,
    epoch_rows: Callable[[int, np.random.Generator], Rows | TextRows],
    validate: Callable[[], Validated],
    progress: Progress,
    checkpoints: Path | None = None,
    every_s: float = CHECKPOINT_S,
) -> History:
    """Train until the stopping rule says so and leave the best epoch's weights in the network.

    `epoch_rows(epoch, generator)` gives the rows of that epoch, perturbed anew, in an order drawn from the generator;
    `validate()` tells how the network does. An epoch that is not finite ends the training. With a folder for
    `checkpoints` the training goes on from the newest one there, and ends in the same bits as one never interrupted.
    """
    training = network.training
    started = time.perf_counter()
    position = load(checkpoints, network) if checkpoints else None
    if position is None:
        position = Position(History(), best=network.model.get_weights())
        position.history.validated(validate())
    history, before_s, compiled, saved = position.history, position.history.wall_s, False, started
    while position.epoch <= training.epochs:
        epoch = position.epoch
        rows = epoch_rows(epoch, np.random.Generator(np.random.Philox([network.seed, epoch])))
        batches = len(rows.ids) // training.rows
        if not position.batch:
            network.carried = []
        while position.batch < batches:
            done = (epoch - 1 + position.batch / batches) / training.epochs
            network.optimizer.learning_rate.assign(rate_at(training, position.halvings, done, history.steps))
            begun = time.perf_counter()
            position.sums.append(float(network.learn(rows, position.batch, epoch)))
            ended = time.perf_counter()
            history.steps_s, history.compile_s, compiled = (
                (history.steps_s + ended - begun, history.compile_s, True)
                if compiled
                else (history.steps_s, history.compile_s + ended - begun, True)
            )
            position.batch += 1
            history.steps += 1
            if position.batch % REPORTED == 0 or position.batch == batches:
                progress(done, f"epoch {epoch}")
            if checkpoints and ended - saved >= every_s:
                history.wall_s = before_s + ended - started
                save(checkpoints, network, position)
                saved = time.perf_counter()
        if _end_epoch(network, position, rows, validate, training):
            break
    network.model.set_weights(position.best)
    history.wall_s = before_s + time.perf_counter() - started
    return history


def _end_epoch(
    network: Network, position: Position, rows: Rows | TextRows, validate: Callable[[], Validated], training: Training
) -> bool:
    """Validate, keep the best weights, lower the rate; whether the training is over."""
    history, begun = position.history, time.perf_counter()
    history.train_bits.append(float(np.sum(position.sums)) / rows.counted / math.log(2.0))
    with network.averaged():
        history.validated(validate())
        weights = network.model.get_weights()
    history.valid_s += time.perf_counter() - begun
    history.learning_rates.append(float(network.optimizer.learning_rate.numpy()))
    history.tokens += (
        int(np.count_nonzero(rows.slot < rows.ends.shape[2])) if isinstance(rows, TextRows) else len(rows.place)
    )
    position.sums, position.batch = [], 0
    position.epoch += 1
    if history.diverged:
        return True
    if history.loss(position.epoch - 1, training.keep) < history.loss(history.best_epoch, training.keep):
        history.best_epoch, position.waited = position.epoch - 1, 0
        position.best = weights
        return False
    position.waited += 1
    position.halvings += training.schedule == "halve"
    return position.waited >= training.patience
