"""Networks: what they may see, what they share, and what they are held to."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special, stats

from experiments.errors import StudyError
from experiments.models import get_model
from experiments.models.gates import trace
from experiments.models.gradients import LIMIT, check
from experiments.models.layers import LAYERS, ReadOut, Stack, check_stackable, dropped, packed, right_padded, sinusoids
from experiments.models.network import Classifier, LanguageModel
from experiments.models.softmax import surprisals, weighted_surprisal
from experiments.packing import Passages, pack

VOCABULARY = 30


def language_model(name: str, **more: object) -> LanguageModel:
    keras.utils.set_random_seed(3)
    return LanguageModel(get_model(name), VOCABULARY, 16, 12, **more)  # type: ignore[arg-type]


def states_of(model: LanguageModel, ids: np.ndarray, keep: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    found, _ = model.projected(tf.constant(ids), tf.constant(keep), [], [])
    return found.numpy().reshape(*ids.shape[::-1], -1).swapaxes(0, 1)


CAUSAL = ["rnn", "gru", "lstm", "lstm_2", "transformer", "transformer_nopos"]


@pytest.mark.parametrize("name", CAUSAL)
def test_a_language_model_sees_neither_the_future_nor_another_sentence(name: str) -> None:
    model = language_model(name)
    generator = np.random.default_rng(0)
    ids = generator.integers(0, VOCABULARY, (2, 10)).astype(np.int32)
    keep = np.ones((2, 10), np.float32)
    keep[:, 0] = keep[:, 6] = 0.0
    before = states_of(model, ids, keep)
    changed = ids.copy()
    changed[:, 4] = (ids[:, 4] + 7) % VOCABULARY
    after = states_of(model, changed, keep)
    np.testing.assert_array_equal(before[:, :4], after[:, :4])
    np.testing.assert_array_equal(before[:, 6:], after[:, 6:])
    assert not np.allclose(before[:, 4], after[:, 4])
    assert not np.allclose(before[:, 5], after[:, 5]), "but the past of its own sentence is seen"
    alone = states_of(model, ids[:, 6:], keep[:, 6:])
    np.testing.assert_allclose(before[:, 6:], alone, atol=2e-6)


def test_without_positions_only_the_multiset_of_the_past_counts() -> None:
    """One layer of attention without positions reads its past as a bag; with positions it does not."""
    keep = np.ones((1, 5), np.float32)
    keep[0, 0] = 0.0
    ids, moved = np.array([[3, 4, 5, 6, 7]], np.int32), np.array([[5, 3, 6, 4, 7]], np.int32)
    without, having = language_model("transformer_1_nopos"), language_model("transformer_1")
    np.testing.assert_allclose(states_of(without, ids, keep)[0, -1], states_of(without, moved, keep)[0, -1], atol=1e-5)
    assert not np.allclose(states_of(having, ids, keep)[0, -1], states_of(having, moved, keep)[0, -1], atol=1e-3)


def test_sinusoids_by_hand() -> None:
    table = sinusoids(3, 4)
    np.testing.assert_allclose(table[0], [0, 1, 0, 1])
    np.testing.assert_allclose(table[2], [np.sin(2), np.cos(2), np.sin(0.02), np.cos(0.02)])


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm", "gru_2"])
def test_states_carried_over_are_as_good_as_one_long_row(name: str) -> None:
    model = language_model(name)
    ids = np.random.default_rng(1).integers(0, VOCABULARY, (3, 12)).astype(np.int32)
    keep = np.ones((3, 12), np.float32)
    keep[:, 0] = keep[1, 8] = 0.0
    whole = states_of(model, ids, keep)
    first, carried = model.projected(tf.constant(ids[:, :5]), tf.constant(keep[:, :5]), [], [])
    second, _ = model.projected(tf.constant(ids[:, 5:]), tf.constant(keep[:, 5:]), carried, [])
    together = np.concatenate([np.reshape(first, (5, 3, -1)), np.reshape(second, (7, 3, -1))], 0).swapaxes(0, 1)
    np.testing.assert_allclose(together, whole, atol=1e-6)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_the_same_weights_serve_every_time_step(kind: str) -> None:
    """The gradient of the shared recurrent matrix is the sum of the gradients of one copy of it a step, and a text
    ten times as long has no more weights."""
    generator = np.random.default_rng(5)
    layer = LAYERS[kind](4, return_sequences=True)
    layer.build((None, None, 3))
    inputs = tf.constant(generator.normal(size=(2, 6, 3)), tf.float32)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(packed(layer, tf.transpose(inputs, (1, 0, 2)), tf.ones((6, 2)))[0])
    shared = tape.gradient(total, layer.cell.recurrent_kernel.value)
    copies = [tf.Variable(layer.cell.recurrent_kernel.value) for _ in range(6)]
    with tf.GradientTape() as tape:
        state, total = [tf.zeros((2, 4)) for _ in range(2 if kind == "lstm" else 1)], 0.0
        for t, copy in enumerate(copies):
            layer.cell.recurrent_kernel = copy
            output, state = layer.cell(inputs[:, t], state)
            total += tf.reduce_sum(output)
    apart = tape.gradient(total, copies)
    np.testing.assert_allclose(shared, sum(g for g in apart if g is not None), atol=1e-4)
    before = layer.count_params()
    packed(layer, tf.concat([tf.transpose(inputs, (1, 0, 2))] * 10, 0), tf.ones((60, 2)))
    assert layer.count_params() == before


def test_a_stack_whose_lower_layer_returns_its_last_state_is_refused() -> None:
    layers = [keras.layers.LSTM(8), keras.layers.LSTM(8, return_sequences=True)]
    with pytest.raises(StudyError, match=r"\[batch, 8\].*\[batch, time, 8\].*return_sequences=True"):
        Stack(layers, [], 4, "float32")
    assert not layers[1].built, "refused before Keras has seen it"
    both = keras.layers.Bidirectional(keras.layers.LSTM(8))
    with pytest.raises(StudyError, match=r"Bidirectional, 16 units.*\[batch, 16\]"):
        check_stackable([both, layers[1]])
    Stack(layers[::-1], [], 4, "float32")


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_a_seed_gives_the_weights_that_keras_layers_built_one_by_one_have(kind: str) -> None:
    """Checks and conveniences between the layers draw nothing: what was trained from a seed is trained from it again."""
    model = language_model(f"{kind}_2")
    keras.utils.set_random_seed(3)
    width = 16**-0.5
    table = keras.layers.Embedding(
        VOCABULARY, 16, embeddings_initializer=keras.initializers.RandomUniform(-width, width)
    )
    table.build((None, None))
    layers = [LAYERS[kind](12, return_sequences=True) for _ in range(2)]
    for layer, features in zip(layers, (16, 12), strict=True):
        layer.build((None, None, features))
    projection = keras.layers.Dense(16)
    projection.build((None, None, 12))
    expected = [weight for layer in (table, *layers, projection) for weight in layer.get_weights()]
    parts = (model.embedding, *model.body.above, model.projection)
    found = [weight for part in parts for weight in part.get_weights()]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("kind", "units", "options", "said"),
    [
        ("GRU", 8, {}, "all of one kind and size"),
        ("LSTM", 9, {}, "all of one kind and size"),
        ("LSTM", 8, {"activation": "relu"}, "activation=relu"),
        ("LSTM", 8, {"go_backwards": True}, "go_backwards=True"),
    ],
)
def test_a_layer_that_the_packed_scan_would_read_otherwise_is_refused(
    kind: str, units: int, options: dict[str, object], said: str
) -> None:
    layer = getattr(keras.layers, kind)(units, return_sequences=True, **options)
    with pytest.raises(StudyError, match=said):
        check_stackable([keras.layers.LSTM(8, return_sequences=True), layer])


@pytest.mark.parametrize("steps", [96, 1024, 1030])
def test_the_soft_max_in_chunks_is_tensorflows(steps: int) -> None:
    generator = np.random.default_rng(steps)
    states, table, bias = (tf.constant(generator.normal(size=s), tf.float32) for s in ((steps, 8), (50, 8), (50,)))
    targets = tf.constant(generator.integers(0, 50, steps), tf.int32)
    weights = tf.constant(generator.random(steps), tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([states, table, bias])
        theirs = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, states @ tf.transpose(table) + bias)
        expected = tf.reduce_sum(theirs * weights)
        ours, nats = weighted_surprisal(states, table, bias, targets, weights)
    np.testing.assert_allclose(nats, theirs, rtol=1e-4, atol=1e-5)
    assert float(ours) == pytest.approx(float(expected), rel=1e-5)
    for found, wanted in zip(
        tape.gradient(ours, [states, table, bias]), tape.gradient(expected, [states, table, bias]), strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)
    some = surprisals(states, table, bias, targets, tf.constant(10))
    np.testing.assert_allclose(some[:10], theirs[:10], rtol=1e-4, atol=1e-5)


def test_dropout_keeps_the_mean_and_drops_the_share() -> None:
    mask = np.random.default_rng(0).integers(0, 256, (200, 500), np.uint8)
    kept = dropped(tf.ones((200, 500)), tf.constant(mask), 0.25).numpy()
    assert (kept == 0).mean() == pytest.approx(0.25, abs=0.005)
    assert kept.mean() == pytest.approx(1.0, abs=0.01)
    assert dropped(tf.ones(3), None, 0.5).numpy().tolist() == [1, 1, 1]


def test_read_outs_by_hand() -> None:
    """One row of two texts: steps 0–2 and 3–4."""
    states = np.array([[[1, 8], [2, 6], [3, 1], [-4, 2], [-2, -6], [9, 9]]], np.float32)
    inside = np.zeros((1, 6, 3), np.float32)
    inside[0, :3, 0] = inside[0, 3:5, 1] = 1.0
    first, last = np.array([[0, 3, 0]], np.int32), np.array([[2, 4, 0]], np.int32)
    expected = {"last": [[3, 1], [-2, -6]], "mean": [[2, 5], [-3, -2]], "max": [[3, 8], [-2, 2]]}
    for kind, vectors in expected.items():
        found = ReadOut(kind, 2, False, "float32").read(*map(tf.constant, (states, inside, first, last))).numpy()
        np.testing.assert_allclose(found[0, :2], vectors, rtol=1e-6)
    both = ReadOut("last", 2, True, "float32").read(*map(tf.constant, (states, inside, first, last))).numpy()
    np.testing.assert_allclose(both[0, :2], [[3, 8], [-2, 2]], err_msg="the backward half ends at the first step")
    attention = ReadOut("attention", 2, False, "float32")
    found = attention.read(*map(tf.constant, (states, inside, first, last))).numpy()
    score = attention.score(attention.hidden(states)).numpy()[0, :, 0]
    for slot, steps in ((0, slice(0, 3)), (1, slice(3, 5))):
        weight = np.exp(score[steps]) / np.exp(score[steps]).sum()
        np.testing.assert_allclose(found[0, slot], weight @ states[0, steps], rtol=1e-5)


@pytest.mark.parametrize("name", ["lstm", "gru_bidirectional", "lstm_2_bidirectional", "transformer"])
@pytest.mark.parametrize("readout", ["last", "mean", "max", "attention"])
def test_a_text_in_a_row_is_classified_as_it_is_alone(name: str, readout: str) -> None:
    keras.utils.set_random_seed(2)
    model = Classifier(get_model(name), VOCABULARY, 16, 12, 3, readout=readout)
    ids = np.random.default_rng(0).integers(0, VOCABULARY, (1, 9)).astype(np.int32)
    keep = np.array([[0, 1, 1, 0, 1, 1, 1, 0, 0]], np.float32)
    slot = np.array([[0, 0, 0, 1, 1, 1, 1, 2, 2]], np.int32)
    ends = np.array([[[0, 3], [2, 6]]], np.int32)
    together = model.logits(ids, keep, slot, ends, []).numpy()[0]
    for k, steps in ((0, slice(0, 3)), (1, slice(3, 7))):
        long = steps.stop - steps.start
        alone = model.logits(
            ids[:, steps], keep[:, steps], np.zeros((1, long), np.int32), np.array([[[0], [long - 1]]], np.int32), []
        ).numpy()[0, 0]
        np.testing.assert_allclose(together[k], alone, atol=1e-5)


@pytest.mark.parametrize("readout", ["max", "attention"])
def test_dropout_of_a_classifier_takes_from_the_vector_that_is_read_out(readout: str) -> None:
    """What one mask keeps and what its opposite keeps add up to what is kept of the whole vector, scaled alike. Of
    states that are dropped from one by one, their maximum would not be so."""
    keras.utils.set_random_seed(2)
    model = Classifier(get_model("lstm"), VOCABULARY, 16, 12, 3, (0.5, 0.0), readout=readout)
    generator = np.random.default_rng(0)
    ids = generator.integers(0, VOCABULARY, (2, 9)).astype(np.int32)
    keep, slot = np.ones((2, 9), np.float32), np.zeros((2, 9), np.int32)
    keep[:, 0] = 0.0
    ends = np.array([[[0], [8]], [[0], [8]]], np.int32)
    bytes_ = generator.integers(0, 256, (9, 2, 12), np.uint8)
    inputs = [np.full((9, 2, 1), 255, np.uint8), np.full((9, 2, 16), 255, np.uint8)]

    def logits(last: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        masks = [tf.constant(mask) for mask in (*inputs, last)]
        return np.asarray(model.logits(ids, keep, slot, ends, masks, learning=True)[:, 0])

    some, others, whole = logits(bytes_), logits(255 - bytes_), logits(np.full_like(bytes_, 255))
    np.testing.assert_allclose(some + others, whole, atol=1e-5)
    assert np.abs(some - whole).max() > 0.01


TWO_TEXTS = {
    "keep": np.array([[0, 1, 1, 1, 1, 0, 1, 1, 1], [0, 1, 1, 1, 1, 1, 0, 0, 0]], np.float32),
    "slot": np.array([[0, 0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 2, 2, 2]], np.int32),
    "ends": np.array([[[0, 5], [4, 8]], [[0, 0], [5, 0]]], np.int32),
}
"""A row of two texts, and a row of one and filling."""


def test_a_text_is_dropped_from_by_the_bytes_of_its_own_last_step() -> None:
    keras.utils.set_random_seed(2)
    model = Classifier(get_model("lstm"), VOCABULARY, 16, 12, 3, (0.5, 0.0), readout="max")
    ids = np.random.default_rng(0).integers(0, VOCABULARY, (2, 9)).astype(np.int32)

    def logits(last: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        masks = [np.full((9, 2, width), 255, np.uint8) for width in model.mask_widths()[:-1]]
        return np.asarray(model.logits(ids, *TWO_TEXTS.values(), [*masks, last], learning=True))

    whole = logits(np.full((9, 2, 12), 255, np.uint8))
    for step, (row, slot) in {4: (0, 0), 8: (0, 1)}.items():
        bytes_ = np.full((9, 2, 12), 255, np.uint8)
        bytes_[step, row] = 0
        moved = np.abs(logits(bytes_) - whole).max(-1)
        assert moved[row, slot] > 0.01
        moved[row, slot] = 0.0
        assert moved.max() < 1e-6, "no other text is touched"


def test_two_readings_of_a_text_are_held_together() -> None:
    """The loss is the mean surprisal of two readings under other dropout, and `consistency` times the mean of both
    divergences between them, as SciPy has them; a place without a text counts for nothing."""
    keras.utils.set_random_seed(2)
    model = Classifier(get_model("gru"), VOCABULARY, 16, 12, 3, (0.5, 0.0), readout="max", consistency=0.7)
    generator = np.random.default_rng(0)
    ids = generator.integers(0, VOCABULARY, (2, 9)).astype(np.int32)
    labels, weight = np.array([[2, 0], [1, 0]], np.int32), np.array([[1, 1], [1, 0]], np.float32)
    masks = [generator.integers(0, 256, (9, 4, width), np.uint8) for width in model.mask_widths()]
    read = [
        model.logits(ids, *TWO_TEXTS.values(), [tf.constant(mask[:, half]) for mask in masks], learning=True)
        for half in (slice(0, 2), slice(2, 4))
    ]
    one, other = (special.softmax(np.asarray(logits, np.float64), -1)[weight > 0] for logits in read)
    apart = (stats.entropy(one, other, axis=-1) + stats.entropy(other, one, axis=-1)) / 2
    surprisal = -np.log(np.stack([one, other])[:, [0, 1, 2], labels[weight > 0]]).mean()
    loss, nats, _ = model.objective(
        *map(tf.constant, (ids, *TWO_TEXTS.values(), labels, weight)), before=[],
        masks=[tf.constant(mask) for mask in masks],
    )  # fmt: skip
    assert float(loss) == pytest.approx(surprisal + 0.7 * apart.mean(), rel=1e-5)
    assert float(nats) == pytest.approx(3 * surprisal, rel=1e-5), "of three texts"
    assert apart.mean() > 0.001


def test_a_bidirectional_stack_is_keras_own() -> None:
    keras.utils.set_random_seed(4)
    model = Classifier(get_model("lstm_bidirectional"), VOCABULARY, 16, 12, 3)
    inputs = tf.constant(np.random.default_rng(0).normal(size=(2, 6, 16)), tf.float32)
    keep = np.ones((6, 2), np.float32)
    keep[0] = 0.0
    by_time = tf.transpose(inputs, (1, 0, 2))
    found, _ = model.body.read(by_time, tf.constant(keep), model.body.empty_states(2), [], 0.0)
    forward, backward = model.body.above[0], model.body.back[0]
    expected = np.concatenate([forward(inputs), backward(inputs[:, ::-1])[:, ::-1]], -1)
    np.testing.assert_allclose(tf.transpose(found, (1, 0, 2)), expected, atol=1e-5)


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm_2", "gru_bidirectional", "lstm_2_bidirectional"])
def test_layers_called_as_fused_kernels_want_them_give_what_the_scan_gives(name: str) -> None:
    """Rows of one text each, the filling on the right: Keras' own call and the packed scan agree on every text step."""
    keras.utils.set_random_seed(6)
    model = Classifier(get_model(name), VOCABULARY, 16, 12, 3, readout="last")
    lengths = [7, 3, 1, 5]
    ids = np.random.default_rng(0).integers(0, VOCABULARY, (4, 7)).astype(np.int32)
    keep = np.zeros((4, 7), np.float32)
    for row, length in enumerate(lengths):
        keep[row, 1:length] = 1.0
    slot = np.where(np.arange(7) < np.array(lengths)[:, None], 0, 1).astype(np.int32)
    ends = np.array([[[0], [length - 1]] for length in lengths], np.int32)
    found = []
    for fused_way in (False, True):
        model.body.fused = fused_way
        found.append(model.logits(ids, keep, slot, ends, []).numpy())
    np.testing.assert_allclose(found[0], found[1], atol=1e-5)


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_layers_meet_the_conditions_of_the_fused_kernels(kind: str) -> None:
    """Those that Keras checks before it uses cuDNN (`cudnn_ok`), read from the layers as they are built here; and masks
    are right-padded."""
    for layer in language_model(f"{kind}_2").body.above:
        config = layer.get_config()
        assert config["activation"] == "tanh"
        assert config["recurrent_activation"] == "sigmoid"
        assert config["use_bias"]
        assert not config["unroll"]
        assert config["recurrent_dropout"] == config["dropout"] == 0
        assert layer.use_cudnn == "auto"
        assert config.get("reset_after", True)
    given = pack(made_passages([5, 3, 6, 1]), 8, 3, most=1)
    mask = right_padded(tf.constant(given.keep)).numpy()
    assert (mask[:, :-1] >= mask[:, 1:]).all()
    assert sorted(mask.sum(1).tolist()) == [1, 1, 1, 3, 5, 6], "rows of filling have one step"


