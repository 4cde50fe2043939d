"""Training: schedules by hand, stopping, and going on from a checkpoint in the same bits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import trainer
from experiments.checkpoint import History, Validated
from experiments.fitting import validated
from experiments.models import get_model
from experiments.packing import Rows, TextRows, documents, pack, pack_texts, passages, stream
from experiments.study import Study, Training, load_study
from experiments.trainer import Network, new_classifier, new_language_model, rate_at, train
from pipelines.sequences import Sequences

VOCABULARY = 24


def study(**training: Any) -> Study:
    found = load_study("word_order", preset="smoke")
    kept = {"rows": 4, "row": 16, "epochs": 3, "dropout": 0.3, "piece_dropout": 0.1, "learning_rate": 0.01}
    return found.model_copy(
        update={
            "training": Training(**{**kept, **training}),
            "sizes": found.sizes.model_copy(update={"embedding": 8, "units": 8}),
        }
    )


def sequences(count: int, seed: int = 0) -> Sequences:
    generator = np.random.default_rng(seed)
    lengths = generator.integers(2, 12, count)
    ids = generator.integers(4, VOCABULARY, lengths.sum()).astype(np.int32)
    ids[1::2] = (ids[::2][: len(ids[1::2])] - 4 + 1) % (VOCABULARY - 4) + 4
    return Sequences(ids, np.arange(len(ids) + 1), np.cumsum([0, *lengths]).astype(np.int64))


Setup = tuple[
    Callable[[], Network], Callable[[int, np.random.Generator], Rows | TextRows], Callable[[Network], Validated]
]


def language_model(model: str = "lstm", **training: Any) -> Setup:
    chosen = study(**training)
    given, valid = passages(sequences(60)), passages(sequences(12, 1))

    def new() -> Network:
        return new_language_model(get_model(model), VOCABULARY, chosen, 8, 5)

    return (
        new,
        lambda epoch, generator: pack(given, 16, 4, generator),
        lambda network: Validated(float(network.bits(valid).mean())),
    )


def streamed() -> Setup:
    chosen = study()
    given = documents(sequences(60), np.array([20, 25, 15]))
    valid = documents(sequences(12, 1), np.array([12]))

    def new() -> Network:
        return new_language_model(get_model("gru"), VOCABULARY, chosen, 8, 5)

    return (
        new,
        lambda epoch, generator: stream(given, 16, 4, generator),
        lambda network: Validated(float(network.bits(valid).mean())),
    )


def classifier() -> Setup:
    chosen = study(consistency=0.5)
    given, valid = sequences(60), sequences(12, 1)
    labels, right = (np.arange(n) % 3 for n in (60, 12))

    def new() -> Network:
        return new_classifier(get_model("lstm_bidirectional"), VOCABULARY, chosen, 8, 3, 5)

    def validate(network: Network) -> Validated:
        return validated(network.label_bits(pack_texts(valid, right, 16, 4, 4)), right)

    return new, lambda epoch, generator: pack_texts(given, labels, 16, 4, 4, generator), validate


class KilledError(Exception):
    pass


def run(setup: Setup, checkpoints: Path | None = None, die_after: int | None = None) -> tuple[History, list[Any]]:
    """Train, or be killed when so many steps have been taken."""
    new, rows, validate = setup
    network = new()
    learn, taken = network.learn, [0]

    def counted(*given: Any) -> Any:
        if taken[0] == die_after:
            raise KilledError
        taken[0] += 1
        return learn(*given)

    network.learn = counted  # type: ignore[method-assign]
    history = train(network, rows, lambda: validate(network), lambda *_: None, checkpoints, every_s=0.0)
    return history, network.model.get_weights()


def averaged() -> Setup:
    return language_model(averaging=0.8)


@pytest.mark.parametrize(
    ("setup", "kills"),
    [(language_model, (1, 6)), (averaged, (6,)), (streamed, (5,)), (classifier, (5,))],
    ids=["lm", "averaged", "streamed", "labels"],
)
def test_killed_at_any_step_it_ends_in_the_same_bits(
    setup: Callable[[], Setup], kills: tuple[int, ...], tmp_path: Path
) -> None:
    expected, weights = run(setup())
    for kill in kills:
        with pytest.raises(KilledError):
            run(setup(), tmp_path, kill)
    found, resumed = run(setup(), tmp_path)
    assert found.resumed == len(kills)
    assert found.steps == expected.steps > sum(kills)
    assert (found.train_bits, found.valid_bits) == (expected.train_bits, expected.valid_bits)
    assert found.valid_accuracy == expected.valid_accuracy
    assert (found.best_epoch, found.learning_rates) == (expected.best_epoch, expected.learning_rates)
    for one, other in zip(weights, resumed, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_that_broke_off_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(KilledError):
        run(language_model(), tmp_path, 5)
    (whole,) = tmp_path.iterdir()
    broken = tmp_path / "epoch-0009-batch-0000001"
    broken.mkdir()
    (broken / "model.weights.h5").write_bytes(b"half")
    found, _ = run(language_model(), tmp_path)
    assert found.resumed == 1
    assert not broken.exists()
    assert not whole.exists(), "the newest one alone is kept"


def test_a_network_that_comes_back_compiled_is_as_good_as_new() -> None:
    """A second cell of the same shape in one process, another seed between, ends in the bits of the first."""
    _, rows, validate = language_model(epochs=1)

    def new(seed: int, **training: Any) -> Network:
        chosen = study(**{"epochs": 1, **training})
        return new_language_model(get_model("lstm"), VOCABULARY, chosen, 8, seed, reuse=True)

    first = new(5)
    history = train(first, rows, lambda: validate(first), lambda *_: None)
    weights = first.model.get_weights()
    other = new(6, learning_rate=0.02, epochs=2)
    assert other is first, "the compiled steps are used again, whatever the rate and the epochs"
    assert not np.array_equal(other.model.get_weights()[0], weights[0])
    longer = train(other, rows, lambda: validate(other), lambda *_: None)
    assert longer.learning_rates == pytest.approx([0.02, 0.02])
    assert new(6, dropout=0.5) is not first, "dropout is compiled in"
    again = new(5)
    repeated = train(again, rows, lambda: validate(again), lambda *_: None)
    assert repeated.valid_bits == history.valid_bits
    assert repeated.compile_s < history.compile_s / 3
    for one, two in zip(weights, again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_random_bytes_of_a_step_are_its_own() -> None:
    network = language_model()[0]()
    first, same, later = (network.masks_of(4, 16, 2, batch) for batch in (7, 7, 8))
    assert [mask.shape for mask in first] == [(16, 4, 1), (16, 4, 8), (16, 4, 8)]
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not np.array_equal(first[1], later[1])
    assert not np.array_equal(first[1], first[2])


def test_what_is_kept_is_the_running_average_of_the_weights() -> None:
    new, rows, validate = language_model(averaging=0.8, epochs=1)
    network = new()
    learn, seen = network.learn, list[list[Any]]()

    def noted(*given: Any) -> Any:
        nats = learn(*given)
        seen.append(network.model.get_weights())
        return nats

    network.learn = noted  # type: ignore[method-assign]
    history = train(network, rows, lambda: validate(network), lambda *_: None)
    assert history.best_epoch == 1
    for place, kept in enumerate(network.model.get_weights()):
        average = seen[0][place]
        for weights in seen[1:]:
            average = 0.8 * average + 0.2 * weights[place]
        np.testing.assert_allclose(kept, average, rtol=1e-4, atol=1e-6)
        assert not np.allclose(kept, seen[-1][place], atol=1e-4)


def test_long_texts_cost_the_same_bits_in_however_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    network = streamed()[0]()
    given = documents(sequences(60), np.array([20, 25, 15]))
    assert trainer.streams(given.lengths, 16, 128) == 8
    bits = network.bits(given)
    monkeypatch.setattr(trainer, "streams", lambda *_: 32)
    np.testing.assert_allclose(network.bits(given), bits, atol=1e-5)


def test_validation_by_hand() -> None:
    """Three texts of two classes: right, right, wrong."""
    found = validated(np.array([[1.0, 1.5], [3.0, 0.5], [0.25, 2.0]]), np.array([0, 1, 1]))
    assert found == Validated((1.0 + 0.5 + 2.0) / 3, 2 / 3)


def test_rates_by_hand() -> None:
    halving = Training(learning_rate=0.8)
    assert [rate_at(halving, n, 0.5, 9) for n in (0, 1, 2)] == pytest.approx([0.8, 0.4, 0.2])
    cosine = Training(learning_rate=0.8, schedule="cosine")
    assert [rate_at(cosine, 0, done, 9) for done in (0.0, 0.5, 1.0)] == pytest.approx([0.8, 0.4, 0.0])
    warm = Training(learning_rate=0.8, schedule="constant", warmup=4)
    assert [rate_at(warm, 0, 0.0, step) for step in (0, 1, 3, 4)] == pytest.approx([0.2, 0.4, 0.8, 0.8])


def test_the_best_epoch_is_kept_and_patience_ends_it() -> None:
    new, rows, _ = language_model(epochs=9, patience=2, dropout=0.0, piece_dropout=0.0)
    network = new()
    planned = iter([9.0, 5.0, 4.0, 6.0, 4.5, 1.0])
    kept: list[Any] = []

    def told() -> Validated:
        kept.append(network.model.get_weights())
        return Validated(next(planned))

    history = train(network, rows, told, lambda *_: None)
    assert history.valid_bits == [9.0, 5.0, 4.0, 6.0, 4.5]
    assert history.best_epoch == 2
    assert history.learning_rates == pytest.approx([0.01, 0.01, 0.01, 0.005])
    for one, other in zip(network.model.get_weights(), kept[2], strict=True):
        np.testing.assert_array_equal(one, other)


def test_of_labels_the_epoch_with_the_most_right_ones_is_kept_where_a_study_says_so() -> None:
    """Surprisal rises from the second epoch on, while labels get better; of two equals the surer one is kept. Where
    the last one is asked for, validation has no say in it, nor in when to end."""
    planned = [(9.0, 0.1), (2.0, 0.6), (3.0, 0.7), (2.5, 0.7), (2.2, 0.65)]
    for keep, best, patience in (("bits", 1, 4), ("accuracy", 3, 4), ("last", 4, 1)):
        new, rows, _ = language_model(epochs=4, patience=patience, keep=keep, dropout=0.0, piece_dropout=0.0)
        told = iter([Validated(*one) for one in planned])
        history = train(new(), rows, told.__next__, lambda *_: None)
        assert history.best_epoch == best
        assert history.valid_accuracy == [accuracy for _, accuracy in planned]


def test_a_training_that_is_not_finite_ends_and_says_so() -> None:
    new, rows, _ = language_model()
    history = train(new(), rows, iter([Validated(3.0), Validated(float("nan"))]).__next__, lambda *_: None)
    assert history.diverged
    assert len(history.train_bits) == 1


@pytest.mark.parametrize("model", ["rnn", "gru", "lstm", "transformer"])
def test_a_network_learns_what_is_certain(model: str) -> None:
    """Every second piece follows from the one before it: those targets come to cost nearly nothing."""
    new, _, _ = language_model(model, epochs=60, dropout=0.0, piece_dropout=0.0, patience=60, learning_rate=0.02)
    network = new()
    pairs = np.random.default_rng(0).integers(4, VOCABULARY, 400).astype(np.int32)
    ids = np.stack([pairs, (pairs + 3) % (VOCABULARY - 4) + 4], 1).reshape(-1)
    given = passages(Sequences(ids, np.arange(801), np.arange(0, 801, 4)))
    falling = iter(range(100, 0, -1))
    train(
        network,
        lambda epoch, generator: pack(given, 16, 4, generator),
        lambda: Validated(next(falling)),
        lambda *_: None,
    )
    inside = np.zeros(len(given.targets), bool)
    for begin in given.offsets[:-1]:
        inside[[begin + 1, begin + 3]] = True
    bits = network.bits(given)
    assert bits[inside].mean() < 0.3
    assert bits[~inside].mean() > 2.0, "the first of each pair is drawn from twenty, the end comes always"


def test_wanted_targets_are_scored_alone_and_alike() -> None:
    network = language_model()[0]()
    given = passages(sequences(30))
    wanted = np.random.default_rng(0).random(len(given.targets)) < 0.2
    every, some = network.bits(given), network.bits(given, wanted)
    np.testing.assert_allclose(some[wanted], every[wanted], rtol=1e-6)
    assert not some[~wanted].any()


def test_a_passage_longer_than_a_row_is_scored_with_its_state_carried_over() -> None:
    network = language_model()[0]()
    given = documents(sequences(12), np.array([12]))
    assert given.lengths[0] > 16
    wide = new_language_model(get_model("lstm"), VOCABULARY, study(row=128), 8, 5)
    wide.model.set_weights(network.model.get_weights())
    np.testing.assert_allclose(network.bits(given), wide.bits(given), rtol=1e-5)


def test_scoring_leaves_a_streamed_training_where_it_was() -> None:
    new, rows, validate = streamed()
    network = new()
    laid = rows(1, np.random.default_rng(0))
    network.learn(laid, 0, 1)
    before = [np.asarray(state) for state in network.carried]
    validate(network)
    assert all(np.array_equal(a, b) for a, b in zip(before, network.carried, strict=True))
