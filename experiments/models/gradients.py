"""Whether every model's gradient is the derivative of its loss: analytic against central differences, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from experiments.errors import StudyError
from experiments.models import get_model
from experiments.models.network import Classifier, LanguageModel
from experiments.models.sizes import READOUTS

STEP = 1e-5
LIMIT = 1e-6
ENTRIES = 24
"""Weights of a group that are moved, drawn at random; all where there are fewer."""
MODELS = ("rnn", "gru", "lstm", "lstm_2", "gru_backward", "transformer", "transformer_nopos")
CLASSIFIERS = ("rnn_bidirectional", "gru", "lstm_2_bidirectional", "transformer")
VOCABULARY, EMBEDDING, UNITS, CLASSES, ROWS, ROW, SLOTS = 11, 8, 5, 3, 2, 7, 4


def check(
    names: tuple[str, ...] = (), *, classifiers: bool = True, readouts: tuple[str, ...] = READOUTS
) -> pd.DataFrame:
    """One row a weight group of every model: columns model, task, group, weights, checked, error.

    error: ‖analytic − numeric‖ / (‖analytic‖ + ‖numeric‖) over the weights that were moved by ±1e-5. Rows hold several
    sentences and filling, so that fresh starts inside a row are part of what is checked; dropout is off, and documents
    begin from a state that is not empty. names: models, each as all that it can be; without `classifiers` as language
    models only.
    """
    rows = []
    for name in names or MODELS:
        model = get_model(name)
        if not model.network:
            raise StudyError(f"A {name} is counted and not trained: it has no gradient to check.")
        if model.direction == "bidirectional":
            continue
        for tied in (True, False):
            keras.utils.set_random_seed(1)
            made = LanguageModel(model, VOCABULARY, EMBEDDING, UNITS, tied=tied, dtype="float64")
            task = "language model, tied" if tied else "language model, a table of its own"
            rows += _groups(name, task, made, _language_loss(made))
    for name in (names or CLASSIFIERS) if classifiers else ():
        if get_model(name).predicts_only:
            continue
        for readout in readouts:
            for pairs in (False, True):
                keras.utils.set_random_seed(1)
                made = Classifier(
                    get_model(name), VOCABULARY, EMBEDDING, UNITS, CLASSES, readout=readout, pairs=pairs,
                    dtype="float64",
                )  # fmt: skip
                task = f"{'pairs' if pairs else 'texts'}, {readout}"
                rows += _groups(name, task, made, _class_loss(made, pairs))
    return pd.DataFrame(rows, columns=["model", "task", "group", "weights", "checked", "error"])


def _language_loss(model: LanguageModel) -> Callable[[], Any]:
    generator = np.random.default_rng(2)
    ids, targets = (tf.constant(generator.integers(0, VOCABULARY, (ROWS, ROW)), tf.int32) for _ in range(2))
    keep = np.ones((ROWS, ROW))
    keep[0, 3] = keep[1, 1] = keep[1, 5] = 0.0
    weight = np.ones((ROWS, ROW))
    weight[1, 5:] = 0.0
    before = [tf.constant(generator.normal(size=state.shape)) for state in model.body.empty_states(ROWS)]

    def loss() -> Any:
        return model.objective(ids, tf.constant(keep), targets, tf.constant(weight), before=before, masks=[])[0]

    return loss


def _class_loss(model: Classifier, pairs: bool) -> Callable[[], Any]:
    generator = np.random.default_rng(3)
    ids = tf.constant(generator.integers(0, VOCABULARY, (ROWS, ROW)), tf.int32)
    slot = np.array([[0, 0, 0, 1, 1, 4, 4], [0, 0, 1, 1, 2, 3, 3]], np.int32)
    keep = np.array([[0, 1, 1, 0, 1, 0, 0], [0, 1, 0, 1, 0, 0, 1]], np.float64)
    ends = np.array([[[0, 3, 0, 0], [2, 4, 0, 0]], [[0, 2, 4, 5], [1, 3, 4, 6]]], np.int32)
    weight = np.array([[1, 0], [1, 1]] if pairs else [[1, 1, 0, 0], [1, 1, 1, 1]], np.float64)
    labels = tf.constant(generator.integers(0, CLASSES, weight.shape), tf.int32)

    def loss() -> Any:
        given = (ids, tf.constant(keep), tf.constant(slot), tf.constant(ends), labels, tf.constant(weight))
        return model.objective(*given, before=[], masks=[])[0]

    return loss


def _groups(name: str, task: str, model: Any, loss: Callable[[], Any]) -> list[tuple[Any, ...]]:
    generator = np.random.default_rng(4)
    for variable in model.trainable_variables:
        variable.assign(generator.normal(size=variable.shape) * 0.4)
    compiled = tf.function(loss, jit_compile=True)
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        value = compiled()
    rows = []
    for variable, gradient in zip(variables, tape.gradient(value, variables), strict=True):
        analytic = np.asarray(tf.convert_to_tensor(gradient)).reshape(-1)
        weights = variable.numpy()
        chosen = generator.choice(weights.size, min(ENTRIES, weights.size), replace=False)
        numeric = np.array([_slope(compiled, variable, weights, place) for place in chosen])
        difference = np.linalg.norm(analytic[chosen] - numeric)
        size = np.linalg.norm(analytic[chosen]) + np.linalg.norm(numeric)
        error = float(difference / size) if size > 0 else 0.0
        rows.append((name, task, variable.path.split("/", 1)[-1], weights.size, len(chosen), error))
    return rows


def _slope(loss: Callable[[], Any], variable: Any, weights: Any, place: int) -> float:
    """The central difference of the loss over one weight, which is put back."""
    sides = []
    for step in (STEP, -STEP):
        moved = weights.copy()
        moved.flat[place] += step
        variable.assign(moved)
        sides.append(float(loss()))
    variable.assign(weights)
    return (sides[0] - sides[1]) / (2 * STEP)