def made_passages(lengths: list[int]) -> Passages:
    steps = np.arange(sum(lengths), dtype=np.int32)
    offsets = np.cumsum([0, *lengths]).astype(np.int64)
    return Passages(steps, steps, offsets, offsets)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_traced_gates_lead_to_the_states_of_keras(kind: str) -> None:
    generator = np.random.default_rng(7)
    layer = LAYERS[kind](9, return_sequences=True)
    layer.build((None, None, 5))
    for weight in layer.weights:
        weight.assign(generator.normal(size=weight.shape))
    inputs = generator.normal(size=(12, 5))
    weights = [np.asarray(w) for w in (layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.bias)]
    found = trace(kind, inputs, *weights)
    np.testing.assert_allclose(found["hidden"], layer(inputs[None].astype(np.float32))[0], atol=1e-5)
    for name in {"input", "forget", "output", "update", "reset"} & found.keys():
        assert ((found[name] >= 0) & (found[name] <= 1)).all()
    if kind == "lstm":
        memory = found["forget"][1:] * found["cell"][:-1] + found["input"][1:] * found["candidate"][1:]
        np.testing.assert_allclose(found["cell"][1:], memory)


@pytest.mark.parametrize("name", ["lstm_2", "gru", "rnn", "transformer"])
def test_gradients_of_language_models_are_derivatives(name: str) -> None:
    table = check((name,), classifiers=False)
    assert len(table) >= 7
    assert table["error"].max() <= LIMIT


