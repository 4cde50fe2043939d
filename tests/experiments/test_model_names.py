"""What a model's name says, and how many weights it has."""

from __future__ import annotations

import pytest

from experiments.errors import StudyError
from experiments.models import EXAMPLES, Model, get_model
from experiments.models.counting import counted, counted_by_keras
from experiments.models.sizes import (
    classifier_groups,
    language_model_groups,
    matched_units,
    matched_weights,
    operations,
    recurrent_groups,
    total,
)
from experiments.study import load_study


def test_a_name_says_kind_layers_and_direction() -> None:
    assert get_model("lstm") == Model("lstm", "lstm")
    assert get_model("gru_2") == Model("gru_2", "gru", layers=2)
    assert get_model("rnn_3_backward") == Model("rnn_3_backward", "rnn", layers=3, direction="backward")
    assert get_model("lstm_bidirectional").direction == "bidirectional"
    assert get_model("transformer") == Model("transformer", "transformer", layers=2)
    assert not get_model("transformer_1_nopos").positions
    assert (get_model("unigram").order, get_model("bigram").order, get_model("ngram_5").order) == (1, 2, 5)
    assert all(get_model(name).name == name for name in EXAMPLES)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lstmm", 'Did you mean "lstm"'),
        ("ngram", "ngram_5"),
        ("lstm_9", "at most 4 layers"),
        ("ngram_9", "an order of 8"),
    ],
)
def test_a_name_that_is_none_is_refused(name: str, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        get_model(name)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["models=[lstm_bidirectional]"], "sees what it would have to predict"),
        (["models=[bag_of_words]"], "gives no surprisal"),
        (["models=[ngram_3]", "task=classification"], "is a language model"),
        (["models=[transformer]", "sizes.embedding=60"], "multiple of 8"),
        (["whole_units=true"], "must be able to spell"),
    ],
)
def test_a_task_that_a_model_cannot_do_is_refused(settings: list[str], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        load_study("word_order", preset="smoke", settings=settings)


def test_an_lstm_of_256_over_128_has_394240_weights() -> None:
    """4 · 256 · (128 + 256 + 1), whatever the number of time steps; a GRU has two biases a gate, or one."""
    assert total(recurrent_groups("lstm", 128, 256)) == 394_240
    assert total(recurrent_groups("rnn", 128, 256)) == 98_560
    assert total(recurrent_groups("gru", 128, 256)) == 296_448
    assert total(recurrent_groups("gru", 128, 256, reset_after=False)) == 295_680


NETWORKS = ("rnn", "gru", "lstm", "lstm_3", "gru_2", "transformer", "transformer_1", "transformer_nopos")


@pytest.mark.parametrize("name", [*NETWORKS, "lstm_bidirectional", "gru_2_bidirectional"])
def test_formulas_count_what_keras_counts(name: str) -> None:
    model = get_model(name)
    asked: list[tuple[int | None, int | None, str | None, bool]] = [(None, None, None, True), (50, 7, "last", True),
             (50, 7, "attention", True)]  # fmt: skip
    if not model.classifies_only:
        asked += [(50, None, None, True), (50, None, None, False)]
    for vocabulary, classes, readout, tied in asked:
        given = (name, 16, 20, vocabulary, classes, readout, tied, True)
        assert sum(group.weights for group in counted(*given)) == counted_by_keras(*given)


def test_a_gru_with_one_bias_counts_as_keras_counts_it() -> None:
    given = ("gru_2", 16, 20, None, None, None, True, False)
    assert sum(group.weights for group in counted(*given)) == counted_by_keras(*given)


def test_a_formula_is_what_its_number_is() -> None:
    for name in NETWORKS:
        for group in [
            *language_model_groups(get_model(name), 16, 24, 90),
            *classifier_groups(get_model(name), 16, 24, 90, 5, readout="attention"),
        ]:
            assert eval(group.formula.replace("·", "*")) == group.weights  # the formula is arithmetic of our own


@pytest.mark.parametrize(("embedding", "units"), [(64, 128), (128, 256)])
@pytest.mark.parametrize("match", ["parameters", "flops"])
@pytest.mark.parametrize("name", ["rnn", "gru", "lstm", "lstm_2", "transformer"])
def test_matched_models_are_within_one_percent(embedding: int, units: int, match: str, name: str) -> None:
    count = matched_weights if match == "parameters" else operations
    target = count(get_model("lstm"), embedding, units)
    found = count(get_model(name), embedding, matched_units(name, embedding, units, match))
    assert abs(found - target) / target <= 0.01


@pytest.mark.parametrize(("embedding", "units"), [(128, 256), (128, 200)])
@pytest.mark.parametrize("match", ["parameters", "flops"])
@pytest.mark.parametrize("name", ["rnn", "gru", "lstm", "lstm_2", "lstm_bidirectional", "transformer"])
def test_matched_classifiers_are_within_one_percent(embedding: int, units: int, match: str, name: str) -> None:
    """A classifier has no projection, so it may not be counted with one: what is left is all but the embedding table
    and the read-out of `classifier_groups`, which Keras counts alike (above)."""

    def body(model: str, size: int) -> int:
        groups = classifier_groups(get_model(model), embedding, size, 100, 5)
        if match == "flops":
            return operations(get_model(model), embedding, size, classifies=True)
        return sum(group.weights for group in groups if group.part not in ("embedding", "classes"))

    target = body("lstm", units)
    found = body(name, matched_units(name, embedding, units, match, classifies=True))
    assert abs(found - target) / target <= 0.01


def test_a_match_that_cannot_be_had_names_the_nearest_sizes() -> None:
    with pytest.raises(StudyError, match=r"47 \(-1\.6 %\) and 48 \(\+2\.1 %\)"):
        matched_units("gru_2", 32, 64, "parameters")


def test_matched_units_are_the_same_number() -> None:
    assert matched_units("rnn", 128, 256, "units") == 256
