"""The gates of a tracked model while it reads a text: a long table, and a chart with the text on its axis."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.errors import StudyError
from experiments.loading import Loaded, load_language_model
from experiments.models import get_model
from experiments.models.gates import trace
from pipelines.encoding import Encoded
from pipelines.fonts import subset
from pipelines.normalise import MARK

if TYPE_CHECKING:
    import altair as alt

TOLERANCE = 1e-5
SHOWN = 32
"""Neurons in the chart: those whose hidden state varies most over the text."""


def traced(run_id: str, text: str) -> pd.DataFrame:
    """Columns layer, step, piece, unit, gate, neuron, value: every gate and state of every neuron at every step.

    step 0 reads the begin-of-sentence mark, the others what the model reads, from the right where it reads so; unit is
    the unit's place in the text, from 1 (0: the mark). The gates are computed in NumPy from the weights
    (`models.gates`); hidden states that differ from those of the network itself, or of the stock Keras layer, by more
    than 1e-5 are an error.
    """
    model = load_language_model(run_id)
    kind = get_model(model.cell.model).kind
    if not get_model(model.cell.model).recurrent:
        raise StudyError(
            f"The run {run_id} is a {model.cell.model}, which has no gates: choose an rnn, gru or lstm run."
        )
    encoded = model.encoded([text])
    if not len(encoded.ids):
        raise StudyError("The text is empty: give a sentence to trace.")
    given = model.passages(encoded)
    embeddings = np.asarray(model.network.model.embedding.embeddings)
    states, tables = embeddings[given.inputs].astype(np.float64), []
    seen = states.astype(np.float32)[None]
    for number, layer in enumerate(model.network.model.body.above, 1):
        weights = [np.asarray(w) for w in (layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.bias)]
        found = trace(kind, states, *weights)
        seen = _agreed(layer, seen, found["hidden"], number)
        states = found["hidden"]
        for gate, values in found.items():
            step, neuron = np.indices(values.shape)
            tables.append(
                pd.DataFrame(
                    {"layer": number, "step": step.reshape(-1), "gate": gate, "neuron": neuron.reshape(-1),
                     "value": values.reshape(-1)}
                )
            )  # fmt: skip
    table = pd.concat(tables, ignore_index=True)
    pieces, units = labels(model, encoded)
    table.insert(2, "piece", np.array(pieces, object)[table["step"]])
    table.insert(3, "unit", np.array(units)[table["step"]])
    return table


def _agreed(layer: Any, given: NDArray[np.float32], hidden: NDArray[np.float64], number: int) -> NDArray[np.float32]:
    """The layer's own states, once those of Keras and of the packed scan are seen to agree with the traced ones."""
    import tensorflow as tf

    inputs = tf.constant(given)
    for name, states in (
        ("Keras' own layer", layer(inputs)),
        ("the packed scan", _packed(layer, inputs)),
    ):
        apart = float(np.abs(states.numpy()[0] - hidden).max())
        if not apart <= TOLERANCE:
            raise StudyError(
                f"Layer {number}: traced states and {name} are {apart:.2g} apart, more than {TOLERANCE:g}."
            )
    result: NDArray[np.float32] = states.numpy()
    return result


def _packed(layer: Any, inputs: Any) -> Any:
    """The states [1, time, units] of the scan that cells run."""
    import tensorflow as tf

    from experiments.models.layers import packed

    by_time = tf.transpose(inputs, (1, 0, 2))
    return tf.transpose(packed(layer, by_time, tf.ones(by_time.shape[:2]))[0], (1, 0, 2))


def labels(model: Loaded, encoded: Encoded) -> tuple[list[str], list[int]]:
    """Every piece as text in the order in which the model reads (the first is the begin mark), and its unit's place."""
    names = model.vocabulary.names(encoded.ids)
    texts = [unicodedata.normalize("NFC", name.replace(MARK, " ").strip()) or "·" for name in names]
    units = np.repeat(np.arange(1, len(encoded.sizes) + 1), encoded.sizes).tolist()
    turned = -1 if get_model(model.cell.model).direction == "backward" else 1
    return ["<s>", *texts[::turned]], [0, *units[::turned]]


def chart(table: pd.DataFrame) -> alt.VConcatChart:
    """A heat map a gate: the text from left to right, a row a neuron."""
    import altair as alt

    alt.data_transformers.disable_max_rows()
    charts = []
    for layer, rows in table.groupby("layer"):
        hidden = rows[rows["gate"] == "hidden"]
        spread = hidden.groupby("neuron")["value"].std(ddof=0).sort_values(ascending=False)
        chosen = spread.index[:SHOWN].tolist()
        named = dict(zip(hidden["step"], hidden["piece"], strict=True))
        written = " : ".join(f"datum.value == {step} ? {_quoted(text)}" for step, text in named.items()) + " : ''"
        shown = rows[rows["neuron"].isin(chosen)].assign(value=lambda r: r["value"].round(4))
        for gate, part in shown.groupby("gate", sort=False):
            signed = gate in ("candidate", "cell", "hidden")
            scale = (
                alt.Scale(scheme="blueorange", domainMid=0.0) if signed else alt.Scale(scheme="greys", domain=[0, 1])
            )
            charts.append(
                alt.Chart(part, title=f"layer {layer}: {gate}")
                .mark_rect()
                .encode(
                    x=alt.X("step:O", title=None, axis=alt.Axis(labelExpr=written, labelAngle=-40, labelFontSize=13)),
                    y=alt.Y("neuron:O", sort=[str(n) for n in chosen], axis=alt.Axis(labels=False, ticks=False)),
                    color=alt.Color("value:Q", scale=scale, title=None),
                    tooltip=["piece", "neuron", "gate", "value"],
                )
                .properties(width=max(360, 34 * len(named)), height=4 * len(chosen))
            )
    whole: alt.VConcatChart = alt.vconcat(*charts).resolve_scale(color="independent")
    return whole


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def write(table: pd.DataFrame, folder: Path) -> tuple[Path, Path]:
    """Write `trace.parquet` and `trace.html` (self-contained) into a folder, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    data, page = folder / "trace.parquet", folder / "trace.html"
    table.to_parquet(data, index=False)
    html = str(chart(table).configure(font="NanumGothic").to_html(inline=True))
    letters = subset("".join(table["piece"].unique()))
    face = f"<style>@font-face {{ font-family: NanumGothic; src: url({letters}); }}</style>"
    page.write_text(html.replace("<head>", f"<head>{face}", 1), encoding="utf-8")
    return data, page