def test_gradients_of_a_classifier_are_derivatives() -> None:
    table = check(("gru_bidirectional",), readouts=("attention",))
    assert table["error"].max() <= LIMIT


@pytest.mark.long
def test_every_gradient_is_a_derivative() -> None:
    table = check()
    assert len(table) > 500
    assert table["error"].max() <= LIMIT


def test_a_wrong_gradient_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check can fail: with a factor left out of the LSTM's gradient it does."""
    from dataclasses import replace

    from experiments.models import scan

    right = scan.CELLS["lstm"]

    def wrong(*given: object) -> object:
        at_projection, at_product, before = right.backward(*given)
        return at_projection, at_product, [before[0], before[1] * 0.9]

    monkeypatch.setitem(scan.CELLS, "lstm", replace(right, backward=wrong))
    assert check(("lstm",), classifiers=False)["error"].max() > 1e-3


def test_an_untrained_model_is_near_the_uniform_distribution() -> None:
    model = LanguageModel(get_model("lstm"), 1024, 32, 16)
    ids = tf.constant(np.arange(64).reshape(2, 32), tf.int32)
    places = tf.range(64)
    nats, _ = model.nats(ids, tf.ones((2, 32)), ids, places, tf.constant(64), [])
    assert nats.numpy().mean() / np.log(2) == pytest.approx(10.0, abs=0.1)
