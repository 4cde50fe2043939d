"""A model's weights as a person asks for them on the command line."""

from __future__ import annotations

from corpora.errors import unknown
from experiments.errors import StudyError
from experiments.models import Model, get_model
from experiments.models.sizes import (
    READOUTS,
    Group,
    body_groups,
    check_embedding,
    classifier_groups,
    language_model_groups,
)


def _asked(
    name: str, inputs: int, vocabulary: int | None, classes: int | None, readout: str | None, reset_after: bool
) -> Model:
    model = get_model(name)
    if not model.network:
        raise StudyError(f"A {name} has no layers: its size depends on the text it has counted.")
    if vocabulary is not None and classes is None and model.classifies_only:
        raise StudyError(f"A {name} is a classifier: say how many classes with --classes.")
    if classes is not None and model.predicts_only:
        raise StudyError(f"A {name} is a language model: leave --classes out.")
    if classes is None and readout is not None:
        raise StudyError("A read-out is a classifier's: say how many classes with --classes, or leave --readout out.")
    if readout not in (None, *READOUTS):
        raise StudyError(unknown("read-out", readout, READOUTS))
    if not reset_after and model.kind != "gru":
        raise StudyError(f"The reset gate is a GRU's: a {name} has none, leave --reset-before out.")
    if classes is not None and vocabulary is None:
        raise StudyError("A classifier reads pieces: say how many there are with --vocabulary.")
    check_embedding(model, inputs)
    return model


def counted(
    name: str, inputs: int, units: int, vocabulary: int | None, classes: int | None, readout: str | None, tied: bool,
    reset_after: bool,
) -> list[Group]:  # fmt: skip
    """Weight groups: of the body alone, of a language model (with a vocabulary), or of a classifier (with classes)."""
    model, read = _asked(name, inputs, vocabulary, classes, readout, reset_after), readout or "last"
    if classes is not None and vocabulary is not None:
        return classifier_groups(model, inputs, units, vocabulary, classes, readout=read, reset_after=reset_after)
    if vocabulary is not None:
        return language_model_groups(model, inputs, units, vocabulary, tied=tied, reset_after=reset_after)
    return body_groups(model, inputs, units, reset_after=reset_after)


def counted_by_keras(
    name: str, inputs: int, units: int, vocabulary: int | None, classes: int | None, readout: str | None, tied: bool,
    reset_after: bool,
) -> int:  # fmt: skip
    """The same from the built model, as `count_params` gives it."""
    from experiments.cli import QuietStandardError

    model = _asked(name, inputs, vocabulary, classes, readout, reset_after)
    with QuietStandardError():
        import keras

        from experiments.models.layers import Transformer, new_stack
        from experiments.models.network import Classifier, LanguageModel

        if not reset_after and model.kind == "gru":
            both = 2 if model.direction == "bidirectional" else 1
            found = 0
            for layer in range(model.layers):
                one = keras.layers.GRU(units, reset_after=False)
                one.build((None, None, inputs if layer == 0 else units * both))
                found += both * int(one.count_params())
            groups = counted(name, inputs, units, vocabulary, classes, readout, tied, reset_after)
            return found + sum(g.weights for g in groups if not g.part.startswith("layer"))
        if classes is not None and vocabulary is not None:
            return int(Classifier(model, vocabulary, inputs, units, classes, readout=readout or "last").count_params())
        if vocabulary is not None:
            return int(LanguageModel(model, vocabulary, inputs, units, tied=tied).count_params())
        if model.recurrent:
            both_ways = model.direction == "bidirectional"
            return int(new_stack(model.kind, units, model.layers, both_ways, inputs, "float32").count_params())
        return int(Transformer(inputs, units, model.layers, model.positions, "float32").count_params())


def explained(name: str) -> str:
    """Why the number of time steps is not in the formulas."""
    if get_model(name).kind == "transformer":
        return (
            "The length of the text is in no formula: every place goes through the same matrices, attention adds none "
            "of its own, and positions are sinusoids, which have no weights."
        )
    return (
        "The number of time steps is in no formula: at every step the same matrices read the input and the state "
        "before it, so a longer text uses the same weights more often. Their gradient is the sum over all steps."
    )
